"""What is known of a word: whether it is a name, a place, a product, a common word."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from zlib import crc32

from export.names import sections, vocabulary
from export.names.vocabulary import FIGURE, PLACE, THING, TOWN, Marks, Tongues

PHRASES = sections.DATA / "phrases.txt.xz"
EVERYDAY = sections.DATA / "everyday.txt"
MORE = sections.DATA / "vetoes_more.txt.xz"
"""Vetoes by language, packed by `training/gather.py`."""


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
    THING = 128
    """The same by large lists that no one has read: less sure."""
    FIGURE = 256
    """Somebody who lived long ago."""
    ENGLISH = 3 << 9
    """How often English has it as a small word: one to three, shifted to here."""
    FOREIGN = 3 << 11
    """How often any other language has."""


ENGLISH_SHIFT, FOREIGN_SHIFT = 9, 11
NOW_AND_THEN = 2 << FOREIGN_SHIFT
COMPOUND = 11
"""Letters from which on a word is taken for one that is made of two, if it can be."""

_COMPOUNDING = ("de", "nl", "sv", "da", "nb", "fi", "hu", "is")

REMEMBERED = 100_000
"""Words."""
_THINGS = Is.WORD | Is.NOUN | Is.VETO
_CASELESS = "\u0590"
"""From here on letters have no capitals: what is no name is a word like others."""


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
    given: frozenset[str]
    """Given names that everybody knows, and that are no such place."""
    cues: Mapping[str, str]
    han: Mapping[str, str]
    """What a Chinese, Japanese or Korean sign is for: letters, as `f` for family names."""
    brands: frozenset[str]
    """Words that are vetoed by lists that no one has read only: less sure, as many are family names, too."""
    vocabulary: Marks
    things: Marks
    tongues: Tongues
    compounding: int
    """The languages that make words of two, as bits of `tongues`."""
    _known: dict[str, int] = field(default_factory=dict[str, int], repr=False, compare=False)
    _traits: dict[str, int] = field(default_factory=dict[str, int], repr=False, compare=False)
    _spoken: dict[str, int] = field(default_factory=dict[str, int], repr=False, compare=False)

    def of(self, word: str) -> int:
        """Return what is known of a word, or of the word without its ending where Russian or Greek have put one."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            found = self._known[word] = self._find(word)
        return found

    def _find(self, word: str) -> int:
        low = small(word)
        known = self.known.get(low)
        if known is None and len(low) > 4 and "\u0370" <= low[-1] <= "\u04ff":
            stems = (low[:-cut] + end for cut in (1, 2, 3) for end in ("", "а", "я", "ь", "й", "о", "α", "η", "ς", "ο"))
            return next((self.known[stem] for stem in stems if stem in self.known), 0)
        if known is None and ("'" in low or "’" in low):  # Turkish endings of proper names
            stem = low.replace("’", "'").split("'")[0]
            return self.known.get(stem, 0) if len(stem) > 2 else 0
        if known is None and len(low) > 4 and low[-1] == "s":  # several of something
            stems = _singulars(low)
            return next((self.known[stem] & _THINGS for stem in stems if self.known.get(stem, 0) & _THINGS), 0)
        return known or 0

    def traits(self, word: str) -> int:
        """Return what `of` does, and what the large lists know; remembered, as most words come again."""
        found = self._traits.get(word)
        if found is None:
            if len(self._traits) > REMEMBERED:
                self._traits.clear()
            found = self._traits[word] = self._find_traits(word)
        return found

    def tongue(self, languages: int) -> str:
        """Return whether a text in these languages, as bits, is in English, in others, or nobody knows."""
        return "tongue" + ("?" if not languages else "en" if languages & self.tongues.bits(("en",)) else "other")

    def spoken_in(self, low: str) -> int:
        """Return the languages that have a word in small letters, as bits of `tongues`; remembered."""
        found = self._spoken.get(low)
        if found is None:
            if len(self._spoken) > REMEMBERED:
                self._spoken.clear()
            found = self._spoken[low] = self._find_spoken(low)
        return found

    def _find_spoken(self, low: str) -> int:
        place = self.vocabulary.place(low)
        if place >= 0:
            return self.tongues.at(place)
        places = map(self.vocabulary.place, _stems(low)) if len(low) > 3 else ()
        return next((self.tongues.at(place) for place in places if place >= 0), 0)

    def _find_traits(self, word: str) -> int:
        low = small(word)
        large = _large(self.things.of(low)) | self.vocabulary.of(low) << ENGLISH_SHIFT
        known = self._find(word)
        if known & Is.VETO and low in self.brands:
            known = known & ~Is.VETO | Is.THING
        if known or large or len(low) < 4:
            return known | large
        found = next((found for stem in _stems(low) if (found := self._stem(stem))), 0)
        return found or (NOW_AND_THEN if len(low) >= COMPOUND and self._is_compound(low) else 0)

    def _is_compound(self, low: str) -> bool:
        """Tell whether it is made of two words, as German, Dutch and Swedish have them."""
        for cut in range(4, len(low) - 4):
            if self._is_seen(low[cut:]) and (
                self._is_seen(low[:cut]) or (low[cut - 1] == "s" and self._is_seen(low[: cut - 1]))
            ):
                return True
        return False

    def _is_seen(self, low: str) -> bool:
        return self.vocabulary.of(low) & 8 > 0

    def _stem(self, stem: str) -> int:
        known = self.known.get(stem, 0) & ~(Is.GIVEN | Is.FAMILY)
        return known | _large(self.things.of(stem)) | self.vocabulary.of(stem) << ENGLISH_SHIFT


def _large(bits: int) -> int:
    """Return the bits of a thing as ours."""
    if not bits:
        return 0
    return (
        (Is.PLACE if bits & PLACE else 0)
        | (Is.TOWN if bits & TOWN else 0)
        | (Is.THING if bits & THING else 0)
        | (Is.FIGURE if bits & FIGURE else 0)
    )


_JOINED = {"\u0590": "והבלמשכ", "\u0600": "وفبلكا"}
"""What Hebrew and Arabic write on to a word: `and`, `the`, `in`, `to`, ..."""


def _stems(low: str) -> Iterator[str]:
    """Yield what a word may be without what is written on to it."""
    if "\u0590" <= low[0] < "\u0700":
        joined = _JOINED["\u0590" if low[0] < "\u0600" else "\u0600"]
        for cut in (1, 2, 3):
            if len(low) - cut < 3 or low[cut - 1] not in (joined if cut < 3 else joined + "ل"):
                return
            yield low[cut:]
            if low[cut : cut + 1] == "ل":
                yield low[cut + 1 :]
                yield "ال" + low[cut + 1 :]
    elif "\u0370" <= low[-1] < "\u0530" and len(low) > 4:
        for cut in (1, 2, 3):
            yield from (low[:-cut] + end for end in ("", "а", "я", "ь", "й", "о", "и", "ы", "α", "η", "ς", "ο"))
    elif "'" in low or "’" in low:
        stem = low.replace("’", "'").split("'")[0]
        if len(stem) > 2:
            yield stem
    elif len(low) > 4 and low[-1] == "s":
        yield from _singulars(low)


def _singulars(low: str) -> tuple[str, ...]:
    """Return what a word that ends with `s` may be several of: families are not called like words (Downes, Julious)."""
    if low.endswith("ies"):
        return (low[:-1], low[:-3] + "y")
    return (low[:-1], low[:-2]) if low.endswith(("ches", "shes", "sses", "xes", "oes", "zes")) else (low[:-1],)


def small(word: str) -> str:
    """Return a word in small letters, the Turkish capital I with its dot as one."""
    return word.lower().replace("i̇", "i")


def plain(word: str) -> str:
    """Return a word in small letters without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(each))


def lists(public_figures: bool = False) -> Lists:
    """Return the lists, read once. With public figures, the names of people whom everybody knows stay as they are."""
    return _read(public_figures)


HALVES = 2


def lists_without(half: int) -> Lists:
    """Return the lists without a half, 0 or 1, of what is written by hand: for judging how they do on what is new."""
    return _read(False, half)


@cache
def for_finding(public_figures: bool) -> Lists:
    """Return the lists as names are sought with them: who is called like thousands is left in by no large list.

    The model and the weights are learnt with `lists`: to them `John Smith` is a figure of history.
    """
    whole = lists(public_figures)
    everyday = sections.read(EVERYDAY)
    families = frozenset(map(small, everyday["family"]))
    famous = {tuple(small(entry).split("_")) for entry in everyday["famous"]}
    vetoes = sections.read(sections.DATA / "vetoes.txt", comma=True)
    famous |= {_words(entry) for entries in vetoes.values() for entry in entries}

    def is_anybody(phrase: tuple[str, ...]) -> bool:
        return len(phrase) == 2 and phrase[0] in whole.given and phrase[1] in families and phrase not in famous

    kept = {first: tuple(each for each in some if not is_anybody(each)) for first, some in whole.phrases.items()}
    return replace(whole, phrases=kept)


@cache
def _read(public_figures: bool, left_out: int | None = None) -> Lists:
    known: dict[str, int] = {}
    phrases: dict[str, set[tuple[str, ...]]] = {}
    _enter_names(known)
    _enter_words(known, phrases)
    vetoes = _kept(sections.read(sections.DATA / "vetoes.txt", comma=True), left_out)
    famous = _enter_vetoes(known, phrases, vetoes, public_figures)
    more = _kept(sections.read(MORE, comma=True), left_out)
    for entry in {entry for entries in more.values() for entry in entries}:
        is_name = known.get(small(entry), 0) & (Is.GIVEN | Is.FAMILY)
        _enter(known, phrases, entry, Is.THING if is_name else Is.WORD if entry[0] >= _CASELESS else Is.VETO)
    for section, entries in sections.read(PHRASES).items():
        open_to_all = [entry for entry in entries if section != "place" or not _begins_like_a_person(entry, known)]
        parts = {_enter(known, phrases, entry.replace("_", " "), Is.THING) for entry in open_to_all}
        famous |= parts if section == "figure" else set()
    major = {small(entry) for entry in vetoes["place"]}
    given = frozenset(map(small, sections.read(sections.DATA / "common_names.txt")["given"])) - major
    public = frozenset(_words(entry) for entry in ([] if public_figures else vetoes["public"]))
    cued = sections.read(sections.DATA / "cues.txt")
    cues = dict.fromkeys(cued.pop("role"), "role") | {word: kind for kind, words in cued.items() for word in words}
    ordered = {first: tuple(sorted(each, key=lambda words: (-len(words), words))) for first, each in phrases.items()}
    written = {small(entry) for part in (vetoes, more) for entries in part.values() for entry in entries}
    brands = frozenset(sections.read(sections.DATA / "words.txt.xz")["brand"]) - written
    large = vocabulary.read(vocabulary.VOCABULARY), vocabulary.read(vocabulary.THINGS)
    tongues = vocabulary.Tongues(vocabulary.TONGUES)
    joining = tongues.bits(_COMPOUNDING)
    return Lists(
        known,
        ordered,
        frozenset(famous),
        public,
        frozenset(major),
        given,
        cues,
        _han(),
        brands,
        *large,
        tongues,
        joining,
    )


def _kept(vetoes: Mapping[str, Sequence[str]], left_out: int | None) -> dict[str, Sequence[str]]:
    if left_out is None:
        return dict(vetoes)
    return {
        section: [entry for entry in entries if crc32(entry.encode()) % HALVES != left_out]
        for section, entries in vetoes.items()
    }


def _begins_like_a_person(entry: str, known: Mapping[str, int]) -> bool:
    """Tell whether it is a town like Benito Juárez."""
    return known.get(small(entry).split("_")[0], 0) & (Is.GIVEN | Is.WORD) == Is.GIVEN


def _enter_words(known: dict[str, int], phrases: dict[str, set[tuple[str, ...]]]) -> None:
    words = sections.read(sections.DATA / "words.txt.xz")
    for section, kind in (("place", Is.PLACE), ("town", Is.TOWN)):
        for entry in words[section]:
            _enter(known, phrases, entry.replace("_", " "), kind)
    prose = sections.read(sections.DATA / "prose.txt").values()
    for word in (*words["word"], *(each for part in prose for each in part)):
        known[word] = known.get(word, 0) | Is.WORD
    for word in words["noun"]:
        known[small(word)] = known.get(small(word), 0) | Is.NOUN
    for word in words["brand"]:
        known[word] = known.get(word, 0) | Is.VETO


def _enter_vetoes(
    known: dict[str, int],
    phrases: dict[str, set[tuple[str, ...]]],
    vetoes: Mapping[str, Sequence[str]],
    public_figures: bool,
) -> set[tuple[str, ...]]:
    """Enter what is written by hand; return the people and figures."""
    famous: set[tuple[str, ...]] = set()
    for section, entries in vetoes.items():
        if section != "public" or public_figures:
            for entry in entries:
                parts = _enter(known, phrases, entry, Is.PLACE if section == "place" else Is.VETO)
                if section in {"fiction", "figure", "public", "myth"}:
                    famous.add(parts)
    return famous


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
        (gazetteer["given"] + common["given"] + common["given_more"] + common["vi_given"], Is.GIVEN),
        (gazetteer["family"] + common["family"] + common["family_more"] + common["vi_family"], Is.FAMILY),
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
