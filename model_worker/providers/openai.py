"""OpenAI's API, and who speaks like it: Azure, vLLM, Ollama, llama.cpp, OpenRouter. Chunks pass untouched."""

import logging
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, cast

import httpx2
import openai
from openai import AsyncAzureOpenAI, AsyncOpenAI, AsyncStream, Omit

from arena.errors import ContentRefused, ProviderBroke, ProviderError, ProviderTimeout
from model_worker.chat_request import ChatRequest, EmbeddingRequest
from model_worker.completion import Chunk, Completion
from model_worker.config import WorkerSettings
from model_worker.providers.failures import UNREACHABLE, Failure, meaning
from model_worker.providers.telling import tell

log = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What servers that want no key are sent: the SDK insists on one."""
_OURS = frozenset({"model", "messages", "stream"})
_OURS_OF_EMBEDDINGS = frozenset({"model", "input", "encoding_format"})
_UNSUPPORTED = frozenset({"unsupported_parameter", "unsupported_value"})
_DISPENSABLE = frozenset(
    {"temperature", "top_p", "presence_penalty", "frequency_penalty", "max_tokens", "stream_options"}
)
_UNHEARD_OF = re.compile(r"(?i)(?:unrecognized|unknown|unexpected|unsupported|extra)\b[^\n]{0,80}\bstream_options\b")
"""How servers begin that know no `stream_options`, which is ours: without it they just do not count tokens."""


_PRIVATE = cast(Mapping[str, str], {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()})
"""The environment's organisation belongs to OpenAI and is no business of another server."""
_AZURES_PATH = re.compile(r"(/openai(/v1)?)?/*$")


def openai_client(base_url: str, key: str, settings: WorkerSettings) -> AsyncOpenAI:
    """Return the client of one account. It never retries: the router does, elsewhere."""
    return AsyncOpenAI(
        api_key=key or NO_KEY,
        base_url=base_url or OPENAI_URL,
        timeout=_patience(settings),
        max_retries=0,
        default_headers=_PRIVATE if base_url else None,
    )


def azure_client(base_url: str, key: str, api_version: str, settings: WorkerSettings) -> AsyncOpenAI:
    """Return the client of one Azure resource, by its address with or without `/openai/v1` at the end.

    Without a version it is Azure's v1 API, which speaks as OpenAI's does; a dated one has an address for each
    deployment, and a header of its own for the key.
    """
    resource = _AZURES_PATH.sub("", base_url)
    if not api_version:
        return openai_client(f"{resource}/openai/v1", key, settings)
    return AsyncAzureOpenAI(
        azure_endpoint=resource,
        api_version=api_version,
        api_key=key,
        timeout=_patience(settings),
        max_retries=0,
        default_headers=_PRIVATE,
    )


def _patience(settings: WorkerSettings) -> httpx2.Timeout:
    return httpx2.Timeout(settings.silence_seconds, connect=settings.connect_seconds)


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
                    passed, ends = self._passed(chunk, request)
                    is_finished = is_finished or ends
                    yield passed
            if not is_finished:
                raise ProviderBroke

    async def complete(self, request: ChatRequest) -> Completion:
        """Pass the provider's answer on, under our name of the model."""
        with self._as_ours():
            async with self._asked(request, is_stream=False, timeout=self._whole_answer) as response:
                passed, ends = self._passed(await response.json(), request)
            if not ends:
                raise ProviderBroke
        return passed

    async def embed(self, request: EmbeddingRequest) -> Completion:
        """Pass the provider's vectors on, under our name of the model."""
        rest = {key: value for key, value in request.body.items() if key not in _OURS_OF_EMBEDDINGS}
        form = request.body.get("encoding_format") or "float"  # unasked, the SDK would ask for another
        with self._as_ours():
            asking = self._client.embeddings.with_streaming_response.create(
                model=self._upstream,
                input=request.body["input"],
                encoding_format=form,
                extra_body=rest,
                timeout=self._whole_answer,
            )
            async with asking as response:
                answer: object = await response.json()
            if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
                raise ProviderBroke
        return {**answer, "model": self._name}

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
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
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

    def _learns(self, error: openai.APIStatusError) -> bool:
        """Whether the refusal names a parameter to do without from now on: reasoning models take no temperature."""
        is_unheard_of = _UNHEARD_OF.match(_sentence(error.body)) is not None
        lacks = "stream_options" if is_unheard_of else error.param or ""
        if not (is_unheard_of or error.code in _UNSUPPORTED) or lacks not in _DISPENSABLE or lacks in self._lacking:
            return False
        self._lacking.add(lacks)
        log.info("model %s does without %s", self._name, lacks)
        return True

    async def close(self) -> None:
        """Close the connections of the account."""
        await self._client.close()

    def _passed(self, answer: object, request: ChatRequest) -> tuple[dict[str, Any], bool]:
        """Return a chunk or a whole answer under our name, and whether it ends a choice."""
        if not isinstance(answer, dict) or not isinstance(choices := answer.get("choices"), list):
            raise ProviderBroke
        reasons = [choice.get("finish_reason") for choice in choices if isinstance(choice, dict)]
        if "content_filter" in reasons and request.body.get("n") in {None, 1}:
            raise ContentRefused
        return {**answer, "model": self._name}, any(reasons)

    @contextmanager
    def _as_ours(self) -> Generator[None]:
        try:
            yield
        except openai.APIStatusError as error:
            failure = meaning(error.status_code, error.body, error.response.headers)
            raise tell(self._name, failure, error.status_code, error.response.headers) from error
        except (ProviderBroke, ContentRefused) as error:
            raise tell(self._name, error) from None
        except (httpx2.HTTPError, openai.OpenAIError, ValueError) as error:
            raise tell(self._name, _unanswered(error), cause=error) from error


def _sentence(body: object) -> str:
    message = body.get("message") if isinstance(body, Mapping) else None
    return message if isinstance(message, str) else ""


def _unanswered(error: Exception) -> Failure:
    """Return what it means when there is no answer, or not a whole one."""
    match error:
        case openai.APITimeoutError() | httpx2.TimeoutException():
            return ProviderTimeout()
        case openai.APIConnectionError() if isinstance(error.__cause__, httpx2.ConnectError):
            return ProviderError(UNREACHABLE)
        case openai.APIError() if not isinstance(error, openai.APIConnectionError):
            return meaning(200, error.body)
        case _:
            return ProviderBroke()
