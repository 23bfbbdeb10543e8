"""OpenAI's API, and every server that speaks like it: vLLM, Ollama, llama.cpp, OpenRouter. Chunks pass untouched."""

import logging
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, cast

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream, Omit

from arena.errors import ArenaError, ProviderBroke, ProviderError, ProviderRefusedRequest, ProviderTimeout
from model_worker.chat_request import ChatRequest
from model_worker.completion import Chunk, Completion
from model_worker.config import WorkerSettings
from model_worker.providers.failures import UNREACHABLE, Failure, meaning, tell

log = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What servers that want no key are sent: the SDK insists on one."""
_OURS = frozenset({"model", "messages", "stream"})
_UNSUPPORTED = frozenset({"unsupported_parameter", "unsupported_value"})
_DISPENSABLE = frozenset({"temperature", "top_p", "presence_penalty", "frequency_penalty", "max_tokens"})


def openai_client(base_url: str, key: str, settings: WorkerSettings) -> AsyncOpenAI:
    """Return the client of one account. It never retries: the router does, elsewhere."""
    timeout = httpx2.Timeout(settings.silence_seconds, connect=settings.connect_seconds)
    # The environment's organisation belongs to OpenAI and is no business of another server.
    private = {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()} if base_url else {}
    return AsyncOpenAI(
        api_key=key or NO_KEY,
        base_url=base_url or OPENAI_URL,
        timeout=timeout,
        max_retries=0,
        default_headers=cast(Mapping[str, str], private),
    )


class OpenAIModel:
    """One model of an OpenAI-compatible provider."""

    def __init__(self, name: str, upstream: str, client: AsyncOpenAI, settings: WorkerSettings) -> None:
        self._name = name
        self._upstream = upstream
        self._client = client
        self._whole_answer = httpx2.Timeout(settings.whole_answer_seconds, connect=settings.connect_seconds)
        self._lacking: set[str] = set()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk]:
        """Pass the provider's chunks on, under our name of the model."""
        is_finished = False
        with self._as_ours():
            async with self._asked(request, is_stream=True) as response:
                async for chunk in await response.parse(to=AsyncStream[object]):
                    passed, ends = self._passed(chunk)
                    is_finished = is_finished or ends
                    yield passed
            if not is_finished:
                raise ProviderBroke

    async def complete(self, request: ChatRequest) -> Completion:
        """Pass the provider's answer on, under our name of the model."""
        with self._as_ours():
            async with self._asked(request, is_stream=False, timeout=self._whole_answer) as response:
                passed, ends = self._passed(await response.json())
            if not ends:
                raise ProviderBroke
        return passed

    @asynccontextmanager
    async def _asked(self, request: ChatRequest, *, is_stream: bool, **options: Any) -> AsyncGenerator[Any]:
        """Ask; yield the answer once it has begun. Asks again without a parameter that the model turns out to lack."""
        async with AsyncExitStack() as stack:
            while True:
                asking = self._client.chat.completions.with_streaming_response.create(
                    model=self._upstream,
                    messages=cast(Any, request.messages),
                    stream=is_stream,
                    extra_body=self._rest(request),
                    **options,
                )
                try:
                    response = await stack.enter_async_context(asking)
                except openai.BadRequestError as error:
                    if not self._learns(error):
                        raise
                else:
                    break
            yield response

    def _rest(self, request: ChatRequest) -> dict[str, Any]:
        """Return every field that is not ours to set, as it came: tools, response_format, what is yet to come."""
        rest = {key: value for key, value in request.body.items() if key not in _OURS | self._lacking}
        if "max_tokens" in self._lacking and "max_tokens" in request.body:
            rest.setdefault("max_completion_tokens", request.body["max_tokens"])
        return rest

    def _learns(self, error: openai.BadRequestError) -> bool:
        """Whether the refusal names a parameter to do without from now on: reasoning models take no temperature."""
        lacks = error.param or ""
        if error.code not in _UNSUPPORTED or lacks not in _DISPENSABLE or lacks in self._lacking:
            return False
        self._lacking.add(lacks)
        log.info("model %s does without %s", self._name, lacks)
        return True

    async def close(self) -> None:
        """Close the connections of the account."""
        await self._client.close()

    def _passed(self, answer: object) -> tuple[dict[str, Any], bool]:
        """Return a chunk or a whole answer under our name, and whether it ends a choice."""
        if not isinstance(answer, dict) or not isinstance(choices := answer.get("choices"), list):
            raise ProviderBroke
        reasons = [choice.get("finish_reason") for choice in choices if isinstance(choice, dict)]
        if "content_filter" in reasons:
            raise ProviderRefusedRequest
        return {**answer, "model": self._name}, any(reasons)

    @contextmanager
    def _as_ours(self) -> Generator[None]:
        status: int | None = None
        try:
            yield
        except openai.APIStatusError as error:
            status = error.status_code
            raise self._told(meaning(status, error.body, error.response.headers), status) from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise self._told(ProviderTimeout()) from error
        except openai.APIConnectionError as error:
            connected = not isinstance(error.__cause__, httpx2.ConnectError)
            raise self._told(ProviderBroke() if connected else ProviderError(UNREACHABLE)) from error
        except openai.APIError as error:
            raise self._told(meaning(200, error.body)) from error
        except (httpx2.HTTPError, openai.OpenAIError, ValueError) as error:
            raise self._told(ProviderBroke()) from error
        except (ProviderBroke, ProviderRefusedRequest) as error:
            raise self._told(error) from None

    def _told(self, failure: Failure, status: int | None = None) -> ArenaError:
        tell(self._name, failure, status)
        return failure
