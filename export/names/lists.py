"""What is known of a word: whether it is a name, a place, a product, a common word."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from export.names import sections


class Is:
    """What a word can be, as bits of a number; often several."""

    GIVEN = 1
    FAMILY = 2
    PLACE = 4
    TOWN = 8
    """A small place: many are called like people."""
    WORD = 16
    """It is written small somewhere."""
    NOUN = 32
    """Written with a capital in languages that do that, or in titles."""
    VETO = 64
    """A product, a company, a demonym, a month, a food, a god, ..."""


_THINGS = Is.WORD | Is.NOUN | Is.VETO


@dataclass(frozen=True, slots=True)
class Lists:
    """All that is known, by the word in small letters."""

    known: Mapping[str, int]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    """Names of several words that are no private person's: by the first word, the words; the longest first."""
    famous: frozenset[tuple[str, ...]]
    """Those of them that are people or figures: one of their words alone means the same one."""
    public: frozenset[tuple[str, ...]]
    """People whom everybody knows, where they are not to be left as they are."""
    major: frozenset[str]
    """Places that everybody knows."""
    cues: Mapping[str, str]
    han: Mapping[str, str]
    """What a Chinese, Japanese or Korean sign is for: letters, as `f` for family names."""

    def of(self, word: str) -> int:
        """Return what is known of a word, or of the word without its ending where Russian or Greek have put one."""
        low = small(word)
        known = self.known.get(low)
        if known is None and len(low) > 4 and "\u0370" <= low[-1] <= "\u04ff":
            stems = (low[:-cut] + end for cut in (1, 2, 3) for end in ("", "а", "я", "ь", "й", "о", "α", "η", "ς", "ο"))
            return next((self.known[stem] for stem in stems if stem in self.known), 0)
        if known is None and ("'" in low or "’" in low):  # Turkish endings of proper names
            stem = low.replace("’", "'").split("'")[0]
            return self.known.get(stem, 0) if len(stem) > 2 else 0
        if known is None and len(low) > 4 and low[-1] == "s":  # several of something
            stems = (low[:-1], low[:-2], low[:-3] + "y")
            return next((self.known[stem] & _THINGS for stem in stems if self.known.get(stem, 0) & _THINGS), 0)
        return known or 0


def small(word: str) -> str:
    """Return a word in small letters, the Turkish capital I with its dot as one."""
    return word.lower().replace("i̇", "i")


def plain(word: str) -> str:
    """Return a word in small letters without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(each))


@cache
def lists(public_figures: bool = False) -> Lists:
    """Read the lists. With public figures, the names of people whom everybody knows are left as they are."""
    known: dict[str, int] = {}
    phrases: dict[str, set[tuple[str, ...]]] = {}
    famous: set[tuple[str, ...]] = set()
    _enter_names(known)
    words = sections.read(sections.DATA / "words.txt.xz")
    for section, kind in (("place", Is.PLACE), ("town", Is.TOWN)):
        for entry in words[section]:
            _enter(known, phrases, entry.replace("_", " "), kind)
    for word in (
        *words["word"],
        *(each for part in sections.read(sections.DATA / "prose.txt").values() for each in part),
    ):
        known[word] = known.get(word, 0) | Is.WORD
    for word in words["noun"]:
        known[small(word)] = known.get(small(word), 0) | Is.NOUN
    for word in words["brand"]:
        known[word] = known.get(word, 0) | Is.VETO
    vetoes = sections.read(sections.DATA / "vetoes.txt", comma=True)
    major = {small(entry) for entry in vetoes["place"]}
    public = frozenset(_words(entry) for entry in ([] if public_figures else vetoes["public"]))
    for section, entries in vetoes.items():
        if section != "public" or public_figures:
            for entry in entries:
                parts = _enter(known, phrases, entry, Is.PLACE if section == "place" else Is.VETO)
                if section in {"fiction", "figure", "public", "myth"}:
                    famous.add(parts)
    cues = {word: kind for kind, entries in sections.read(sections.DATA / "cues.txt").items() for word in entries}
    ordered = {first: tuple(sorted(each, key=lambda words: (-len(words), words))) for first, each in phrases.items()}
    return Lists(known, ordered, frozenset(famous), public, frozenset(major), cues, _han())


def _enter_names(known: dict[str, int]) -> None:
    for entries, kind in _names():
        for word in entries:
            known[small(word)] = known.get(small(word), 0) | kind
            if not word.isascii() and ord(max(word)) < 0x250:
                known[plain(word)] = known.get(plain(word), 0) | kind


def _names() -> list[tuple[list[str], int]]:
    gazetteer = sections.read(sections.DATA / "gazetteer.txt.xz")
    common = sections.read(sections.DATA / "common_names.txt")
    return [
        (gazetteer["given"] + common["given"] + common["vi_given"], Is.GIVEN),
        (gazetteer["family"] + common["family"] + common["vi_family"], Is.FAMILY),
    ]


def _words(entry: str) -> tuple[str, ...]:
    return tuple(small(entry).replace(".", " .").split())


def _enter(known: dict[str, int], phrases: dict[str, set[tuple[str, ...]]], entry: str, kind: int) -> tuple[str, ...]:
    parts = _words(entry)
    if len(parts) == 1:
        known[parts[0]] = known.get(parts[0], 0) | kind
    else:
        phrases.setdefault(parts[0], set()).add(parts)
    return parts


def _han() -> dict[str, str]:
    found: dict[str, str] = {}
    for letter, section in (
        ("f", "zh_family"),
        ("g", "zh_given"),
        ("F", "ja_family"),
        ("G", "ja_given"),
        ("k", "ko_family"),
        ("h", "ko_given"),
    ):
        for entry in sections.read(sections.DATA / "han.txt")[section]:
            for place, sign in enumerate(entry):
                mark = letter if len(entry) == 1 else f"{letter}{place}"
                if mark not in found.get(sign, ""):
                    found[sign] = found.get(sign, "") + mark
    return found
