"""Runs a station in this process, from its start to a signal."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import aiohttp

from model_worker.engine.config import EngineSettings
from model_worker.engine.station import Station

Work = Callable[[Station], Awaitable[None]]


def run(settings: EngineSettings, work: Work) -> None:
    """Work until SIGTERM (then return) or SIGINT (then raise KeyboardInterrupt); a second signal ends it at once."""
    if asyncio.run(_run(settings, work)) is signal.SIGINT:
        raise KeyboardInterrupt


async def _run(settings: EngineSettings, work: Work) -> signal.Signals | None:
    async with aiohttp.ClientSession(trust_env=False) as http:
        station = Station(http, settings)
        caught: list[signal.Signals] = []
        working = asyncio.ensure_future(work(station))

        def on_signal(number: signal.Signals) -> None:
            if caught:
                working.cancel()
            caught.append(number)
            station.stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, on_signal, number)
        # Not awaited itself: a second signal cancels it, and that is no error.
        await asyncio.wait([working])
        if not working.cancelled():
            working.result()
        return caught[0] if caught else None
