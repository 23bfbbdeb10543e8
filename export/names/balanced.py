"""The setting `balanced`: lists and plain rules, fast and seldom wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from export.names import rules
from export.names.joining import extended, famous_words, is_capital, phrases, spans
from export.names.lists import Is, Lists
from export.names.masking import masked
from export.names.span import NameSpan
from export.names.tokens import Token, tokens
from export.personal_data.gate import Gate, fast_gate

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƏƠƯȘȚẠ-ỸΆ-ΏΑ-ΫЀ-ЯҐҒҚҢҮҰҲӘӨԱ-Ֆ"
_CAPITALS = re.compile(rf"[{_UPPER}](?<![\w.@/].)[^\W\d_]+")
_OTHER_SCRIPTS = re.compile(
    "[\u0590-\u1cff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7afạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư]"
)
_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
_BESIDE = frozenset({"honorific", "relation", "greeting", "named"})
_ENDS = frozenset('.!?:\n"“,;(-')
REACH = 70
"""Characters on each side of a word that are looked at."""
REMEMBERED = 256
"""Texts: whoever looks again at what was not changed need not search again."""


@dataclass(slots=True)
class Balanced:
    """Finds names that are on the lists, or stand where only a name stands."""

    lists: Lists
    _gate: Gate = field(init=False)
    _found: Callable[[str], Sequence[NameSpan]] = field(init=False)

    def __post_init__(self) -> None:
        self._gate = fast_gate([rules.GATE])
        self._found = lru_cache(REMEMBERED)(self._names)

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        return [list(self._found(text)) for text in texts]

    def _names(self, text: str) -> list[NameSpan]:
        known = self.lists.known
        open_words = [
            match.start() for match in _CAPITALS.finditer(text) if not known.get(match.group().lower(), 0) & _ELSE
        ]
        is_short = not self._gate(text) and (text.isascii() or not _OTHER_SCRIPTS.search(text))
        if is_short and not open_words:
            return []
        plain = masked(text)
        pieces = _around(plain, open_words) if is_short else [(0, plain)]
        rows = [(start, piece, tokens(piece)) for start, piece in pieces]
        barred = [phrases(words, self.lists) for _, _, words in rows]
        famous = {
            word
            for (_, _, words), out in zip(rows, barred, strict=True)
            for word in famous_words(words, out, self.lists)
        }
        return [
            NameSpan(span.start + start, span.end + start, span.score)
            for (start, piece, words), out in zip(rows, barred, strict=True)
            for span in self._in(piece, words, out, famous)
        ]

    def _in(self, text: str, words: Sequence[Token], barred: list[bool], famous: set[str]) -> list[NameSpan]:
        if famous:
            barred = [out or token.text.lower() in famous for token, out in zip(words, barred, strict=True)]
        scores = [0.0] * len(words)
        known = self.lists.known
        for index, (word, _, _) in enumerate(words):
            first = word[0]
            is_open = (first != first.lower() or first >= "\u0590") and len(word) > 1 and not barred[index]
            if is_open and not known.get(word.lower(), 0) & _ELSE:
                scores[index] = listed_or_announced(words, index, self.lists)
        rules.mark(text, words, scores, barred, self.lists)
        if not any(scores):
            return []
        extended(words, scores, barred, self.lists)
        return spans(words, scores)


def listed_or_announced(words: Sequence[Token], index: int, lists: Lists) -> float:
    """Return how sure it is that a word is a name, by lists and by what stands beside it; 0 where nothing says so."""
    word = words[index].text
    low = word.lower()
    what = lists.known.get(low, 0)
    if what & _ELSE:
        return 0.0
    if what & Is.GIVEN and not what & Is.TOWN:
        return 0.8 if _is_listed(words, index, lists) else 0.0
    if not is_capital(word) or word.isupper() or low in lists.cues:
        return 0.0
    cues = lists.cues
    before = words[index - 1].text if index else "\n"
    after = words[index + 1].text if index + 1 < len(words) else "\n"
    if cues.get(before.lower()) in _BESIDE or cues.get(after.lower()) == "speech":
        return 0.7
    if before in {",", ":", "\n"} and any(
        cues.get(each.text.lower()) == "closing" for each in words[max(0, index - 4) : index]
    ):
        return 0.7
    beside = lists.known.get(after.lower(), 0) if after[0] >= "A" and is_capital(after) else -1
    if beside >= 0 and not beside & _ELSE and (beside | what) & _NAME:
        return 0.6 if before.lower() not in {"the", "der", "die", "das", "la", "le", "el", "il"} else 0.0
    return 0.0


def _is_listed(words: Sequence[Token], index: int, lists: Lists) -> bool:
    """Tell whether a word is a listed given name and nothing else, and not in the name of a thing."""
    what = lists.known.get(words[index].text.lower(), 0)
    return (
        bool(what & Is.GIVEN) and not what & (_ELSE | Is.TOWN) and not _in_title(words, index, lists.known, lists.cues)
    )


def _in_title(words: Sequence[Token], index: int, known: Mapping[str, int], cues: Mapping[str, str]) -> bool:
    """Tell whether it is one of several words with a capital, of which another is no name: a thing's."""
    after = words[index + 1].text if index + 1 < len(words) else "."
    before = words[index - 1].text if index else "."
    beside = known.get(after.lower(), 0)
    if after[0] >= "A" and is_capital(after) and beside & _ELSE and not beside & _NAME:
        return True
    is_inside = index > 1 and before[0] >= "A" and is_capital(before) and words[index - 2].text not in _ENDS
    return (
        is_inside and not known.get(before.lower(), 0) & _NAME and before.lower() not in cues and not before.isupper()
    )


def _around(text: str, places: Sequence[int]) -> list[tuple[int, str]]:
    """Return the parts of a text around some places, each with where it begins, cut between words."""
    found: list[tuple[int, int]] = []
    for place in places:
        start = text.find(" ", place - REACH, place) + 1 if place > REACH else 0
        start = start or max(0, place - REACH)
        end = text.rfind(" ", place, place + REACH) if place + REACH < len(text) else len(text)
        end = end if end > place else len(text)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return [(start, text[start:end]) for start, end in found]
