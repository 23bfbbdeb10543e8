"""What a conversation is about, by rules that need no model: anyone can check them, and they cost next to nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa

from arena.errors import SetupError
from export.language.detect import language
from export.ratings.scale import Flags

VERSION = "1"
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


class Name(StrEnum):
    """The categories that rules tell."""

    CODE = "code"
    MATHS = "maths"
    LONG_PROMPT = "long_prompt"
    MULTI_TURN = "multi_turn"
    ENGLISH = "english"
    NOT_ENGLISH = "not_english"


_RULES: dict[Name, Callable[[list[str]], bool]] = {
    Name.CODE: lambda prompts: any(_CODE.search(each) for each in prompts),
    Name.MATHS: lambda prompts: any(_MATHS.search(each) for each in prompts),
    Name.LONG_PROMPT: lambda prompts: bool(prompts) and len(prompts[0]) >= LONG_PROMPT_CHARACTERS,
    Name.MULTI_TURN: lambda prompts: len(prompts) > 1,
    Name.ENGLISH: lambda prompts: language("\n".join(prompts)) == "English",
    Name.NOT_ENGLISH: lambda prompts: language("\n".join(prompts)) not in {"English", "unknown"},
}


def belongs(name: Name, prompts: list[str]) -> bool:
    """Say whether a conversation belongs to a category, by what its visitor wrote."""
    return _RULES[name](prompts)


def categories(prompts: list[str]) -> frozenset[Name]:
    """Return the categories of a conversation, by what its visitor wrote. Answers do not count: models differ."""
    return frozenset(name for name, rule in _RULES.items() if rule(prompts))


@dataclass(frozen=True, slots=True)
class InCategory:
    """The condition that a battle belongs to a category."""

    name: Name
    column: str = "conversation_a"
    """Both sides hold the same messages of the visitor."""

    def __str__(self) -> str:
        return f"category={self.name} (rules {VERSION})"

    def met(self, batch: pa.RecordBatch) -> Flags:
        """Say which rows meet it."""
        rule, said = _RULES[self.name], batch.column(self.column).to_pylist()
        return np.fromiter((rule(_prompts(each or ())) for each in said), np.bool_, len(said))


def in_category(name: str) -> InCategory:
    """Return the condition for a category as it is typed."""
    if name not in {each.value for each in Name}:
        raise SetupError(f"--category: {name!r} is not one of {', '.join(Name)}")
    return InCategory(Name(name))


def _prompts(conversation: Any) -> list[str]:
    return [_text(message["content"]) for message in conversation if message["role"] == "user"]


def _text(content: Any) -> str:
    """Return a message's text; newer forms hold a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text") or "" for part in content or ())
