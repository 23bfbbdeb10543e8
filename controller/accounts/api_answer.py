"""What an answer of the gateway said, read from the bytes that went to the client."""

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Said:
    """The first choice of an answer."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None


def said_in(wire: bytes, *, is_stream: bool) -> Said:
    """Read an answer, whole or streamed. What cannot be read says nothing."""
    return _streamed(wire) if is_stream else _first(_object(wire), "message")


def _streamed(wire: bytes) -> Said:
    pieces = [
        _first(_object(line[5:]), "delta")
        for line in wire.replace(b"\r", b"\n").split(b"\n")
        if line.startswith(b"data:")
    ]
    reasons = [piece.finish_reason for piece in pieces if piece.finish_reason is not None]
    return Said(
        text="".join(piece.text for piece in pieces),
        reasoning="".join(piece.reasoning for piece in pieces),
        finish_reason=reasons[-1] if reasons else None,
    )


def _first(answer: dict[str, Any], where: str) -> Said:
    choices = answer.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index", 0) == 0:
            said = choice.get(where)
            told = said if isinstance(said, dict) else {}
            reason = _text(choice.get("finish_reason"))
            return Said(_text(told.get("content")), _text(told.get("reasoning_content")), reason or None)
    return Said()


def _object(text: bytes) -> dict[str, Any]:
    try:
        read: Any = orjson.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
