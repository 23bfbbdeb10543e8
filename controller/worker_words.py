"""What a worker says, read: the chunks of its stream and its errors. No I/O."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import orjson

from arena.error_wire import from_openai
from arena.errors import (
    AccessError,
    ArenaError,
    ContextTooLong,
    NotFound,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    RequestError,
    ShuttingDown,
    WorkerBroke,
    WorkerError,
    WorkerLacksModel,
    WorkersBusy,
    WorkerUnreachable,
)
from controller.claims import Claim
from controller.visitor_text import without_surrogates

LONGEST_MESSAGE = 2_000
_TOO_LONG = re.compile(rb"(?i)context[ _](?:length|size|window)|prompt is too long|`inputs` (?:tokens|must have less)")
"""How engines say so: vLLM and SGLang, llama.cpp, others that follow Anthropic, TGI."""
MOST_TOKENS = 2**31 - 1
"""What the ledger's columns can hold."""


@dataclass(slots=True)
class Piece:
    """What one chunk of a worker's stream says."""

    text: str = ""
    reasoning: str = ""
    finish_reason: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model: object = None
    """By whom it is, as the worker says."""

    def add(self, later: "Piece") -> None:
        """Add what came after it."""
        self.text += later.text
        self.reasoning += later.reasoning
        self.finish_reason = later.finish_reason or self.finish_reason
        if later.prompt_tokens is not None:
            self.prompt_tokens = later.prompt_tokens
        if later.completion_tokens is not None:
            self.completion_tokens = later.completion_tokens


@dataclass(slots=True)
class Reading:
    """What was read of a worker's stream at once."""

    piece: Piece
    is_done: bool = False
    """The worker said that the answer is complete."""
    error: ArenaError | None = None
    """What it said, or how it broke, after the piece."""


def read_together(payloads: Iterable[bytes], claim: Claim) -> Reading:
    """Read chunks that came together as one piece, up to the end, to an error, or to another model's words."""
    reading = Reading(Piece())
    for payload in payloads:
        if payload == b"[DONE]":
            reading.is_done = True
            return reading
        try:
            claim.hear(payload)
            piece = read_piece(payload)
            claim.check(piece.model)
            reading.piece.add(piece)
        except ArenaError as error:
            reading.error = error
            return reading
    return reading


def read_piece(payload: bytes) -> Piece:
    """Read one chunk of a stream; an error event is raised, garbage is `WorkerBroke`."""
    try:
        chunk = read_json(payload)
        if chunk.get("error"):
            # It says so itself: it is alive, and nothing has to be concluded but that this answer failed.
            raise error_said(chunk)
        piece = Piece(model=chunk.get("model"))
        if usage := chunk.get("usage"):
            piece.prompt_tokens = count_of_tokens(usage.get("prompt_tokens"))
            piece.completion_tokens = count_of_tokens(usage.get("completion_tokens"))
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            piece.text += delta.get("content") or ""
            piece.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or ""
            if reason := choice.get("finish_reason"):
                piece.finish_reason = "length" if reason == "length" else "stop"
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise WorkerBroke from error
    return piece


def read_json(payload: bytes) -> Any:
    """Read what a worker wrote. Raises `ValueError` for what is no JSON."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        # Servers written in JavaScript may cut a character in two and escape each half: that is no broken worker.
        return json.loads(without_surrogates(json.dumps(json.loads(payload), ensure_ascii=False)))


def count_of_tokens(count: object) -> int | None:
    """Return a count of tokens; None for whatever no ledger could hold."""
    return count if isinstance(count, int) and 0 <= count <= MOST_TOKENS and not isinstance(count, bool) else None


def _ours(said: Any) -> ArenaError | None:
    """Return what a worker of ours says in our own words. Whatever else broke there: another worker may do better."""
    error = from_openai(said)
    return error if error is None or isinstance(error, WorkerError | RequestError | ShuttingDown) else WorkerError()


def error_said(event: Any) -> ArenaError:
    """Return what an error event of a stream means."""
    return _ours(event) or WorkerError()


def meaning(
    status: int, body: bytes, secret: str = "", headers: Mapping[str, str] = MappingProxyType({})
) -> ArenaError:
    """Return what an error status of a worker means. Workers of ours say it themselves.

    Who repeats the secret that it was called with is not quoted: it is a vendor's key, where a worker was attached.
    """
    if secret and secret.encode() in body:
        body = b""
    try:
        said: Any = orjson.loads(body)
    except ValueError:
        said = None
    ours = _ours(said)
    if isinstance(ours, AccessError):
        # Between controller and worker: its key is not what its card says.
        return WorkerUnreachable()
    if isinstance(ours, NotFound):
        return WorkerLacksModel()
    return ours or _meaning_of_status(status, said, body, headers)


def _meaning_of_status(status: int, said: Any, body: bytes, headers: Mapping[str, str]) -> ArenaError:
    if status in (400, 413, 422) and _TOO_LONG.search(body):
        return ContextTooLong()
    if status in (401, 403):
        return ProviderRefusedKey()
    if status == 429:
        return ProviderRateLimited(retry_after=_seconds(headers.get("retry-after", "")))
    if status == 503:
        return WorkersBusy()
    if status == 404:
        return WorkerLacksModel()
    if 400 <= status < 500:
        return ProviderRefusedRequest(_message(said))
    return WorkerError()


def _seconds(retry_after: str) -> float | None:
    """Return the seconds that a server asks for; None for a date, and for whatever else that is not a few digits."""
    return float(retry_after) if retry_after.isdecimal() and retry_after.isascii() and len(retry_after) < 9 else None


def _message(said: Any) -> str | None:
    """Return the sentence in a foreign error, for the clients of the gateway."""
    error = said.get("error", said) if isinstance(said, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message[:LONGEST_MESSAGE] if isinstance(message, str) and message else None
