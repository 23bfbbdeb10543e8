"""What is asked, as OpenAI's Chat Completions and Embeddings APIs send it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from arena.errors import MalformedJson, RequestError


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)

    include_usage: bool | None = None


class _Envelope(BaseModel):
    """What every model needs to know. All other fields are the models' affair."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str
    messages: list[dict[str, Any]]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None


@dataclass(frozen=True)
class ChatRequest:
    """A request whose frame was checked; `body` holds every field as it was sent."""

    body: Mapping[str, Any]
    model: str
    is_stream: bool = False
    include_usage: bool = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages as they were sent."""
        return self.body["messages"]

    def with_usage(self) -> Self:
        """Return the same request, asking for token counts too."""
        return replace(self, include_usage=True)


def mistake(error: ValidationError) -> RequestError:
    """Say which field is wrong and how, without the value: it may be a visitor's text."""
    first = error.errors(include_input=False, include_url=False)[0]
    said = first["msg"].removeprefix("Value error, ")
    return RequestError(f"{'.'.join(str(part) for part in first['loc']) or 'body'}: {said}")


class _EmbeddingEnvelope(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)

    model: str
    input: str | list[str] | list[int] | list[list[int]]


@dataclass(frozen=True)
class EmbeddingRequest:
    """A wish for vectors whose frame was checked; `body` holds every field as it was sent."""

    body: Mapping[str, Any]
    model: str


Frame = TypeVar("Frame", bound=BaseModel)


def _framed(raw: bytes, frame: type[Frame]) -> tuple[dict[str, Any], Frame]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedJson from error
    try:
        return body, frame.model_validate(body)
    except ValidationError as error:
        raise mistake(error) from error


def read_embedding_request(raw: bytes) -> EmbeddingRequest:
    """Read a body. Raises MalformedJson, or RequestError naming the wrong field."""
    body, envelope = _framed(raw, _EmbeddingEnvelope)
    if not envelope.input:
        raise RequestError("input: something to embed is needed")
    return EmbeddingRequest(body=body, model=envelope.model)


def read_request(raw: bytes) -> ChatRequest:
    """Read a body. Raises MalformedJson, or RequestError naming the wrong field."""
    body, envelope = _framed(raw, _Envelope)
    if not envelope.messages:
        raise RequestError("messages: at least one message is needed")
    options = envelope.stream_options
    return ChatRequest(
        body=body,
        model=envelope.model,
        is_stream=bool(envelope.stream),
        include_usage=options is not None and bool(options.include_usage),
    )
