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
_FAR = 60
"""Characters in which four words stand."""
_GIVEN, _OPEN, _LEADS = 1, 2, 4
"""A listed given name; what may be a name beside something; what begins a name that everybody knows."""
_REMEMBERED = 1 << 16
"""Words of a process: the same ones come again and again."""


@dataclass(slots=True)
class FirstLook:
    """Tells where in a text names may be, without cutting it into words."""

    lists: Lists
    _seconds: dict[str, set[str]] = field(init=False)
    """The second words of names that everybody knows, by the first."""
    _kind: Callable[[str], int] = field(init=False)

    def __post_init__(self) -> None:
        self._seconds = {}
        for words in self.lists.famous | self.lists.public:
            self._seconds.setdefault(words[0], set()).add(words[1] if len(words) > 1 else "")
        self._kind = lru_cache(_REMEMBERED)(self._kind_of)

    def places(self, text: str) -> list[int]:
        """Return where names may begin: at least wherever one would be found by who looks at all words."""
        form = _ASCII_WORDS if text.isascii() else _WORDS
        found = rules.places(text)
        known_to_all: list[int] = []
        kind_of = self._kind
        for match in form.finditer(text):
            if kind := kind_of(match[0]):
                start, end = match.span()
                if kind & _GIVEN or (kind & _OPEN and self._is_likely(match[0], text, start, end)):
                    found.append(start)
                if kind & _LEADS and not self._seconds[match[0].lower()].isdisjoint({"", _after(text, end).lower()}):
                    known_to_all.append(start)
        if form is _WORDS and rules.VIETNAMESE.search(text):
            return [*found, *range(0, len(text), REACH)]
        return found + known_to_all

    def _kind_of(self, word: str) -> int:
        low = word.lower()
        what = self.lists.known.get(low, 0)
        leads = _LEADS if low in self._seconds else 0
        if len(word) == 1 or what & _ELSE:
            return leads
        if what & Is.GIVEN and not what & Is.TOWN:
            return leads | _GIVEN
        return leads if word.isupper() or not is_capital(word) or low in self.lists.cues else leads | _OPEN

    def _is_likely(self, word: str, text: str, start: int, end: int) -> bool:
        """Tell whether a word has beside it what may make a name of it."""
        known, cues = self.lists.known, self.lists.cues
        if after := _after(text, end):
            low = after.lower()
            what = known.get(low, 0)
            if after[0] != low[0] and not what & _ELSE and (what | known.get(word.lower(), 0)) & _NAME:
                return True
            if cues.get(low) == "speech":
                return True
        far = max(0, start - _FAR)
        before = _last_word(text[max(far, text.rfind(" ", far, max(0, start - 1)) + 1) : start])
        if not before or before in {",", ":", "\n"}:
            return any(cues.get(each.text.lower()) in {*BESIDE, "closing"} for each in tokens(text[far:start])[-4:])
        return cues.get(before) in BESIDE


def _after(text: str, end: int) -> str:
    """Return the word that follows, if nothing but blanks stands before it."""
    match = _NEXT.match(text, end) if text[end : end + 1].isspace() else None
    return match[1] if match else ""


@lru_cache(_REMEMBERED)
def _last_word(written: str) -> str:
    """Return the last word or sign of a part of a text, in small letters; nothing where all are blanks."""
    words = tokens(written)
    return words[-1].text.lower() if words else ""
