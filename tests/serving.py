"""A real server for tests: an ASGI application in a thread, on a free port of this machine."""

import asyncio
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from arena.command.direct import DirectHttp
from arena.settings import AsgiApp


class _Server(uvicorn.Server):
    """Says when it has started, and tells the application before it stops, as `arena.command` does."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_stop = on_stop
        self.up_or_gone = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up_or_gone.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._on_stop is not None:
            self._on_stop()
        await super().shutdown(sockets)


@contextmanager
def serving(app: AsgiApp, *, on_stop: Callable[[], None] | None = None, drain_seconds: int = 3) -> Generator[str]:
    """Serve while inside; yield the URL. The server is as careful as ours: no header of a proxy is believed."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        config = uvicorn.Config(
            app,
            http=DirectHttp,
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=drain_seconds,
        )
        server = _Server(config, on_stop)

        def run() -> None:
            try:
                with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                    runner.run(server.serve(sockets=[listener]))
            finally:
                server.up_or_gone.set()

        thread = threading.Thread(target=run, name="server under test")
        thread.start()
        server.up_or_gone.wait()
        try:
            assert server.started, "the application did not start"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(drain_seconds + 20)
            assert not thread.is_alive(), "the server did not stop"
