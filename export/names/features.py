"""What the trained model sees of a word and its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from export.names.likeness import LEVELS, Liking
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists, small


@dataclass(frozen=True, slots=True)
class Look:
    """A word by itself: its own features, how it appears to its neighbours, and whether it has a capital."""

    own: tuple[str, ...]
    brief: str
    kind: str
    capital: bool
    like: int = -1
    """How much its letters are like a name's, where nothing else is known of it."""
    before: tuple[str, str, str, str, str] = ("", "", "", "", "")
    """What it is to the next word, to the one after that, and to the third."""
    after: tuple[str, str, str, str] = ("", "", "", "")
    """What it is to the word before, and to the one before that."""

    def placed(self) -> "Look":
        """Return it with what its neighbours see of it."""
        brief, kind = self.brief, self.kind
        before = (f"-1={brief}", f"-1k={kind}", f"-2={brief}", f"-2k={kind}", f"-3k={kind}")
        return replace(self, before=before, after=(f"+1={brief}", f"+1k={kind}", f"+2={brief}", f"+2k={kind}"))


@dataclass(slots=True)
class Looker:
    """Looks at words, each only once."""

    lists: Lists
    likeness: Liking
    hidden: Mapping[str, int] = field(default_factory=dict[str, int])
    """What is not to be seen of a word in small letters: in training, so that the model does not lean on lists."""
    _seen: dict[str, Look] = field(default_factory=dict[str, Look])

    def look(self, word: str) -> Look:
        """Return what a word looks like."""
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) > 50_000:
                self._seen.clear()
            found = self._seen[word] = self._look(word).placed()
        return found

    def _look(self, word: str) -> Look:
        first = word[0]
        if "\u3005" <= first <= "\u9fff" or "\uac00" <= first <= "\ud7af":
            return self._sign(word)
        if not first.isalpha():
            kind = "0" if first.isdigit() else word
            return Look((f"p={kind}",), kind, "punct", False)
        low = small(word)
        known = self.lists.traits(word) & ~self.hidden.get(low, 0)
        cue = self.lists.cues.get(low, "")
        letters = "".join(sign for flag, sign in _FLAGS if known & flag)
        large = "".join(sign for flag, sign in _LARGE if known & flag)
        english, foreign = known >> ENGLISH_SHIFT & 3, known >> FOREIGN_SHIFT & 3
        shape = _shape(word)
        levels = f"{english}{foreign}"
        own = [f"s={shape}", f"k={letters}", f"sk={shape}{letters}", f"c={cue}"]
        own += [f"v={shape}{levels}", f"vk={shape}{levels}{letters}{large}", f"h={large}{shape}"]
        like = -1
        if not known & Is.WORD and shape != "x" and max(english, foreign) < 2:
            like = self.likeness.level(low)
            own += [f"n={like}", f"n={like}{shape}{letters}{large}"]
            letters += "abc"[like * 3 // LEVELS]
        letters += "v" if max(english, foreign) > 1 and "W" not in letters else "H" if large else ""
        if shape in {"x", "a"}:
            own.append(f"w={low}")
        own += [f"-{low[-size:]}" for size in (1, 2, 3, 4) if len(low) > size]
        own += [f"{low[:size]}-" for size in (1, 2, 3) if len(low) > size]
        own.append(f"script={_script(first)}")
        common = known & Is.WORD or cue or shape == "x"
        brief = low if common and len(low) < 14 else f"{shape}{letters}"
        return Look(tuple(own), brief, cue or f"{shape}{letters}", shape in {"Xx", "X", "XX", "xX"}, like)

    def _sign(self, word: str) -> Look:
        first = word[0]
        if first < "\u3100":
            script = "hira" if first < "\u30a0" and first != "\u3005" else "kata"
        else:
            script = "hangul" if first >= "\uac00" else "han"
        known = self.lists.han.get(word, "")
        own = (f"s={script}", f"w={word}", *(f"h={mark}" for mark in known), f"h={known}")
        return Look(own, word, f"{script}{known}", False)


_FLAGS = (
    (Is.GIVEN, "G"),
    (Is.FAMILY, "F"),
    (Is.PLACE, "P"),
    (Is.TOWN, "T"),
    (Is.WORD, "W"),
    (Is.NOUN, "N"),
    (Is.VETO, "V"),
)
_LARGE = ((Is.THING, "H"), (Is.FIGURE, "I"))


def _shape(word: str) -> str:
    if word.islower():
        return "x"
    if not word[0].isupper():
        return "a" if word.lower() == word.upper() else "xX"
    if len(word) == 1:
        return "X"
    return "XX" if word.isupper() else "Xx" if word[1:].islower() or "-" in word or "'" in word or "’" in word else "xX"


def _script(sign: str) -> str:
    point = ord(sign)
    return "latin" if point < 0x250 or 0x1E00 <= point < 0x1F00 else f"{point >> 8:x}"


_EDGE = Look((), "|", "|", False).placed()
_LINKS = frozenset(", and or & und oder et ou y e o i и или và 、 ; /".split())  # noqa: SIM905
PERSONAL = frozenset(
    "he she him her his hers himself herself who whom whose said says told asked wrote thinks met er sie ihm ihn ihr"  # noqa: SIM905
    " sein seine ihre il elle lui él ella seu sua suo sua on ona jej jego он она его её"
    " ему ей anh chị em cô dia".split()
)
CUES = frozenset({"honorific", "relation", "greeting", "closing", "named", "header", "speech", "role"})
"""What words announce a name by."""
_LABELLED = ":"
AROUND = 6
"""Words on each side that are counted for how many have a capital, and for words of persons."""


def features(looks: Sequence[Look], starts: Sequence[bool]) -> list[list[str]]:
    """Return the features of each word in a row; `starts` says which begin a sentence."""
    edge = _EDGE
    row = [edge, edge, edge, *looks, edge, edge, edge]
    sums = _sums(looks)
    left, right = _heads(looks, _LABELLED), _heads(looks[::-1], "")[::-1]
    made: list[list[str]] = []
    for index, look in enumerate(looks):
        c3, c2, c1, _, n1, n2, _ = row[index : index + 7]
        if look.kind == "punct":
            made.append([*look.own, *c1.before[:2], *n1.after[:2], f"-1+1={c1.brief} {n1.brief}"])
            continue
        low, high = sums[max(0, index - AROUND)], sums[min(len(looks), index + AROUND + 1)]
        titled = f"t={min(4, 5 * (high[0] - low[0]) // max(1, high[1] - low[1]))}"
        person = f"p={min(2, high[2] - low[2])}"
        found = [
            *look.own,
            *c1.before[:2],
            *c2.before[2:4],
            c3.before[4],
            *n1.after[:2],
            *n2.after[2:],
            f"-21={c2.brief} {c1.brief}",
            f"+12={n1.brief} {n2.brief}",
            f"-1+1={c1.brief} {n1.brief}",
            f"k-1={look.kind} {c1.kind}",
            f"k+1={look.kind} {n1.kind}",
            f"-1w={look.brief}{c1.brief}" if len(look.brief) == 1 else f"k3={c1.kind} {look.kind} {n1.kind}",
            titled,
            f"{titled}{look.kind}",
            person,
            f"{person}{look.kind}",
            f"{titled}{person}",
        ]
        if look.capital:
            found += [f"l={left[index]}", f"r={right[index]}", f"lr={left[index]} {right[index]}"]
        if starts[index]:
            found += ["start", f"start{look.kind}"]
        made.append(found)
    return made


def _sums(looks: Sequence[Look]) -> list[tuple[int, int, int]]:
    """Return how many words before each place have a capital, are words, and speak of persons."""
    capitals, words, persons = 0, 0, 0
    sums = [(0, 0, 0)]
    for look in looks:
        capitals += look.capital
        words += look.kind != "punct"
        persons += look.brief in PERSONAL or look.kind in {"honorific", "relation", "role"}
        sums.append((capitals, words, persons))
    return sums


def _heads(looks: Sequence[Look], labelled: str) -> list[str]:
    """Return for each word what stands before the row of names that it may be in: `compare` in `compare A, B and C`.

    After one of the signs `labelled` it is the label before it, with the sign.
    """
    heads: list[str] = []
    head, before = "|", _EDGE
    for look in looks:
        heads.append(head)
        if look.brief not in _LINKS and (not look.capital or look.brief[:1].islower()):
            is_label = look.kind == "punct" and look.brief == labelled and before.kind != "punct"
            head = f"{before.kind if before.kind in CUES else before.brief}{labelled}" if is_label else look.brief
        before = look
    return heads
