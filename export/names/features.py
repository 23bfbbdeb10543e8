"""What the trained model sees of a word and its neighbours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from export.names.likeness import LEVELS, Liking
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists, small


@dataclass(slots=True)
class Look:
    """A word by itself: its own features, how it appears to its neighbours, and whether it has a capital."""

    own: tuple[str, ...]
    brief: str
    kind: str
    capital: bool
    like: int = -1
    """How much its letters are like a name's, where nothing else is known of it."""
    counted: int = field(init=False)
    """What it counts for words around it: as one with a capital, as a word, as one of persons, a byte each."""
    heads: bool = field(init=False)
    """It may stand before a row of names, and not in one."""
    is_single: bool = field(init=False)
    """It appears as a single letter or sign."""

    def __post_init__(self) -> None:
        is_of_persons = self.brief in PERSONAL or self.kind in {"honorific", "relation", "role"}
        self.counted = self.capital | (self.kind != "punct") << 8 | is_of_persons << 16
        self.heads = self.brief not in _LINKS and (not self.capital or self.brief[:1].islower())
        self.is_single = len(self.brief) == 1


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
            found = self._seen[word] = self.look_at(word)
        return found

    def look_at(self, word: str) -> Look:
        """Look at a word, and do not remember it."""
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


EDGE = Look((), "|", "|", False)
"""What stands before the first word and after the last."""
Spot = tuple[Look, Look, Look, Look, Look, Look, str, str, str, int, str, str, bool]
"""The three words before one, itself, the two after it; what the two before it are together, the two after it, and
those on both sides; what is counted around it, what heads its row at either end, and whether it begins a sentence."""


def features(looks: Sequence[Look], starts: Sequence[bool]) -> list[list[str]]:
    """Return the features of each word in a row; `starts` says which begin a sentence."""
    made: list[list[str]] = []
    for third, second, last, look, after, then, before, behind, beside, counted, left, right, begins in spots(
        looks, starts
    ):
        if look.kind == "punct":
            made.append([*look.own, *seen_from(last, -1), *seen_from(after, 1), beside])
            continue
        found = [*look.own, *seen_from(last, -1), *seen_from(second, -2), *seen_from(third, -3)]
        found += [*seen_from(after, 1), *seen_from(then, 2), before, behind, beside]
        found += of_kinds(last.kind, look.kind, after.kind, look.is_single)
        if look.is_single:
            found.append(of_single(last, look))
        found += of_counts(look.kind, counted)
        if look.capital:
            found += of_heads(left, right)
        if begins:
            found += of_start(look.kind)
        made.append(found)
    return made


def spots(looks: Sequence[Look], starts: Sequence[bool]) -> Iterator[Spot]:
    """Return each word of a row with what stands around it; what is counted is for `of_counts`."""
    row = [EDGE, EDGE, EDGE, *looks, EDGE, EDGE]
    briefs = [look.brief for look in row]
    before = [f"-21={second} {last}" for second, last in pairwise(briefs[1:-3])]
    behind = [f"+12={after} {then}" for after, then in pairwise(briefs[4:])]
    beside = [f"-1+1={last} {after}" for last, after in zip(briefs[2:], briefs[4:], strict=False)]
    pairs = before, behind, beside
    heads = _heads(looks, _LABELLED), _heads(looks[::-1], "")[::-1]
    around = row, row[1:], row[2:], looks, row[4:], row[5:]
    return zip(*around, *pairs, _counts(looks), *heads, starts, strict=False)


def seen_from(look: Look, steps: int) -> tuple[str, ...]:
    """Return what a word is to the one from which it is so many steps away: from three on, only its kind counts."""
    kind = f"{steps:+}k={look.kind}"
    return (kind,) if abs(steps) > 2 else (f"{steps:+}={look.brief}", kind)


def of_kinds(last: str, kind: str, after: str, is_single: bool) -> list[str]:
    """Return what a word's kind is with those of its neighbours; for a single sign all three would say too little."""
    found = [f"k-1={kind} {last}", f"k+1={kind} {after}"]
    return found if is_single else [*found, f"k3={last} {kind} {after}"]


def of_single(last: Look, look: Look) -> str:
    """Return what a single sign is with the one before it."""
    return f"-1w={look.brief}{last.brief}"


def of_counts(kind: str, counted: int) -> tuple[str, ...]:
    """Return how many words around have a capital, of five parts, and how many speak of persons."""
    titled = f"t={min(4, 5 * (counted & 255) // max(1, counted >> 8 & 255))}"
    person = f"p={min(2, counted >> 16)}"
    return titled, f"{titled}{kind}", person, f"{person}{kind}", f"{titled}{person}"


def of_heads(left: str, right: str) -> tuple[str, str, str]:
    """Return what stands before and after the row that a word with a capital is in."""
    return f"l={left}", f"r={right}", f"lr={left} {right}"


def of_start(kind: str) -> tuple[str, str]:
    """Return that a word begins a sentence."""
    return "start", f"start{kind}"


def _counts(looks: Sequence[Look]) -> list[int]:
    """Return for each word what those around it count together."""
    sums = list(accumulate([look.counted for look in looks], initial=0))
    sums = [*[0] * AROUND, *sums, *[sums[-1]] * AROUND]
    return [high - low for low, high in zip(sums, sums[2 * AROUND + 1 :], strict=False)]


def _heads(looks: Sequence[Look], labelled: str) -> list[str]:
    """Return for each word what stands before the row of names that it may be in: `compare` in `compare A, B and C`.

    After one of the signs `labelled` it is the label before it, with the sign.
    """
    heads: list[str] = []
    head, before = "|", EDGE
    for look in looks:
        heads.append(head)
        if look.heads:
            is_label = look.kind == "punct" and look.brief == labelled and before.kind != "punct"
            head = f"{before.kind if before.kind in CUES else before.brief}{labelled}" if is_label else look.brief
        before = look
    return heads
