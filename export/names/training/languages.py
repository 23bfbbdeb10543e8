"""Writes which words are written small in 40 languages: `python -m export.names.training.languages FOLDER`.

FOLDER is where the word lists of Debian were unpacked (`apt-get download` and `dpkg -x`): wamerican-huge,
wbritish-large, wbrazilian, wportuguese, wspanish, wfrench, wngerman, witalian, wdutch, wpolish, wswedish, wdanish,
wnorwegian, wcatalan, wukrainian, wbulgarian, and hunspell for af, ar, cs, el, he, hr, hu, id, lt, lv, ro, ru, sk, sl,
th, tr, vi (each under its own free licence). Also needed are `simplemma` (MIT; its tables from Wiktionary and others)
and `wordfreq` (Apache-2.0; its figures CC BY-SA 4.0). Only the facts that a word is written
small and how often are kept.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from export.names import sections, vocabulary

MOST = 70_000
"""Words of a language, the commonest."""
WITHOUT_DICTIONARY = 8_000
"""The same where there is no dictionary: names are among them, in training as in any text."""
SIGNS = 20_000
"""The same of Chinese and Japanese."""
SPOKEN = 2_500
"""Words of a language for the training's sentences."""
SPOKEN_WORDS = Path(__file__).with_name("spoken.txt.xz")
OFTEN, SOMETIMES, SELDOM = 4.2, 3.0, 2.5
"""Zipf frequencies: 3 is a word in a million, 4 one in a hundred thousand. What is seen less is left out."""
_DICTIONARIES = {
    "en": ("american-english-huge", "british-english-large"),
    "pt": ("brazilian", "portuguese"),
    "es": ("spanish",),
    "fr": ("french",),
    "de": ("ngerman",),
    "it": ("italian",),
    "nl": ("dutch",),
    "pl": ("polish",),
    "sv": ("swedish",),
    "da": ("danish",),
    "nb": ("bokmaal", "nynorsk"),
    "ca": ("catalan",),
    "uk": ("ukrainian",),
    "bg": ("bulgarian",),
}
_HUNSPELL = {
    "ar": "ar",
    "cs": "cs_CZ",
    "el": "el_GR",
    "he": "he_IL",
    "hu": "hu_HU",
    "id": "id_ID",
    "ms": "id_ID",
    "lt": "lt_LT",
    "lv": "lv_LV",
    "ro": "ro_RO",
    "ru": "ru_RU",
    "sh": "hr_HR",
    "sk": "sk_SK",
    "sl": "sl_SI",
    "tr": "tr_TR",
    "vi": "vi_VN",
}
_NO_DICTIONARY = frozenset({"bn", "fa", "fil", "hi", "ta", "ur"})
_BY_SIGN = frozenset({"ja", "ko", "zh"})


def main(folder: Path) -> None:
    """Write the vocabulary, and the commonest words for training."""
    frequencies: Any = import_module("wordfreq")
    levels: dict[str, int] = defaultdict(int)
    spoken_in: dict[str, list[str]] = defaultdict(list)
    named = set[str]()
    spoken: dict[str, list[str]] = {}
    for language in sorted(set(frequencies.available_languages("small")) - _BY_SIGN):
        wordlist = "large" if language in frequencies.available_languages("large") else "small"
        ranked: Mapping[str, float] = frequencies.get_frequency_dict(language, wordlist)
        proper = set[str]()
        if language in _NO_DICTIONARY:
            words = sorted(ranked, key=lambda word: (-ranked[word], word))[:WITHOUT_DICTIONARY]
        else:
            small, nouns, proper = dictionary(language, folder)
            often = sorted(ranked, key=lambda word: (-ranked[word], word))
            words = [word for word in often if word in small or word in nouns][:MOST]
        least = 10 ** (SELDOM - 9)
        words = [word for word in words if _is_word(word) and ranked[word] >= least]
        for word in words:
            mark = _mark(frequencies.zipf_frequency(word, language, wordlist))
            known = levels[word]
            levels[word] = (
                max(known & 3, mark) | known & 12 if language == "en" else max(known >> 2, mark) << 2 | known & 3
            )
            spoken_in[word].append(language)
        named |= proper
        spoken[language] = [word for word in words if len(word) > 1][:SPOKEN]
        sys.stdout.write(f"{language} {len(words)}\n")
    for word in signs(frequencies):
        levels[word] = vocabulary.IN_SIGNS
    vocabulary.write(levels, vocabulary.VOCABULARY)
    alone = {word: languages for word, languages in spoken_in.items() if word not in named}
    vocabulary.write_tongues(alone, vocabulary.read(vocabulary.VOCABULARY), vocabulary.TONGUES)
    remark = "The commonest small words of each language. Made by languages.py."
    sections.write(SPOKEN_WORDS, {language: words for language, words in spoken.items() if language != "en"}, remark)
    sys.stdout.write(f"{len(levels)} words, {vocabulary.VOCABULARY.stat().st_size} bytes\n")


def signs(frequencies: Any) -> list[str]:
    """Return the commonest Chinese and Japanese words of two signs and more, but for family names."""
    han = sections.read(sections.DATA / "han.txt")
    families = {*han["zh_family"], *han["ja_family"]}
    return [
        word
        for language in ("ja", "zh")
        for word in frequencies.top_n_list(language, SIGNS, wordlist="large")
        if re.fullmatch("[\u3400-\u9fff]{2,4}", word) and word not in families
    ]


def _mark(zipf: float) -> int:
    return 3 if zipf >= OFTEN else 2 if zipf >= SOMETIMES else 1


def _is_word(word: str) -> bool:
    return len(word) > 1 and bool(re.fullmatch(r"[^\W\d_][^\d_\s]*", word)) and not re.search("['’.-]", word)


def dictionary(language: str, folder: Path) -> tuple[set[str], set[str], set[str]]:
    """Return the words that a language's dictionaries write small, and (in small letters) German nouns and names.

    The tables of forms write names small, too: what a dictionary has with a capital only is a name.
    """
    small: set[str] = set()
    capital: set[str] = set()
    for word in _entries(language, folder):
        (small if word == word.lower() else capital).add(word)
    lemmas = _lemmas(language)
    nouns = _nouns(lemmas) if language == "de" else set[str]()
    proper = {word.lower() for word in capital} - small - nouns
    small |= {word for word in lemmas if word == word.lower()}
    return small, nouns - small, proper


def _nouns(lemmas: Mapping[str, str]) -> set[str]:
    """Return nouns: unlike names, they have forms other than one with `s`."""
    forms: dict[str, set[str]] = defaultdict(set)
    for word, lemma in lemmas.items():
        if lemma[:1].isupper() and word[1:] == word[1:].lower():
            forms[lemma].add(word)
    found: set[str] = set()
    for lemma, every in forms.items():
        if every - {lemma, f"{lemma}s", f"{lemma}es", f"{lemma}'", f"{lemma}’"}:
            found |= {word.lower() for word in (*every, lemma)}
    return found


def _lemmas(language: str) -> dict[str, str]:
    factory: Any = import_module("simplemma.strategies.dictionaries.dictionary_factory")
    name = {"sh": "hbs"}.get(language, language)
    if name not in factory.SUPPORTED_LANGUAGES:
        return {}
    table: Mapping[bytes, bytes] = factory._load_dictionary_from_disk(name)
    return {word.decode(): lemma.decode() for word, lemma in table.items()}


def _entries(language: str, folder: Path) -> Iterator[str]:
    for name in _DICTIONARIES.get(language, ()):
        raw = (folder / "usr/share/dict" / name).read_bytes()
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        yield from text.split()
    if language in _HUNSPELL:
        affixes, words = (folder / "usr/share/hunspell" / f"{_HUNSPELL[language]}.{kind}" for kind in ("aff", "dic"))
        found = re.search(rb"^SET\s+(?:microsoft-cp)?(\S+)", affixes.read_bytes(), re.MULTILINE)
        coding = found[1].decode() if found else "utf-8"
        for line in words.read_bytes().decode(coding, "replace").split("\n")[1:]:
            yield re.split(r"[/\s]", line, maxsplit=1)[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
