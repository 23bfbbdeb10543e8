"""An engine's processes: started as one group, heard, asked to end, and killed together."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from model_worker.engine import guard

KEPT_LINES = 20
LONGEST_LINE = 2000
_CHUNK = 65536


class EngineProcess:
    """An engine that was started. It has ended when its first process has, whatever the others do."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.tail: deque[str] = deque(maxlen=KEPT_LINES)
        """What it said last."""
        self.ended: asyncio.Task[int] = asyncio.create_task(process.wait())
        """Holds its exit code."""
        self.heard = asyncio.Event()
        """All that it and its children had to say was heard."""
        self._process = process

    def ask_to_end(self) -> None:
        """Send SIGTERM to the engine."""
        if not self.ended.done():
            with suppress(ProcessLookupError):  # it ends just now
                self._process.terminate()

    def ending(self) -> str:
        """Say how it ended."""
        code = self.ended.result()
        if code < 0:
            return f"lost its guard by {signal.Signals(-code).name}"
        if code - 128 in set(signal.Signals):
            return f"was killed by {signal.Signals(code - 128).name}"
        return f"ended with exit code {code}"


@asynccontextmanager
async def started(
    command: Sequence[str], environment: Mapping[str, str], hear: Callable[[bytes], object]
) -> AsyncGenerator[EngineProcess]:
    """Run an engine while inside; at the end all of its processes are killed. `hear` is given all that it writes."""
    lifeline, ours = os.pipe()
    # A pipe of our own: asyncio's would delay the news of a death until the last descendant has closed it.
    said, write_end = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(Path(guard.__file__)), *command),
            stdin=lifeline,
            stdout=write_end,
            stderr=write_end,
            start_new_session=True,
            env=dict(environment),
        )
    except BaseException:
        os.close(ours)
        os.close(said)
        raise
    finally:
        os.close(lifeline)
        os.close(write_end)
    engine = EngineProcess(process)
    listening = asyncio.create_task(_listen(said, engine, hear))
    try:
        yield engine
    finally:
        os.close(ours)
        # What is left of the group, also where the guard is the one that was killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await engine.ended
        await asyncio.wait([listening], timeout=1.0)
        listening.cancel()


async def _listen(read_end: int, engine: EngineProcess, hear: Callable[[bytes], object]) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
    )
    pending = b""
    try:
        while chunk := await reader.read(_CHUNK):
            hear(chunk)
            # Progress bars go back to the start of their line instead of beginning another.
            *whole, pending = (pending + chunk).replace(b"\r", b"\n").split(b"\n")
            pending = pending[-LONGEST_LINE:]
            engine.tail.extend(text for line in whole if (text := line[:LONGEST_LINE].decode(errors="replace").strip()))
    finally:
        transport.close()
        engine.heard.set()
