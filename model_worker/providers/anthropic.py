"""Anthropic's Messages API, as Chat Completions: at Anthropic itself, at Amazon Bedrock and at Google's Vertex AI."""

import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncStream, OpenTelemetryOptions
from anthropic.resources.messages import AsyncMessages

from arena.errors import (
    ContentRefused,
    ProviderBroke,
    ProviderError,
    ProviderRefusedKey,
    ProviderTimeout,
)
from model_worker.chat_request import ChatRequest
from model_worker.completion import Chunk, Completion, gather, new_form
from model_worker.config import WorkerSettings
from model_worker.providers.failures import UNREACHABLE, Failure, meaning
from model_worker.providers.message_answer import AnswerTranslator
from model_worker.providers.message_request import Dialect, to_message_request
from model_worker.providers.telling import tell

ANTHROPIC_URL = "https://api.anthropic.com"
UNTRACED: OpenTelemetryOptions = {"traces": False, "propagation": False}
"""The SDK would follow the environment, which may want what was said in its traces, and tell the vendor ours."""
NO_KEY = "none"
"""What servers that want no key are sent: without one the SDK would look for another in files."""


class Client(Protocol):
    """What the SDK's classes for Anthropic, Bedrock and Vertex have in common."""

    @property
    def messages(self) -> AsyncMessages:
        """The Messages API."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def anthropic_client(base_url: str, key: str, api_version: str, settings: WorkerSettings) -> AsyncAnthropic:
    """Return the client of one account. It never retries: the router does, elsewhere."""
    return AsyncAnthropic(
        api_key=key or NO_KEY,
        base_url=base_url or ANTHROPIC_URL,
        timeout=patience(settings),
        max_retries=0,
        default_headers=version_header(api_version),
        open_telemetry=UNTRACED,
    )


def version_header(api_version: str) -> dict[str, str] | None:
    """Return what asks for another version of the API than the SDK's own."""
    return {"anthropic-version": api_version} if api_version else None


def patience(settings: WorkerSettings) -> httpx2.Timeout:
    """Return for how long to wait for a provider."""
    return httpx2.Timeout(settings.silence_seconds, connect=settings.connect_seconds)


class AnthropicModel:
    """One model behind the Messages API."""

    def __init__(
        self,
        name: str,
        upstream: str,
        client: Client,
        dialect: Dialect,
        credentials_errors: tuple[type[Exception], ...] = (),
    ) -> None:
        self._name = name
        self._upstream = upstream
        self._client = client
        self._dialect = dialect
        self._credentials_errors = credentials_errors
        """What the vendor's own search for credentials raises."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk]:
        """Answer in chunks; thinking is kept apart as `reasoning_content`."""
        asked = to_message_request(request, self._dialect)
        form = new_form(request, time.time())
        translator = AnswerTranslator()
        with self._as_ours():
            async with self._client.messages.with_streaming_response.create(
                model=self._upstream, stream=True, **cast(Any, asked)
            ) as response:
                async for event in await response.parse(to=AsyncStream[object]):
                    for delta in translator.deltas(cast(Mapping[str, Any], event)):
                        yield form.delta(delta)
            if not translator.is_complete or translator.finish_reason is None:
                raise ProviderBroke
        yield form.delta({}, translator.finish_reason)
        if request.include_usage:
            yield form.usage(translator.usage())

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer in one piece. The provider is asked for a stream all the same: long answers need one."""
        return await gather(self.stream(request.with_usage()))

    async def close(self) -> None:
        """Close the connections of the account."""
        await self._client.close()

    @contextmanager
    def _as_ours(self) -> Generator[None]:
        try:
            yield
        except anthropic.APIStatusError as error:
            failure = meaning(error.status_code, error.body, error.response.headers)
            raise tell(self._name, failure, error.status_code, error.response.headers) from error
        except (ProviderBroke, ContentRefused) as error:
            raise tell(self._name, error) from None
        except self._credentials_errors as error:
            raise tell(self._name, ProviderRefusedKey(), cause=error) from error
        except (anthropic.AnthropicError, httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise tell(self._name, _unanswered(error), cause=error) from error


def _unanswered(error: Exception) -> Failure:
    """Return what it means when there is no answer, or not a whole one."""
    match error:
        case anthropic.APITimeoutError() | httpx2.TimeoutException():
            return ProviderTimeout()
        case anthropic.APIConnectionError() | httpx2.TransportError() if isinstance(
            error.__cause__, httpx2.ConnectError
        ) or isinstance(error, httpx2.ConnectError):
            return ProviderError(UNREACHABLE)
        case _:
            return ProviderBroke()
