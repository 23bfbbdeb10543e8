"""Sockets and servers: where a process listens, and how it serves until it is told to stop."""

import gc
import logging
import math
import resource
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from errno import EADDRINUSE
from types import FrameType
from typing import Any

from arena.command.terminal import Terminal
from arena.errors import ArenaError, SetupError
from arena.settings import AsgiApp

KEEP_ALIVE_SECONDS = 75
"""Longer than any of our clients keeps a quiet connection: else one would be closed just as it is used again."""
MOST_FILES = 65_536
YOUNG_OBJECTS = 10_000
"""The collector looks after so many new ones: requests make many at once that all end by themselves."""
DRAIN_SECONDS = 3
"""Open requests get so long to end."""


def listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """Bind and listen; port 0 takes a free one. `option` is named when the port is in use."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SetupError(f"cannot listen on {host}: {error.strerror}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == EADDRINUSE:
            raise SetupError(f"port {port} is in use: choose another with {option}") from error
        raise SetupError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def serve(
    app: AsgiApp,
    listener: socket.socket,
    on_stop: Callable[[], None] | None = None,
    *,
    on_reload: Callable[[], None] | None = None,
    drain_seconds: float = DRAIN_SECONDS,
) -> None:
    """Serve until SIGTERM (then return) or SIGINT (then raise KeyboardInterrupt), calling `on_stop` before draining.

    On SIGHUP `on_reload` is called, or we end as on SIGTERM where it was our terminal that hung up.
    What the application's start-up or shut-down raises is raised here.
    """
    import uvicorn  # noqa: PLC0415 (the bare `arena` command works without it)

    from arena.command.direct import DirectHttp  # noqa: PLC0415

    class Server(uvicorn.Server):
        """Tells the application that it is about to stop."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if on_stop is not None:
                on_stop()
            await super().shutdown(sockets)

    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_not_said_by_us)
    failures: list[Exception] = []
    config = uvicorn.Config(
        _noting_failures(app, failures),
        http=DirectHttp,
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(drain_seconds),
    )
    _allow_many_sockets()
    # What was made until here lives as long as the process: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    with listener, _quiet_sigterm(), _heeding_sighup(on_reload):
        try:
            Server(config).run(sockets=[listener])
        except SystemExit as exit_:  # how the server says that the application did not start
            raise (failures or [ArenaError("the application did not start")])[0] from exit_
    if failures:
        raise failures[0]


def _allow_many_sockets() -> None:
    """Take as many open files as we may have: each stream holds two sockets, and many systems begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _is_not_said_by_us(record: logging.LogRecord) -> bool:
    """Leave out that start-up or shut-down failed: we raise why."""
    return not record.getMessage().endswith("failed. Exiting.")


def _noting_failures(app: AsgiApp, failures: list[Exception]) -> AsgiApp:
    """Keep what start-up or shut-down raises, and the trace of it out of the server's log."""

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        async def send_without_trace(message: Any) -> None:
            await send({**message, "message": ""} if message["type"].endswith(".failed") else message)

        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        try:
            await app(scope, receive, send_without_trace)
        except Exception as error:
            failures.append(error)
            raise

    return noting


@contextmanager
def _quiet_sigterm() -> Generator[None]:
    """Make SIGTERM an ordinary end: the server raises the signals it caught again once it has drained."""

    def pass_over(_number: int, _frame: FrameType | None) -> None:
        """Do nothing."""

    before = signal.signal(signal.SIGTERM, pass_over)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _heeding_sighup(on_reload: Callable[[], None] | None) -> Generator[None]:
    """Let SIGHUP ask for a reload, where there is one; a terminal that hangs up still ends us."""
    if on_reload is None:
        yield
        return
    terminal = Terminal()

    def hung_up_or_asked(_number: int, _frame: FrameType | None) -> None:
        if terminal.has_hung_up():
            signal.raise_signal(signal.SIGTERM)
        else:
            on_reload()

    before = signal.signal(signal.SIGHUP, hung_up_or_asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
