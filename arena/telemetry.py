"""As part of what something is done: the request's id and its span, known in every task of a request.

A process that traces gives each request a span (`arena.command` knows how); here is only what all packages say of it.
Where nothing is traced, all of this costs no more than a look at a context variable.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import Literal, Protocol

from arena.ids import new_id

REQUEST_HEADER = "x-request-id"
TRACE_HEADER = "traceparent"
"""https://www.w3.org/TR/trace-context/"""

Kind = Literal["internal", "server", "client"]
Attributes = Mapping[str, str | int | float | bool]
"""Never a text, a key, or a visitor's address. Names follow OpenTelemetry's conventions where they fit."""

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Span(Protocol):
    """A piece of work within a trace."""

    @property
    def trace_id(self) -> str:
        """32 hex digits; empty when nothing is traced."""
        ...

    @property
    def span_id(self) -> str:
        """16 hex digits; empty when nothing is traced."""
        ...

    @property
    def traceparent(self) -> str:
        """What tells another process that it works for this span; empty when nothing is traced."""
        ...

    def child(self, name: str, kind: Kind, attributes: Attributes) -> "Span":
        """Begin a piece of work within this one."""
        ...

    def note(self, attributes: Attributes) -> None:
        """Say more about this work. With an `error.type` it has failed."""
        ...

    def event(self, name: str) -> None:
        """Say that something has happened now."""
        ...

    def end(self, error: BaseException | None = None) -> None:
        """End this work. Of an error only the class is kept: its text may repeat what people said."""
        ...


class Untraced:
    """The span where nothing is traced. What a caller states of a trace of its own is passed on."""

    def __init__(self, traceparent: str | None = None) -> None:
        stated = _TRACEPARENT.fullmatch(traceparent or "")
        self.trace_id, self.span_id = (stated[1], stated[2]) if stated else ("", "")
        self.traceparent = stated[0] if stated else ""

    def child(self, name: str, kind: Kind, attributes: Attributes) -> Span:  # noqa: ARG002 (as the protocol says)
        """Return itself."""
        return self

    def note(self, attributes: Attributes) -> None:
        """Do nothing."""

    def event(self, name: str) -> None:
        """Do nothing."""

    def end(self, error: BaseException | None = None) -> None:
        """Do nothing."""


UNTRACED: Span = Untraced()
_span: ContextVar[Span] = ContextVar("arena_span", default=UNTRACED)
_request: ContextVar[str] = ContextVar("arena_request", default="")


def current_span() -> Span:
    """Return the span of what is done now."""
    return _span.get()


def current_request() -> str:
    """Return the id of the request that is answered now; empty outside of any."""
    return _request.get()


def begin_request(given: str | None, span: Span = UNTRACED) -> str:
    """Take a caller's id for the request that begins, or make one; return it."""
    chosen = given if given is not None and _REQUEST_ID.fullmatch(given) else new_id()
    _request.set(chosen)
    _span.set(span)
    return chosen


def request_id(given: str | None) -> str:
    """Return the id of the current request. Where none has begun, what the caller gave, or a new one."""
    return _request.get() or begin_request(given)


@contextmanager
def span(name: str, attributes: Attributes, kind: Kind = "internal") -> Generator[Span]:
    """Do a piece of work within the current one. It may be begun and closed in different tasks, as generators are."""
    parent = _span.get()
    if isinstance(parent, Untraced):
        yield parent
        return
    here = parent.child(name, kind, attributes)
    _span.set(here)
    try:
        yield here
    except BaseException as error:
        here.end(error)
        raise
    else:
        here.end()
    finally:
        # Not reset by its token: a generator may be closed in another context than the one it began in.
        _span.set(parent)


def outgoing() -> dict[str, str]:
    """Return the headers that tell another of our processes what it works for."""
    headers = {REQUEST_HEADER: known} if (known := _request.get()) else {}
    if traceparent := _span.get().traceparent:
        headers[TRACE_HEADER] = traceparent
    return headers


def outgoing_attempt() -> dict[str, str]:
    """Return the headers that tell a worker what it works for. No vendor gets them.

    The request's id has an end of its own for each attempt: engines refuse two requests under one id, and the sides of
    a battle, or an attempt and the next, may meet in one engine.
    """
    headers = outgoing()
    if known := headers.get(REQUEST_HEADER):
        headers[REQUEST_HEADER] = f"{known[:120]}.{token_hex(3)}"
    return headers
