"""Writes the lists under `data/`, and the bench's people: `python -m export.names.training.gather`.

From Faker (MIT): the training half of its names, towns, countries, words and trades. From phonenumbers (Apache-2.0):
towns. From the time zones' names (public domain), spaCy's stop words (MIT) and the manuals in Python's own library
(PSF), in NumPy, pandas, matplotlib and NetworkX (BSD): words and places; more by `vocabulary.py`. The rest is
written by hand in `data/*.txt`.
"""

import pkgutil
import re
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from zoneinfo import available_timezones

from phonenumbers.geodata import GEOCODE_DATA

from export.names import sections
from export.names.training import vocabulary
from export.names.training.people import LOCALES, given_and_family, of_half

PEOPLE = Path(__file__).parents[1] / "bench" / "people.txt.xz"
BENCH_NAMES = 120
"""Of each kind and language: what the bench draws from."""
_WORD = re.compile(r"(?<![\w.\-/_:@'\"`])[a-z]{2,}(?![\w_/@(:='])")
_ENGLISH_PREFIXES = ("1", "44", "61", "64", "353", "27")
_PLACE = ("cities", "city_names", "countries", "states", "provinces", "regions", "region", "prefectures", "districts")


def attributes(provider: str) -> Iterator[tuple[str, str, object]]:
    """Yield locale, attribute and value of everything that Faker's provider knows."""
    package = import_module(f"faker.providers.{provider}")
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
        found = getattr(import_module(f"faker.providers.{provider}.{module}"), "Provider", None)
        for key, value in vars(found).items() if found else ():
            yield module, key, value


def strings(value: object) -> Iterator[str]:
    """Yield the strings in a list, or in lists in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list | set | dict):
        for each in value:
            yield from strings(each)


def names() -> tuple[set[str], set[str]]:
    """Return the given and the family names of the training half."""
    given: set[str] = set()
    family: set[str] = set()
    for language in LOCALES:
        firsts, lasts = given_and_family(language)
        given |= {
            word
            for name in of_half(firsts, "train")
            for word in name.split()
            if len(word) > 1 and not re.search(r"[(),.\d]", word)
        }
        family |= {
            word
            for name in of_half(lasts, "train")
            for word in name.split()
            if len(word) > 1 and not re.search(r"[(),.\d]", word)
        }
    return given, family


def places() -> tuple[set[str], set[str]]:
    """Return places, from Faker and telephone books, and the towns of countries that call them like people."""
    counted: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for prefix, described in GEOCODE_DATA.items():
        for text in described.values():
            into = small if prefix.startswith(_ENGLISH_PREFIXES) else counted
            into.update({re.split(r", | - | \(", text)[0]})
    found = {each for each, count in counted.items() if count >= 4}
    for locale, key, value in attributes("address"):
        if key.startswith(_PLACE) and not (locale == "it_IT" and key == "cities") and "format" not in key:
            found |= set(strings(value))
    for zone in available_timezones():
        found |= {part.replace("_", " ") for part in zone.split("/")[1:]}
    found = _proper(found)
    return found, _proper({each for each, count in small.items() if count >= 4}) - found


def _proper(places: set[str]) -> set[str]:
    clean = {re.sub(r"\s+", " ", each).strip() for each in places}
    return {
        each
        for each in clean
        if 1 < len(each) < 30 and not re.search(r"[\d/%{}()+,.]", each) and each[0] != each[0].lower()
    } | {each for each in clean if 1 < len(each) < 12 and not re.search("[a-zA-Z\\d/ (){}]", each)}


def words() -> tuple[set[str], set[str]]:
    """Return words that are written small, and nouns that some languages write with a capital."""
    counted: Counter[str] = Counter()
    counted.update(_in_manuals(Path(sysconfig.get_path("stdlib"))))
    for package in ("numpy", "pandas", "matplotlib", "networkx"):
        counted.update(_in_manuals(Path(next(iter(import_module(package).__path__)))))
    found = {word for word, count in counted.items() if count >= 3}
    for provider, key in (("lorem", "word_list"), ("job", "jobs")):
        for _, attribute, value in attributes(provider):
            if attribute.startswith(key):
                found |= {word.strip("/()-") for text in strings(value) for word in text.split()}
    found |= _of_spacy()
    found = {word for word in found if 1 < len(word) < 20 and word.isalpha()}
    small = {word for word in found if word == word.lower() and word != word.upper()}
    return small, {word for word in found if word[:1] != word[:1].lower() and word[1:] == word[1:].lower()}


def _in_manuals(folder: Path) -> Counter[str]:
    counted: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.py")):
        if "site-packages" not in path.relative_to(folder).parts and "test" not in path.parts:
            text = path.read_text("utf-8", "ignore")
            for part in re.findall(r'"""(.*?)"""', text, re.DOTALL) + re.findall(r"#\s(.*)", text):
                counted.update(_WORD.findall(part))
    return counted


def _of_spacy() -> set[str]:
    found: set[str] = set()
    package = import_module("spacy.lang")
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__) if len(each.name) in (2, 3)):
        path = Path(next(iter(package.__path__))) / module
        if (path / "stop_words.py").exists():
            found |= set(import_module(f"spacy.lang.{module}.stop_words").STOP_WORDS)
        if (path / "examples.py").exists():
            for text in import_module(f"spacy.lang.{module}.examples").sentences:
                found |= set(re.findall(r"\b[^\W\d_]+\b", text))
    return found


def main() -> None:
    """Write the lists."""
    given, family = names()
    small, nouns = words()
    towns, villages = places()
    named = {word.lower() for word in given | family}
    other = {word.lower() for place in towns for word in place.split()} | named
    small |= vocabulary.words() - other
    sections.write(
        sections.DATA / "gazetteer.txt.xz",
        {"given": given, "family": family},
        "The training half of Faker's names (MIT). Made by export/names/training/gather.py.",
    )
    sections.write(
        sections.DATA / "words.txt.xz",
        {
            "place": {each.replace(" ", "_") for each in towns},
            "town": {each.replace(" ", "_") for each in villages},
            "word": small,
            "noun": nouns,
            "brand": vocabulary.brands() - other - small,
        },
        "From Faker, phonenumbers, spaCy, Python and what vocabulary.py names. Made by gather.py.",
    )
    written = {name for each in sections.read(sections.DATA / "common_names.txt").values() for name in each}
    people: dict[str, list[str]] = {}
    for language in LOCALES:
        for kind, every in zip(("given", "family"), given_and_family(language), strict=True):
            unseen = [
                name
                for name in of_half(every, "held_out")
                if not set(name.split()) & written
                and len(name) > 1
                and all(each.isalpha() or each in " -'’\u200c" or ord(each) > 0x900 for each in name)
                and not re.search(r"[(),]", name)
            ]
            step = max(1, len(unseen) // BENCH_NAMES)
            people[f"{language} {kind}"] = [name.replace(" ", "_") for name in unseen[::step][:BENCH_NAMES]]
    sections.write(PEOPLE, people, "The half of Faker's names (MIT) that no training saw. Made by gather.py.")
    for path in (*sections.DATA.glob("*.xz"), PEOPLE):
        sys.stdout.write(f"{path.name} {path.stat().st_size}\n")


if __name__ == "__main__":
    main()
