"""A request's body, read: what routing and accounts need of it. The bytes themselves go on as they came."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from arena.errors import MalformedJson, RequestError
from arena.model import ModelKind
from arena.worker import WorkerCard
from controller.accounts.prices import CHARS_PER_TOKEN, MOST_TOKENS, tokens_in

WRITTEN_TOKENS = 1_000
"""What an answer is believed to take as long as nobody says how long it may be."""
MOST_ANSWERS = 128
"""More than `n` may be at any provider."""
DEEPEST = 8
"""So deep text can stand in messages and inputs, with room to spare."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks."""

    fields: dict[str, Any]
    body: bytes
    """As the worker is to get it."""
    is_stream: bool
    shows_usage: bool
    """Whether a stream is to end with the tokens it took. We want to know them in any case."""
    prompt_tokens: int
    """Estimated."""
    completion_tokens: int
    """As many as may be written, estimated where the client does not say."""
    prefix: str
    """The digest of what comes first: requests with the same one profit from one worker's cache."""

    def in_words_of(self, card: WorkerCard) -> bytes:
        """Return the body as a worker understands it that calls some models otherwise than we do."""
        name = self.fields["model"]
        upstream = card.upstreams.get(name, name)
        if upstream == name:
            return self.body
        return _written(orjson.loads(self.body) | {"model": upstream})


def read_fields(body: bytes) -> dict[str, Any]:
    """Return a body's fields. Raises `MalformedJson`, `RequestError`."""
    try:
        fields: Any = orjson.loads(body)
    except ValueError as error:
        raise MalformedJson from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    if sum(name.casefold() == "model" for name in fields) > 1:
        # Some servers take `Model` for `model`: they would answer for another one than was checked.
        raise RequestError("The field `model` must be there once, in lower case.")
    return fields


def read_asked(body: bytes, fields: dict[str, Any], kind: ModelKind) -> Asked:
    """Read what is asked. Raises `RequestError` for what cannot even be passed on."""
    is_chat = kind is ModelKind.CHAT
    stream = fields.get("stream")
    if stream is not None and not isinstance(stream, bool):
        # What engines make of "false" or 1 differs: one that does not stream would be taken for broken.
        raise RequestError("The field `stream` must be true or false.")
    is_stream = is_chat and stream is True
    options: Any = fields.get("stream_options") or {}
    shows_usage = isinstance(options, dict) and bool(options.get("include_usage"))
    said = _said(fields.get("messages" if is_chat else "input"))
    return Asked(
        fields=fields,
        body=_asking_for_usage(body, fields) if is_stream and not shows_usage else body,
        is_stream=is_stream,
        shows_usage=shows_usage,
        prompt_tokens=tokens_in(said),
        completion_tokens=_allowed(fields) if is_chat else 0,
        prefix=_prefix(fields.get("messages")) if is_chat else "",
    )


def _asking_for_usage(body: bytes, fields: dict[str, Any]) -> bytes:
    """Put into a stream's request that it ends with the tokens it took; all other bytes stay as they are."""
    if "stream_options" not in fields:
        opening = body.index(b"{") + 1
        return body[:opening] + b'"stream_options":{"include_usage":true},' + body[opening:]
    options: Any = fields["stream_options"] or {}
    if not isinstance(options, dict):
        return body  # the worker says what is wrong with it
    return _written(fields | {"stream_options": options | {"include_usage": True}})


def _allowed(fields: dict[str, Any]) -> int:
    """Return how many tokens may be written, all answers together."""
    given = fields.get("max_completion_tokens") or fields.get("max_tokens")
    return _number(given, WRITTEN_TOKENS, MOST_TOKENS) * _number(fields.get("n"), 1, MOST_ANSWERS)


def _number(given: object, default: int, most: int) -> int:
    """Read a number as engines do, who take 5.0 and "5" for 5."""
    try:
        number = float(given) if isinstance(given, int | float | str) else 0.0
    except ValueError:
        number = 0.0
    return max(1, int(min(number, most))) if number > 0 else default


def _said(value: object, depth: int = DEEPEST) -> int:
    """Return the characters of what is read: text, wherever it stands in messages or inputs; a token counts as some."""
    match value:
        case str():
            return len(value)
        case int():
            return CHARS_PER_TOKEN
        case list() if depth:
            return sum(_said(each, depth - 1) for each in value)
        case {"content": content} if depth:
            return _said(content, depth - 1)
        case {"text": str(text)}:
            return len(text)
        case _:
            return 0


def _prefix(messages: object) -> str:
    """Return the digest of the messages up to the first of the user's."""
    if not isinstance(messages, list):
        return ""
    first: list[object] = []
    for message in messages:
        first.append(message)
        if isinstance(message, dict) and message.get("role") == "user":
            break
    return blake2b(_written(first), digest_size=16).hexdigest()


def _written(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:  # what can be read is not always written again: the limit there is lower
        raise RequestError("The body is nested too deeply.") from error
