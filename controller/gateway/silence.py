"""How long a worker may say nothing in the middle of an answer."""

import asyncio


class Silence:
    """Ends what runs under `limit` once nothing was heard for so many seconds. To break it costs next to nothing."""

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self.since = self._loop.time()
        """When something was heard last, in the event loop's time: whoever hears something sets it."""
        self._timer: asyncio.TimerHandle | None = None
        self.is_ours = False
        """Whether it is the client that is slow: then the worker is not to blame."""

    def __enter__(self) -> "Silence":
        self._limit.reschedule(None)
        self.since = self._loop.time()
        self._timer = self._loop.call_later(self._seconds, self._look)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        if self.is_ours:
            self.since = self._loop.time()
        left = self.since + self._seconds - self._loop.time()
        if left <= 0:
            self._limit.reschedule(self._loop.time())
        else:
            self._timer = self._loop.call_later(left, self._look)
