"""What a worker says, read: the chunks of its stream and its errors. No I/O."""

import json
import re
from dataclasses import dataclass
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


def read_piece(payload: bytes) -> Piece:
    """Read one chunk of a stream; an error event is raised, garbage is `WorkerBroke`."""
    try:
        chunk = _read_json(payload)
        if chunk.get("error"):
            # It says so itself: it is alive, and nothing has to be concluded but that this answer failed.
            raise _ours(chunk) or WorkerError()
        piece = Piece()
        if usage := chunk.get("usage"):
            piece.prompt_tokens = _tokens(usage.get("prompt_tokens"))
            piece.completion_tokens = _tokens(usage.get("completion_tokens"))
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            piece.text += delta.get("content") or ""
            piece.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or ""
            if reason := choice.get("finish_reason"):
                piece.finish_reason = "length" if reason == "length" else "stop"
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise WorkerBroke from error
    return piece


def _read_json(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        # Servers written in JavaScript may cut a character in two and escape each half: that is no broken worker.
        return json.loads(without_surrogates(json.dumps(json.loads(payload), ensure_ascii=False)))


def _tokens(count: object) -> int | None:
    """Return a count of tokens; None for whatever no ledger could hold."""
    return count if isinstance(count, int) and 0 <= count <= MOST_TOKENS and not isinstance(count, bool) else None


def _ours(said: Any) -> ArenaError | None:
    """Return what a worker of ours says in our own words. Whatever else broke there: another worker may do better."""
    error = from_openai(said)
    return error if error is None or isinstance(error, WorkerError | RequestError | ShuttingDown) else WorkerError()


def meaning(status: int, body: bytes) -> ArenaError:
    """Return what an error status of a worker means. Workers of ours say it themselves."""
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
    return ours or _meaning_of_status(status, said, body)


def _meaning_of_status(status: int, said: Any, body: bytes) -> ArenaError:
    if status in (400, 413, 422) and _TOO_LONG.search(body):
        return ContextTooLong()
    if status in (401, 403):
        return ProviderRefusedKey()
    if status == 429:
        return ProviderRateLimited()
    if status == 503:
        return WorkersBusy()
    if status == 404:
        return WorkerLacksModel()
    if 400 <= status < 500:
        return ProviderRefusedRequest(_message(said))
    return WorkerError()


def _message(said: Any) -> str | None:
    """Return the sentence in a foreign error, for the clients of the gateway."""
    error = said.get("error", said) if isinstance(said, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message[:LONGEST_MESSAGE] if isinstance(message, str) and message else None
