"""The categories that rules tell, without any model: anyone can check them, and they cost next to nothing."""

import re
from collections.abc import Callable, Iterable, Mapping

from export.language.detect import language
from export.language.names import UNKNOWN
from export.ratings.said import Said

VERSION = "3"
"""Of the rules; a board says by which ones it was made."""
LONG_PROMPT_CHARACTERS = 2_000
"""About 500 tokens of English."""

_CODE = re.compile(
    r"```|\b(?:def|class|import|from|return|function|const|let|var|public|static|void|fn|func)\b[^.?!\n]*[(){};:=]"
    r"|#include\s*<|\bSELECT\b.+\bFROM\b|</?(?:div|html|script|body|span)\b|\bTraceback \(most recent"
    r"|\b(?:python|javascript|typescript|java|c\+\+|rust|golang|sql|bash|regex)\b.*\b(?:code|script|function|program|query)"
    r"|\b(?:code|script|function|program|query)\b.*\b(?:python|javascript|typescript|java|c\+\+|rust|golang|sql|bash)\b",
    re.IGNORECASE,
)
_MATHS = re.compile(
    r"\$[^$\n]*[\\^_=+][^$\n]*\$|\\(?:frac|int|sum|sqrt|begin\{(?:equation|align|matrix))|\d\s*[-+*/^×÷]\s*\(?\d+\)?\s*="
    r"|\b(?:solve for|prove that|integral of|derivative of|differentiate|integrate|factori[sz]e|eigenvalues?)\b"
    r"|\b(?:how (?:much|many)\b.*\d.*\d.*\?|what is \d+(?:\.\d+)?\s*(?:[-+*/^×÷x]|times|plus|minus|divided by)\s*\d)",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\bI(?:'m| am) (?:very |so |really )?(?:sorry|afraid)\b[^.!?]{0,40}\b(?:can(?:'t|not)|unable|not able|won't)"
    r"|\bI (?:can(?:'t|not)|am not able to|am unable to|won't|will not|must decline to) "
    r"(?:assist|help|provide|comply|fulfil|engage|create|write|generate|answer|discuss|do that|continue|support)"
    r"|\b(?:against|violates?) my (?:guidelines|programming|policies|principles)|\bI must (?:refuse|decline)\b"
    r"|\bas an AI(?: language model| assistant)?,? I (?:can(?:'t|not)|am not able|am unable|do not|don't)"
    r"|\bIch kann (?:dir|Ihnen|dabei|das|diese[rn]?)\b[^.!?]{0,40}\bnicht (?:helfen|weiterhelfen|unterstützen)"
    r"|\bJe (?:suis désolée?|ne peux pas|ne suis pas en mesure)[^.!?]{0,40}\b(?:aider|fournir|répondre)"
    r"|\bLo siento,? (?:pero )?no puedo|\bDesculpe,? (?:mas )?não posso|\bМне (?:очень )?жаль, но я не (?:могу|буду)"
    r"|抱歉[,，]?\s*我(?:无法|不能)|申し訳(?:ありません|ございません)が[^。]{0,20}できません",
    re.IGNORECASE,
)
_REFUSAL_CUES = (
    *("sorry", "afraid", "can't", "cannot", "not able", "unable", "won't", "will not", "must decline", "must refuse"),
    *("my guidelines", "my programming", "my policies", "my principles", "as an ai", "ich kann", "je suis d", "je ne"),
    *("lo siento", "desculpe", "мне", "抱歉", "申し訳"),
)
"""One of these is in whatever the expression finds; to look for them first is many times as quick."""
_REFUSES_WITHIN = 300
"""Characters from an answer's beginning: whoever refuses says so there."""


def is_code(said: Said) -> bool:
    """Whether it is about programs."""
    return any(_CODE.search(each) for each in said.prompts)


def is_maths(said: Said) -> bool:
    """Whether it is about numbers and proofs."""
    return any(_MATHS.search(each) for each in said.prompts)


def is_long(said: Said) -> bool:
    """Whether the first message is long."""
    return bool(said.prompts) and len(said.prompts[0]) >= LONG_PROMPT_CHARACTERS


def has_turns(said: Said) -> bool:
    """Whether there is more than one message of the visitor."""
    return len(said.prompts) > 1


def refuses(answers: Iterable[str]) -> bool:
    """Whether one of the answers begins by refusing."""
    return any(map(_begins_by_refusing, answers))


def _begins_by_refusing(answer: str) -> bool:
    beginning = answer[:_REFUSES_WITHIN]
    low = beginning.casefold()
    return any(cue in low for cue in _REFUSAL_CUES) and _REFUSAL.search(beginning) is not None


def is_refused(said: Said) -> bool:
    """Whether an answer of either side begins by refusing."""
    return refuses(said.answers_a) or refuses(said.answers_b)


def language_of(said: Said) -> str:
    """Return the English name of the language that the visitor wrote in, or `unknown`."""
    return language("\n".join(said.prompts))


RULES: Mapping[str, Callable[[Said], bool]] = {
    "code": is_code,
    "maths": is_maths,
    "long_prompt": is_long,
    "multi_turn": has_turns,
    "no_refusal": lambda said: not is_refused(said),
}


def other_language(said: Said) -> tuple[float, float]:
    """Say of both sides whether they answered in another language than they were asked in: 1, 0, or NaN if unclear."""
    asked = language_of(said)
    return _differs(asked, said.answers_a), _differs(asked, said.answers_b)


def _differs(asked: str, answers: tuple[str, ...]) -> float:
    answered = language_of(Said(answers))
    return float("nan") if UNKNOWN in {asked, answered} else float(asked != answered)
