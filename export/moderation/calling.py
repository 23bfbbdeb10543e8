"""Calls to a provider, patiently: what may pass is tried again, what does not is named."""

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2
import openai

from arena.errors import ProviderBroke, ProviderError, ProviderNoCredit, ProviderRateLimited, SetupError
from export.moderation.pace import Pace, retry_after

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What a server is told that wants no key: the client insists on one."""
CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_PRIVATE: dict[str, Any] = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
"""The environment's organisation belongs to OpenAI and is no business of another server."""
REFUSED = (400, 413, 422)
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached")
_UNKNOWN_MODEL = ("model_not_found", "invalid_model")


class Answer(Protocol):
    """A provider's answer, as the client's raw responses are."""

    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102 (the client's)

    @property
    def content(self) -> bytes: ...  # noqa: D102


class Refused(Exception):
    """A request that the provider will never answer. Its `code` is a word, never a text."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Torn(Exception):
    """An answer that is not whole, or not of the form that was agreed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, and how long to wait between two tries. Seconds."""

    tries: int = 8
    first: float = 0.5
    """Before the second try; then twice as long each time."""
    longest: float = 60.0

    def before(self, tried: int, wanted: float | None, chance: float) -> float:
        """Return how long to wait after so many tries. Never less than the provider `wanted`; never all at once."""
        if wanted is not None:
            return wanted * (1 + 0.1 * chance)
        return min(self.longest, self.first * 2.0 ** (tried - 1)) * (0.5 + 0.5 * chance)


def client_of(base_url: str, key: str, timeout: float) -> openai.AsyncOpenAI:
    """Return a client that never tries again by itself: here it is known what may be."""
    return openai.AsyncOpenAI(
        api_key=key or NO_KEY,
        base_url=base_url or OPENAI_URL,
        timeout=timeout,
        max_retries=0,
        default_headers=_PRIVATE if base_url else None,
    )


@dataclass(slots=True)
class Calls:
    """Makes calls to one provider, all in one pace."""

    who: str
    """What asks is called in messages, such as `the moderations API`."""
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    retried: int = 0

    async def call(self, make: Callable[[], Awaitable[Answer]], read: Callable[[bytes], Any] = json.loads) -> Any:
        """Return what `read` makes of the answer. `Refused` and what stops everything is raised at once; a broken line,
        a busy or broken provider, or an answer that `read` finds `Torn`, only after all tries.
        """
        last = ProviderError(f"{self.who} was not asked")
        for tried in range(1, self.patience.tries + 1):
            if wait := self.pace.wait(self.clock()):
                await self.sleep(wait)
            try:
                answer = await make()
                self.pace.told(answer.headers, self.clock())
                return read(answer.content)
            except openai.APIStatusError as error:
                last = self._judged(error)
                wanted = retry_after(error.response.headers, time.time())
            except (openai.APIConnectionError, httpx2.HTTPError) as error:
                last, wanted = ProviderBroke(f"{self.who} cannot be reached: {type(error).__name__}"), None
            except (Torn, ValueError) as error:
                if tried == self.patience.tries and isinstance(error, Torn):
                    raise
                last, wanted = ProviderBroke(f"{self.who} sent an answer that is not whole"), None
            self.retried += 1
            pause = self.patience.before(tried, wanted, self.chance())
            if isinstance(last, ProviderRateLimited):
                self.pace.hold(pause, self.clock())  # it is meant for all of us
            elif tried < self.patience.tries:
                await self.sleep(pause)
        raise last

    async def must(self, make: Callable[[], Awaitable[Answer]]) -> dict[str, Any]:
        """Return an answer that has to be an object; that there is none is a `ProviderError`."""
        try:
            return await self.call(make, _object)
        except Refused as refused:
            raise ProviderError(f"{self.who} refused a request ({refused.code})") from refused
        except Torn as torn:
            raise ProviderBroke(f"{self.who} sent an answer of another form than agreed") from torn

    def _judged(self, error: openai.APIStatusError) -> ProviderError:
        """Return what to say if trying again does not help; raise what cannot be helped by it."""
        code = error.code if isinstance(error.code, str) and CODE.fullmatch(error.code) else ""
        match error.status_code:
            case 401 | 403:
                raise SetupError(f"{self.who} does not accept the key (HTTP {error.status_code})") from None
            case 404:
                raise SetupError(f"{self.who} does not know the address, the model or the batch (HTTP 404)") from None
            case 429 if code in _NO_CREDIT:
                raise ProviderNoCredit(f"{self.who}: the account is used up ({code})") from None
            case 429:
                return ProviderRateLimited(f"{self.who} let nothing pass: its rate limit is reached (HTTP 429)")
            case status if status in REFUSED:
                if code in _UNKNOWN_MODEL or error.param == "model":
                    raise SetupError(f"{self.who} does not know the model (HTTP {status})") from None
                raise Refused(code or f"http_{status}") from None
            case status if status < 500 and status not in (408, 409):
                raise ProviderError(f"{self.who} refused a request (HTTP {status})") from None
            case status:
                return ProviderError(f"{self.who} failed (HTTP {status})")


def _object(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise Torn("no object")
    return found
