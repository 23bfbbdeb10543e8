"""Passes a request on to a worker of its model, and the worker's answer back."""

import asyncio
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from arena.api_key import KeyScope
from arena.asgi import Receive
from arena.error_wire import openai_status, to_openai
from arena.errors import ArenaError, NoWorker, WorkerBroke, WorkersBusy, WorkerTimeout
from arena.model import ModelEntry, ModelKind
from arena.telemetry import outgoing_attempt
from controller.accounts.api_answer import said_in
from controller.accounts.callers import Caller
from controller.accounts.prices import tokens_in
from controller.claims import Claim
from controller.event_stream import Scope, Send
from controller.gateway.asked import Asked, read_asked, read_fields
from controller.gateway.cards import ADDRESSES, chosen
from controller.gateway.events import LONGEST_EVENT, Events, first_told, read_answer
from controller.gateway.keeping import CopyingOutlet, keeps
from controller.gateway.outlets import ClientLeft, Outlet
from controller.gateway.silence import Silence
from controller.metrics import status_class
from controller.pool.answering import Attempts
from controller.pool.worker_pool import Lease
from controller.routing.demand import Demand
from controller.services import Services
from controller.upstream.client import Answer
from controller.worker_words import count_of_tokens, meaning

LONGEST_WHOLE = 64_000_000
"""Bytes; a worker that sends more in one answer is broken."""
LONGEST_ERROR = 65_536
WHOLE_SECONDS = 600.0
"""For an answer that comes in one piece."""


def relay(services: Services, caller: Caller, body: bytes, kind: ModelKind) -> "Relay":
    """Check a request, and return the response that answers it. Nothing is held until it is called."""
    caller.require(KeyScope.CHAT)
    fields = read_fields(body)
    entry = chosen(services, caller, fields.get("model"), kind)
    asked = read_asked(body, fields, kind)
    services.callers.admit(caller, time.monotonic())
    return Relay(services, caller, entry, asked)


@dataclass(slots=True)
class Used:
    """The tokens of one answer, as far as they are known."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_counted: bool = True
    """Whether it was the worker who counted what it wrote, and not we who estimated it."""
    is_asked: bool = False
    """Whether a worker has the request, and did not refuse it: until then nothing is used."""


class Relay(Response):
    """Takes what it needs when it is called, and gives it back however that ends."""

    def __init__(self, services: Services, caller: Caller, entry: ModelEntry, asked: Asked) -> None:
        super().__init__()
        self._services = services
        self._caller = caller
        self._entry = entry
        self._asked = asked
        self._began = time.monotonic()
        self._used = Used()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. What fails before the head is sent is raised; afterwards the client reads it as an event."""
        outlet = (CopyingOutlet if keeps(self._caller, self._entry) else Outlet)(scope, receive, send)
        status = "5xx"
        try:
            with self._accounted():
                await self._within_deadline(outlet)
            status = "2xx"
        except ClientLeft:
            status = "left"
        except ArenaError as error:
            status = status_class(openai_status(error))
            if not outlet.has_begun:
                raise
            # The 200 has long been sent: the client reads it as OpenAI's own clients do.
            await outlet.fail(b"data: " + orjson.dumps(to_openai(error)) + b"\n\n")
        finally:
            self._services.metrics.request_ended("gateway", self._entry.name, status)
            if isinstance(outlet, CopyingOutlet):
                self._keep(outlet, status)

    def _keep(self, outlet: CopyingOutlet, status: str) -> None:
        """Let the exchange be written; nobody waits for that."""
        asked, used = self._asked, self._used
        tokens = used.prompt_tokens, used.completion_tokens if used.is_counted else None
        answered = outlet.answered(self._entry, asked.fields, status, tokens, is_stream=asked.is_stream)
        if answered is not None:
            self._services.api_log.keep(self._caller.key, answered)

    @contextmanager
    def _accounted(self) -> Generator[None]:
        """Count what is used, by estimate while the answer is written."""
        spending, asked, used, key_id = self._services.spending, self._asked, self._used, self._caller.key_id
        with spending.hold(self._entry, key_id, asked.prompt_tokens, asked.completion_tokens):
            try:
                yield
            finally:
                if used.is_asked:
                    read = asked.prompt_tokens if used.prompt_tokens is None else used.prompt_tokens
                    spending.add(self._entry.name, key_id, read, used.completion_tokens or 0)

    async def _within_deadline(self, outlet: Outlet) -> None:
        try:
            async with outlet.within(self._services.settings.deadline_seconds):
                await self._answer(outlet)
                if self._asked.is_stream:
                    await outlet.end()
        except TimeoutError as error:
            raise WorkerTimeout from error

    async def _answer(self, outlet: Outlet) -> None:
        """Ask one worker after the other until one answers."""
        attempts = Attempts(self._services.pool, self._demand())
        while True:
            try:
                async with attempts.lease() as lease:
                    try:
                        await self._attempt(outlet, lease)
                    except ArenaError as error:
                        self._used.is_asked = attempts.has_shown = outlet.has_begun
                        attempts.failed(lease, error)
                    else:
                        return
            except (NoWorker, WorkersBusy) as error:
                raise attempts.nobody_left(error) from None

    def _demand(self) -> Demand:
        asked = self._asked
        return Demand(
            self._entry.name,
            self._caller.priority,
            asked.prefix,
            tokens=asked.prompt_tokens + asked.completion_tokens,
            key=self._caller.key_id,
        )

    async def _attempt(self, outlet: Outlet, lease: Lease) -> None:
        seconds = self._services.settings.first_word_seconds if self._asked.is_stream else WHOLE_SECONDS
        try:
            async with asyncio.timeout(seconds) as limit, self._post(lease) as answer:
                if answer.status != 200:
                    secret = lease.card.key.get_secret_value()
                    raise meaning(answer.status, await _up_to(LONGEST_ERROR, answer), secret, answer.headers)
                if self._asked.is_stream:
                    await self._stream(outlet, lease, answer, limit)
                else:
                    await self._whole(outlet, lease, answer)
        except TimeoutError as error:
            raise WorkerTimeout from error

    def _post(self, lease: Lease) -> AbstractAsyncContextManager[Answer]:
        card, asked = lease.card, self._asked
        headers = {
            "authorization": f"Bearer {card.key.get_secret_value()}",
            "content-type": "application/json",
            "accept-encoding": "identity",
            **outgoing_attempt(),
        }
        path, body = ADDRESSES[self._entry.kind], asked.in_words_of(card)
        self._used.is_asked = True
        return self._services.upstream.post(card.url, path, body, headers, gather=asked.is_stream)

    async def _whole(self, outlet: Outlet, lease: Lease, answer: Answer) -> None:
        body = await _up_to(LONGEST_WHOLE + 1, answer)
        if len(body) > LONGEST_WHOLE:
            raise WorkerBroke
        claim = self._claim(lease)
        claim.hear(body)
        told = read_answer(body)
        claim.check(told.get("model"))
        lease.first_word()
        self._used.prompt_tokens, self._used.completion_tokens = _usage(told)
        lease.used(self._used.prompt_tokens, self._used.completion_tokens)
        if self._used.completion_tokens is None and self._entry.kind is ModelKind.CHAT:
            self._used.completion_tokens = _estimated(body)  # a worker that does not count is not free
            self._used.is_counted = False
        await outlet.whole(body)

    async def _stream(self, outlet: Outlet, lease: Lease, answer: Answer, limit: asyncio.Timeout) -> None:
        claim = self._claim(lease)
        events = Events(hides_usage=not self._asked.shows_usage, secret=claim.secret)
        first = await _first(events, answer, claim)
        first_at = time.monotonic()
        lease.first_word()
        self._services.metrics.first_word("gateway", self._entry.name, first_at - self._began)
        try:
            await outlet.begin(first)
            with Silence(limit, self._services.settings.between_words_seconds) as silence:
                await _pass_on(events, answer, outlet, silence)
        finally:
            self._count(events, lease, time.monotonic() - first_at)
        if error := events.error():
            lease.failed(error)  # the client has read it already, in the worker's own words
        elif not events.is_done:
            raise WorkerBroke

    def _claim(self, lease: Lease) -> Claim:
        return Claim(self._entry.name, lease.card, self._services.catalogue.offers)

    def _count(self, events: Events, lease: Lease, seconds: float) -> None:
        """Note what a stream used; what the worker did not count is estimated by the number of its events."""
        written = events.number if events.completion_tokens is None else events.completion_tokens
        self._used.prompt_tokens, self._used.completion_tokens = events.prompt_tokens, written
        self._used.is_counted = events.completion_tokens is not None
        lease.wrote(written)
        lease.used(events.prompt_tokens, events.completion_tokens)
        if written > 1:
            self._services.metrics.word_time(self._entry.name, seconds / (written - 1))


async def _first(events: Events, answer: Answer, claim: Claim) -> bytes:
    """Wait for the first event that is more than a comment, and return all until then.

    An error as the first one is raised, as if it had come instead of an answer. So is garbage, and another model's.
    """
    begun = b""
    while read := await answer.read_some():
        new = events.feed(read)
        begun += new
        told = first_told(new)
        if told is not None:
            claim.check(told.get("model"))
            return begun
        if len(begun) > LONGEST_EVENT:
            raise WorkerBroke
    if rest := events.end():
        return begun + rest
    raise WorkerBroke


async def _pass_on(events: Events, answer: Answer, outlet: Outlet, silence: Silence) -> None:
    """Send the rest of a stream as it comes."""
    last = b""
    if outlet.is_direct:

        def hold(is_held: bool) -> None:
            silence.is_ours = is_held
            answer.hold(is_held)

        feed, pass_on, now = events.feed, outlet.pass_on, asyncio.get_running_loop().time

        def sink(read: bytes) -> None:  # for each word: every call in it is felt
            if out := feed(read):
                silence.since = now()
                if not pass_on(out):
                    hold(True)
                    outlet.when_writable(lambda: hold(False))

        answer.pour(sink)
        last = events.feed(await answer.poured())
    else:
        while read := await answer.read_some():
            if out := events.feed(read):
                silence.is_ours = True
                await outlet.write(out)
                silence.is_ours = False
                silence.since = asyncio.get_running_loop().time()
    outlet.keep(last + events.end())


async def _up_to(most: int, answer: Answer) -> bytes:
    """Read a body, or its first `most` bytes and what came with them."""
    pieces: list[bytes] = []
    length = 0
    while length < most and (piece := await answer.read_some()):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


def _estimated(body: bytes) -> int:
    """Return about how many tokens a whole answer has: by its text, or by all of it where that is not text."""
    said = said_in(body, is_stream=False)
    return tokens_in(len(said.text) + len(said.reasoning)) or tokens_in(len(body))


def _usage(told: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return the tokens that a whole answer says it took."""
    usage = told.get("usage")
    if not isinstance(usage, dict):
        return None, None
    return count_of_tokens(usage.get("prompt_tokens")), count_of_tokens(usage.get("completion_tokens"))
