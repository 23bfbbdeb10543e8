"""uvicorn's own HTTP server, with a shorter way out for bodies that are streamed (`arena.asgi.DirectBody`), and a
shorter way in and out for small requests that come all the time (`arena.asgi.AtOnce`)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from arena.asgi import AT_ONCE, DIRECT, AtOnce


class DirectHttp(HttpToolsProtocol):
    """Parses, begins and ends as ever; offers each request's application to write the body's chunks itself."""

    watching: "Direct | None" = None
    begun: "tuple[Direct, ...]" = ()
    """The requests that came and were not answered to the end: more than one where they came at once."""
    parser: Any
    gathering: bytearray | None = None
    """What has come of the body of a request that may be taken at once."""

    def on_headers_complete(self) -> None:
        """Begin a request, unless it may be taken at once."""
        at_once: AtOnce | None = self.app_state.get(AT_ONCE)
        if at_once is not None and self._is_plain() and at_once.may_take(self.parser.get_method(), self.url):
            self.gathering = bytearray()
        else:
            self._begin()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a request's body."""
        if self.gathering is None:
            super().on_body(body)
            return
        self.gathering += body
        if len(self.gathering) > self.app_state[AT_ONCE].longest:
            self._pass_on(self.gathering)

    def on_message_complete(self) -> None:
        """Let a request that was gathered be taken; with any other go on as ever."""
        gathered = self.gathering
        if gathered is not None:
            if self.app_state[AT_ONCE].is_taken(self.url, self.headers, bytes(gathered)):
                self.gathering = None
                fields = (b"%b: %b\r\n" % field for field in self.server_state.default_headers)
                self.transport.write(b"".join((STATUS_LINE[HTTPStatus.NO_CONTENT], *fields, b"\r\n")))
                self.on_response_complete()
                return
            self._pass_on(gathered)
        super().on_message_complete()

    def _is_plain(self) -> bool:
        """Whether no other request is under way, and the one that begins asks for nothing special."""
        parser, last = self.parser, self.last
        is_idle = last is None or last.response_complete
        return is_idle and parser.should_keep_alive() and not parser.should_upgrade() and not self.expect_100_continue

    @property
    def last(self) -> RequestResponseCycle | None:
        """The request that came last; None before the first."""
        return self.cycle

    def _pass_on(self, gathered: bytearray) -> None:
        """Begin a request after all, with what has come of its body."""
        self.gathering = None
        self._begin()
        super().on_body(bytes(gathered))

    def _begin(self) -> None:
        """Begin a request, with the way out in its scope."""
        super().on_headers_complete()
        scope: Any = self.scope
        if "path" in scope:  # not where the connection is to become a web socket
            direct = Direct(self, self.cycle)
            self.begun = (*(each for each in self.begun if not each.is_over), direct)
            scope["extensions"] = {DIRECT: direct}

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who answer that the client has left; uvicorn itself tells only who is to answer last."""
        super().connection_lost(exc)
        for each in self.begun:
            each.leave()
        self.begun, self.watching = (), None

    def resume_writing(self) -> None:
        """Tell who is writing that the client reads again."""
        super().resume_writing()
        if self.watching is not None:
            self.watching.on_writable()


class Direct:
    """Satisfies `arena.asgi.DirectBody`, for one request."""

    def __init__(self, protocol: DirectHttp, cycle: RequestResponseCycle) -> None:
        self._protocol = protocol
        self._cycle = cycle

    def watch(self, on_left: Callable[[], None], on_writable: Callable[[], None]) -> None:
        """Be told when the client leaves, and when it reads again after `write` said False."""
        self.on_left = on_left
        self.on_writable = on_writable
        if self._cycle.disconnected:
            on_left()
        else:
            self._protocol.watching = self

    @property
    def is_over(self) -> bool:
        """Whether the request was answered to the end."""
        return self._cycle.response_complete

    def leave(self) -> None:
        """Hear that the client has left."""
        if self.is_over:
            return
        self._cycle.disconnected = True
        self._cycle.message_event.set()
        if self._protocol.watching is self:
            self.on_left()

    def unwatch(self) -> None:
        """Be told nothing more."""
        if self._protocol.watching is self:
            self._protocol.watching = None

    def write(self, body: bytes) -> bool:
        """Write a piece of a body that was begun without a length; return whether the client keeps up."""
        cycle = self._cycle
        if cycle.disconnected or cycle.response_complete:
            return True
        if not cycle.chunked_encoding:
            raise RuntimeError("a body is written directly only after a head without a length")
        cycle.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        return not cycle.flow.write_paused

    def gathered(self) -> "Gathered":
        """Write what is sent inside in one piece, at its end."""
        return Gathered(self._cycle)

    def cut(self) -> None:
        """Close the connection at once, for the client does not read what was written to it."""
        self._cycle.disconnected = True
        self._cycle.transport.abort()


class Gathered:
    """Stands before a request's transport, and keeps what is written until it is left."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._transport: Any = cycle.transport
        self._pieces: list[bytes] = []
        self.write = self._pieces.append

    def __enter__(self) -> None:
        stand_in: Any = self
        self._cycle.transport = stand_in

    def __exit__(self, *_: object) -> None:
        self._cycle.transport = self._transport
        if self._pieces:
            self._transport.write(b"".join(self._pieces))

    def __getattr__(self, name: str) -> Any:
        """Be the transport in all else."""
        return getattr(self._transport, name)
