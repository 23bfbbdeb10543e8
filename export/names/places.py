"""Where the setting `balanced` looks at a text: nowhere, most often."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from export.names import rules
from export.names.doubts import VIETNAMESE
from export.names.gates import seen_after_blank
from export.names.kept import Kept
from export.names.lists import Is, Lists
from export.names.tokens import APART, going_on, is_capital, joined, listed, tokens, word

_KATAKANA = "\u30a1-\u30ff"


@cache
def _words() -> re.Pattern[str]:
    """Return what finds the words, as `tokens` cuts them, that may be names by their first letter."""
    capitals = "".join(sign for sign in map(chr, range(0x200E)) if sign != sign.lower())
    first = capitals + listed(r"(?=\w)[\u0590-\u1cff]") + "\u30a1-\u30fa\u30fc-\u30ff"
    before = listed(rf"[^\W{APART}]")
    goes_on = rf"(?:(?<![{_KATAKANA}]){going_on()}|[{_KATAKANA}]*+{joined()})"
    return re.compile(rf"[{first}](?<![{before}].)(?!(?<=L)['’]){goes_on}")


@cache
def _next() -> re.Pattern[str]:
    return re.compile(rf"[^\S\n]+({word()}{joined()})")


_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
BESIDE = frozenset({"honorific", "relation", "greeting", "named"})
"""The kinds of words before which a capital is enough."""
_ANNOUNCING = BESIDE | {"closing"}
_FAR = 60
"""Characters in which four words stand."""
_GIVEN, _OPEN, _PROPER, _NAMED, _SPEAKS, _LEADS, _TITLED = 1, 2, 4, 8, 16, 32, 64
"""What a word is: a listed given name, what may be a name beside something, what has a capital and is nothing else,
a listed name, what comes after a name (`says`), what begins a name that everybody knows, what may be a part of a
Vietnamese name."""
_ASKED = _GIVEN | _OPEN | _LEADS
_CALLING = (*rules.PRONOUNS, "tên", "là")
"""What comes before a Vietnamese name."""
_UNSEEN = "?"
_BLANKS = frozenset({" ", "  ", "\t", "\u00a0"})
"""What most often stands between words of a name."""
_ENDS = frozenset({". ", "! ", "? "})
"""What ends a sentence: nothing before it announces a name."""
_ROW = 6
"""Words that are looked at together: in a longer row any may be the first."""


class Seen(NamedTuple):
    """What a first look at a text tells."""

    places: list[int]
    """Where names may begin: at least wherever lists would tell one to who looks at all words."""
    around: list[int]
    """Where else something may stand that matters: what rules tell, and who is known to all."""
    has_public: bool
    """It may hold names that everybody knows and that are to be found."""


@dataclass(slots=True)
class FirstLook:
    """Tells where in a text names may be, without cutting it into words."""

    lists: Lists
    _famous: dict[str, set[str]] = field(init=False)
    """The second words of names that everybody knows, by the first."""
    _public: frozenset[str] = field(init=False)
    """The first words of those that are to be found."""
    _kind: Kept[str, int] = field(init=False)
    _family: Kept[str, bool] = field(init=False)
    _cue: Kept[str, str] = field(init=False)
    _announces: Kept[str, bool] = field(init=False)
    _may_speak: Callable[[str], bool] = field(init=False)
    """Tells whether a text may have a word like `says`, in small letters."""

    def __post_init__(self) -> None:
        self._famous = {}
        for words in self.lists.famous | self.lists.public:
            self._famous.setdefault(words[0], set()).add(words[1] if len(words) > 1 else "")
        self._public = frozenset(words[0] for words in self.lists.public)
        self._kind = Kept(self._kind_of)
        self._family = Kept(lambda word: self.lists.of(word) & Is.FAMILY > 0)
        self._cue = Kept(self._cue_of)
        self._announces = Kept(self._announcing)
        speech = [word for word, kind in self.lists.cues.items() if kind == "speech"]
        self._may_speak = seen_after_blank(speech)

    def look(self, text: str) -> Seen:
        """Look at a text."""
        told = rules.places(text)
        words = list(_words().finditer(text))
        kind_of = self._kind
        kinds = [kind_of[word[0]] for word in words]
        asked = [index for index, kind in enumerate(kinds) if kind & _ASKED]
        found = self._likely(text, words, kinds, asked) if asked else []
        if not text.isascii() and VIETNAMESE.search(text):
            told += _vietnamese(text, words, kinds, self._family)
        famous = [words[index] for index in asked if kinds[index] & _LEADS and self._is_famous(text, words[index])]
        has_public = any(word[0].lower() in self._public for word in famous)
        if found or told or has_public:
            told += [word.start() for word in famous]
        return Seen(found, told, has_public)

    def _likely(
        self, text: str, words: Sequence[re.Match[str]], kinds: Sequence[int], asked: Sequence[int]
    ) -> list[int]:
        """Return where words stand that are listed given names, or have beside them what may make a name of them."""
        found: list[int] = []
        last = len(kinds) - 1
        speaks = self._may_speak(text)
        cue, find = self._cue, text.rfind
        for index in asked:
            kind = kinds[index]
            if kind & _OPEN:
                start, end = words[index].span()
                beside = kinds[index + 1] if index < last and text[end : words[index + 1].start()] in _BLANKS else 0
                if not (beside & _SPEAKS or (beside & _PROPER and (beside | kind) & _NAMED)):
                    if text[start - 2 : start] in _ENDS and not speaks:
                        continue
                    far = start - _FAR if start > _FAR else 0
                    before = cue[text[find(" ", far, start - 1 if start else 0) + 1 or far : start]]
                    is_likely = before and (before != _UNSEEN or self._is_announced(text[far:start]))
                    if not is_likely and not (speaks and self._kind[_after(text, end)] & _SPEAKS):
                        continue
                found.append(start)
            elif kind & _GIVEN:
                found.append(words[index].start())
        return found

    def _is_announced(self, before: str) -> bool:
        """Tell whether one of the four words before a word announces a name."""
        return any(map(self._announces.__getitem__, before.rsplit(None, 4)[-4:]))

    def _is_famous(self, text: str, word: re.Match[str]) -> bool:
        """Tell whether a word begins a name that everybody knows."""
        seconds = self._famous[word[0].lower()]
        return "" in seconds or _after(text, word.end()).lower() in seconds

    def _kind_of(self, word: str) -> int:
        if not word:
            return 0
        low = word.lower()
        what = self.lists.known.get(low, 0)
        cue = self.lists.cues.get(low)
        kind = (_LEADS if low in self._famous else 0) | (_SPEAKS if cue == "speech" else 0)
        if rules.is_titled(word):
            kind |= _TITLED
        if what & _ELSE:
            return kind
        kind |= (_NAMED if what & _NAME else 0) | (_PROPER if is_capital(word) else 0)
        if what & Is.GIVEN and not what & Is.TOWN:
            return kind | (_GIVEN if len(word) > 1 else 0)
        return kind | (_OPEN if kind & _PROPER and not cue and len(word) > 1 and not word.isupper() else 0)

    def _announcing(self, written: str) -> bool:
        """Tell whether one of the words in a part of a text announces a name."""
        return any(self.lists.cues.get(each) in _ANNOUNCING for each in _small(written))

    def _cue_of(self, written: str) -> str:
        """Return what the last word of a part announces: nothing, or `_UNSEEN` where more of the text must tell it."""
        words = _small(written)
        last = words[-1] if words else ""
        if not last or last in {",", ":", "\n"}:
            return _UNSEEN
        kind = self.lists.cues.get(last, "")
        return kind if kind in BESIDE else ""


def _small(written: str) -> list[str]:
    """Return the words and signs of a part of a text in small letters: one word, most often."""
    word = written.rstrip(" ").lower()
    return [word] if word.isascii() and word.isalpha() else [each.text.lower() for each in tokens(written)]


def _after(text: str, end: int) -> str:
    """Return the word that follows, if nothing but blanks stands before it."""
    match = _next().match(text, end)
    return match[1] if match else ""


def _vietnamese(
    text: str, words: Sequence[re.Match[str]], kinds: Sequence[int], family: Mapping[str, bool]
) -> list[int]:
    """Return the words of all rows of short words with capitals that may be Vietnamese names, by the first of each."""
    found: list[int] = []
    row: list[int] = []
    last, is_family, is_called = -2, False, False
    for match, kind in zip(words, kinds, strict=True):
        if kind & _TITLED:
            start = match.start()
            if start != last + 1 or text[last] == "\n":
                if is_called or (is_family and len(row) > 1) or len(row) > _ROW:
                    found += row
                row = []
                is_family = family[match[0]]
                is_called = match[0].lower() in rules.PRONOUNS
                is_called |= text[start - 9 if start > 9 else 0 : start].rstrip().lower().endswith(_CALLING)
            row.append(start)
            last = match.end()
    return found + (row if is_called or (is_family and len(row) > 1) or len(row) > _ROW else [])
