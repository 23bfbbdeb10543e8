"""Finds all personal data in a text."""

from bisect import insort
from collections.abc import Sequence
from functools import cache, lru_cache

from export.personal_data.disguises import INVISIBLE, has_signs, unmasked
from export.personal_data.gate import Gate, fast_gate
from export.personal_data.recognisers import (
    address,
    bank,
    birth,
    card,
    coordinates,
    email,
    government_id,
    network,
    phone,
    plate,
    secret,
    url,
    wallet,
)
from export.personal_data.span import Recogniser, Span
from export.personal_data.vetoes import overlaps

RECOGNISERS: Sequence[Recogniser] = (
    url.RECOGNISER,
    secret.RECOGNISER,
    email.RECOGNISER,
    wallet.RECOGNISER,
    bank.IBAN,
    card.RECOGNISER,
    network.IP,
    network.MAC,
    government_id.RECOGNISER,
    bank.ACCOUNT,
    birth.RECOGNISER,
    phone.RECOGNISER,
    plate.RECOGNISER,
    coordinates.RECOGNISER,
    address.RECOGNISER,
)
"""In the order in which they are believed: what an earlier one found, a later one cannot take apart."""

_ZEROS = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50\u0ed0\u0f20\u1040\u1090\u17e0"
    "\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0"
    "\U000104a0\U00010d30\U00011066\U000110f0\U00011136\U000111d0\U000112f0\U00011450\U000114d0\U00011650"
    "\U000116c0\U00011730\U000118e0\U00011950\U00011c50\U00011d50\U00011da0\U00016a60\U00016ac0\U00016b50"
    "\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001e140\U0001e2f0\U0001e950\U0001fbf0"
)
"""Zeros of all scripts, each with the other nine digits behind it."""
_PLAIN = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    "\u2024": ".",
}
"""Wide and foreign digits, odd spaces and hyphens: one character each, so that places stay where they are."""
_UNUSUAL = frozenset(_PLAIN)
_UNSEEN = 0


def find(text: str) -> list[Span]:
    """Return what personal data a text holds, in order, nothing twice."""
    return list(_found(text))


@lru_cache(maxsize=1024)  # whoever looks again at what was not changed need not search again
def _found(text: str) -> Sequence[Span]:
    odd = () if text.isascii() else _odd()(text)
    if _UNSEEN in odd or has_signs(text):
        seen, origin = unmasked(text)
        return [Span(*origin(each.start, each.end), each.kind, each.rule) for each in _find(_plain(seen))]
    return _find(_plain(text) if odd else text)


def _plain(text: str) -> str:
    for each in _UNUSUAL.intersection(text):  # few of them many times: a look at each character takes longer
        text = text.replace(each, _PLAIN[each])
    return text


def _find(text: str) -> list[Span]:
    found: list[Span] = []
    taken: list[tuple[int, int]] = []
    for index in sorted(_gate()(text)):
        for span in RECOGNISERS[index].spans(text):
            if not overlaps(taken, span.start, span.end):
                insort(taken, (span.start, span.end))
                found.append(span)
    return sorted(found)


@cache
def _odd() -> Gate:
    """Tell what of these a text holds: `_UNSEEN`, and as number 1 what is unusual."""
    return fast_gate([INVISIBLE, f"[{''.join(sorted(_UNUSUAL))}]"])


@cache
def _gate() -> Gate:
    return fast_gate([each.gate for each in RECOGNISERS])
