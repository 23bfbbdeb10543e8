"""Anthropic's Messages API, as Chat Completions."""

import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncStream

from arena.errors import ArenaError, ProviderBroke, ProviderError, ProviderRefusedRequest, ProviderTimeout
from model_worker.chat_request import ChatRequest
from model_worker.completion import Chunk, Completion, gather, new_form
from model_worker.config import WorkerSettings
from model_worker.providers.failures import UNREACHABLE, Failure, meaning, tell
from model_worker.providers.message_answer import AnswerTranslator
from model_worker.providers.message_request import to_message_request

ANTHROPIC_URL = "https://api.anthropic.com"
NO_KEY = "none"
"""What servers that want no key are sent: without one the SDK would look for another in files."""


def anthropic_client(base_url: str, key: str, settings: WorkerSettings) -> AsyncAnthropic:
    """Return the client of one account. It never retries: the router does, elsewhere."""
    return AsyncAnthropic(
        api_key=key or NO_KEY,
        base_url=base_url or ANTHROPIC_URL,
        timeout=httpx2.Timeout(settings.silence_seconds, connect=settings.connect_seconds),
        max_retries=0,
    )


class AnthropicModel:
    """One model behind the Messages API."""

    def __init__(self, name: str, upstream: str, client: AsyncAnthropic, answer_tokens: int) -> None:
        self._name = name
        self._upstream = upstream
        self._client = client
        self._answer_tokens = answer_tokens

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk]:
        """Answer in chunks; thinking is kept apart as `reasoning_content`."""
        asked = to_message_request(request, self._answer_tokens)
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
            raise self._told(failure, error.status_code) from error
        except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
            raise self._told(ProviderTimeout()) from error
        except (anthropic.APIConnectionError, httpx2.TransportError) as error:
            connected = not isinstance(error.__cause__, httpx2.ConnectError) and not isinstance(
                error, httpx2.ConnectError
            )
            raise self._told(ProviderBroke() if connected else ProviderError(UNREACHABLE)) from error
        except (anthropic.AnthropicError, httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._told(ProviderBroke()) from error
        except (ProviderBroke, ProviderRefusedRequest) as error:
            raise self._told(error) from None

    def _told(self, failure: Failure, status: int | None = None) -> ArenaError:
        tell(self._name, failure, status)
        return failure
