"""Where the setting `balanced` looks at a text: nowhere, most often."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from export.names import rules
from export.names.joining import is_capital
from export.names.lists import Is, Lists
from export.names.tokens import APART, REACH, WORD, tokens

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƏƠƯȘȚḀ-ỸΆ-ΏΑ-ΫЀ-ЯҐҒҚҢҮҰҲӘӨԱ-Ֆ"


def _capitals(upper: str, inside: str, word: str) -> re.Pattern[str]:
    """Return what finds words as `tokens` does, if they begin with a capital and are longer."""
    return re.compile(
        rf"[{upper}](?<!{inside}.)(?<![.@/].)(?!(?<=L)['’])(?=[^\W\d_]|['’ʼ׳-]{word})"
        rf"(?:{word})?(?:['’ʼ׳](?!s\b|S\b){word}|-{word})*"
    )


_ASCII_CAPITALS = _capitals("A-Z", r"\w", "[A-Za-z]++")
_CAPITALS = _capitals(_UPPER, rf"[^\W{APART}]", WORD)
_CASELESS = re.compile(rf"[\u0590-\u1cff](?:{WORD})?(?:['’ʼ׳]{WORD}|-{WORD})*|[\u30a1-\u30ff]{{2,}}")
_NEXT = re.compile(rf"[^\S\n]*({WORD}(?:['’ʼ׳](?!s\b|S\b){WORD}|-{WORD})*)")
_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
BESIDE = frozenset({"honorific", "relation", "greeting", "named"})
"""The kinds of words before which a capital is enough."""
_FAR = 60
"""Characters in which four words stand."""


@dataclass(slots=True)
class FirstLook:
    """Tells where in a text names may be, without cutting it into words."""

    lists: Lists
    _wholes: dict[str, list[tuple[str, ...]]] = field(init=False)
    """Names of people and figures whom everybody knows, by their first words."""

    def __post_init__(self) -> None:
        self._wholes = {}
        for words in self.lists.famous | self.lists.public:
            self._wholes.setdefault(words[0], []).append(words)

    def places(self, text: str) -> list[int]:
        """Return where names may begin: at least wherever one would be found by who looks at all words."""
        found = rules.places(text)
        form = _ASCII_CAPITALS
        if not text.isascii():
            if rules.VIETNAMESE.search(text):
                return list(range(0, len(text), REACH))
            form = _CAPITALS
            found += self._listed_without_case(text)
        known, wholes = self.lists.known, self._wholes
        worth = {
            word for word in set(form.findall(text)) if not known.get(low := word.lower(), 0) & _ELSE or low in wholes
        }
        famous: list[int] = []
        for match in form.finditer(text) if worth else ():
            if match[0] in worth:
                start = match.start()
                if match[0].lower() in wholes and self._is_whole(text[start : start + _FAR]):
                    famous.append(start)
                if self._is_likely(match[0], text, start, match.end()):
                    found.append(start)
        return found + famous

    def _listed_without_case(self, text: str) -> list[int]:
        known = self.lists.known
        return [each.start() for each in _CASELESS.finditer(text) if _is_given(known.get(each[0], 0))]

    def _is_whole(self, text: str) -> bool:
        """Tell whether a text begins with a name that everybody knows."""
        low = tuple(each.text.lower() for each in tokens(text))
        return any(low[: len(words)] == words for words in self._wholes[low[0]])

    def _is_likely(self, word: str, text: str, start: int, end: int) -> bool:
        """Tell whether a word with a capital is a listed given name, or has beside it what may make a name of it."""
        known, cues = self.lists.known, self.lists.cues
        low = word.lower()
        what = known.get(low, 0)
        if what & _ELSE or _is_given(what):
            return _is_given(what)
        if word.isupper() or low in cues:
            return False
        if after := _NEXT.match(text, end):
            beside = known.get(after[1].lower(), 0)
            if is_capital(after[1]) and not beside & _ELSE and (beside | what) & _NAME:
                return True
            if cues.get(after[1].lower()) == "speech":
                return True
        head = text[max(0, start - _FAR) : start]
        before = head.rstrip()
        if before[-1:] in {",", ":"} or "\n" in head[len(before) :]:
            return any(cues.get(each.text.lower()) == "closing" for each in tokens(head)[-4:])
        return bool(before) and cues.get(_last_word(before.rsplit(None, 1)[-1])) in BESIDE


def _is_given(what: int) -> bool:
    return what & (_ELSE | Is.TOWN | Is.GIVEN) == Is.GIVEN


@lru_cache(4096)
def _last_word(written: str) -> str:
    return tokens(written)[-1].text.lower()
