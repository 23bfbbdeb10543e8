"""A chat request, as OpenAI's Chat Completions API sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

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
    return RequestError(f"{'.'.join(str(part) for part in first['loc']) or 'body'}: {first['msg']}")


def read_request(raw: bytes) -> ChatRequest:
    """Read a body. Raises MalformedJson, or RequestError naming the wrong field."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedJson from error
    try:
        envelope = _Envelope.model_validate(body)
    except ValidationError as error:
        raise mistake(error) from error
    if not envelope.messages:
        raise RequestError("messages: at least one message is needed")
    options = envelope.stream_options
    return ChatRequest(
        body=body,
        model=envelope.model,
        is_stream=bool(envelope.stream),
        include_usage=options is not None and bool(options.include_usage),
    )
