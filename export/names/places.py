"""Where the setting `balanced` looks at a text: nowhere, most often."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from export.names import rules
from export.names.joining import is_capital
from export.names.lists import Is, Lists
from export.names.tokens import APART, REACH, WORD, tokens

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƏƠƯȘȚḀ-ỸΆ-ΏΑ-ΫЀ-ЯҐҒҚҢҮҰҲӘӨԱ-Ֆ"
_KATAKANA = "\u30a1-\u30ff"
_CASELESS = rf"\u0590-\u1cff{_KATAKANA}"


def _words(first: str, before: str, word: str) -> re.Pattern[str]:
    """Return what finds the words, as `tokens` cuts them, that begin with one of some letters."""
    return re.compile(rf"[{first}](?<=\w)(?<!{before}.)(?!(?<=L)['’]){word}?(?:['’ʼ׳](?!s\b|S\b){word}|-{word})*")


_ASCII_WORDS = _words("A-Z", r"\w", "(?:[A-Za-z]++)")
_WORDS = _words(_UPPER + _CASELESS, rf"[^\W{APART}]", rf"(?:(?<=[{_KATAKANA}])[{_KATAKANA}]*+|{WORD})")
_NEXT = re.compile(rf"[^\S\n]*({WORD}(?:['’ʼ׳](?!s\b|S\b){WORD}|-{WORD})*)")
_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
BESIDE = frozenset({"honorific", "relation", "greeting", "named"})
"""The kinds of words before which a capital is enough."""
_ANNOUNCING = BESIDE | {"closing"}
_FAR = 60
"""Characters in which four words stand."""
_GIVEN, _OPEN, _PROPER, _NAMED, _SPEAKS, _LEADS = 1, 2, 4, 8, 16, 32
"""What a word is: a listed given name, what may be a name beside something, what has a capital and is nothing else,
a listed name, what comes after a name (`says`), what begins a name that everybody knows."""
_ASKED = _GIVEN | _OPEN | _LEADS
_UNSEEN = "?"
_REMEMBERED = 1 << 15
"""Words of a process: the same ones come again and again."""


@dataclass(slots=True)
class FirstLook:
    """Tells where in a text names may be, without cutting it into words."""

    lists: Lists
    _seconds: dict[str, set[str]] = field(init=False)
    """The second words of names that everybody knows, by the first."""
    _kind: Callable[[str], int] = field(init=False)
    _cue: Callable[[str], str] = field(init=False)
    _announces: Callable[[str], bool] = field(init=False)

    def __post_init__(self) -> None:
        self._seconds = {}
        for words in self.lists.famous | self.lists.public:
            self._seconds.setdefault(words[0], set()).add(words[1] if len(words) > 1 else "")
        self._kind = lru_cache(_REMEMBERED)(self._kind_of)
        self._cue = lru_cache(_REMEMBERED)(self._cue_of)
        self._announces = lru_cache(_REMEMBERED)(self._announcing)

    def places(self, text: str) -> list[int]:
        """Return where names may begin: at least wherever one would be found by who looks at all words."""
        form = _ASCII_WORDS if text.isascii() else _WORDS
        found = rules.places(text)
        known_to_all: list[int] = []
        kind_of = self._kind
        for match in form.finditer(text):
            if (kind := kind_of(match[0])) & _ASKED:
                start, end = match.span()
                after = _after(text, end)
                if kind & _GIVEN or (kind & _OPEN and self._is_likely(kind, after, text, start)):
                    found.append(start)
                if kind & _LEADS and not self._seconds[match[0].lower()].isdisjoint({"", after.lower()}):
                    known_to_all.append(start)
        if form is _WORDS and rules.VIETNAMESE.search(text):
            return [*found, *range(0, len(text), REACH)]
        return found + known_to_all

    def _kind_of(self, word: str) -> int:
        low = word.lower()
        what = self.lists.known.get(low, 0)
        cue = self.lists.cues.get(low)
        kind = (_LEADS if low in self._seconds else 0) | (_SPEAKS if cue == "speech" else 0)
        if what & _ELSE:
            return kind
        kind |= (_NAMED if what & _NAME else 0) | (_PROPER if is_capital(word) else 0)
        if what & Is.GIVEN and not what & Is.TOWN:
            return kind | (_GIVEN if len(word) > 1 else 0)
        return kind | (_OPEN if kind & _PROPER and not cue and len(word) > 1 and not word.isupper() else 0)

    def _is_likely(self, kind: int, after: str, text: str, start: int) -> bool:
        """Tell whether a word has beside it what may make a name of it."""
        if after:
            beside = self._kind(after)
            if beside & _SPEAKS or (beside & _PROPER and (beside | kind) & _NAMED):
                return True
        far = max(0, start - _FAR)
        before = self._cue(text[max(far, text.rfind(" ", far, start - 1 if start else 0) + 1) : start])
        if before == _UNSEEN:
            return any(map(self._announces, text[far:start].split()[-4:]))
        return before in BESIDE

    def _announcing(self, written: str) -> bool:
        """Tell whether one of the words in a part of a text announces a name."""
        return any(self.lists.cues.get(each.text.lower()) in _ANNOUNCING for each in tokens(written))

    def _cue_of(self, written: str) -> str:
        """Return what the last word of a part of a text announces, `_UNSEEN` where more of the text must tell it."""
        words = tokens(written)
        last = words[-1].text.lower() if words else ""
        return _UNSEEN if not last or last in {",", ":", "\n"} else self.lists.cues.get(last, "")


def _after(text: str, end: int) -> str:
    """Return the word that follows, if nothing but blanks stands before it."""
    match = _NEXT.match(text, end) if text[end : end + 1].isspace() else None
    return match[1] if match else ""
