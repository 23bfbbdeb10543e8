"""Keeps child processes running: restarts them when they die, and leaves none behind."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from arena.command.tether import SUPERVISOR

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
HEALTHY_SECONDS = 60.0
"""A child that lived so long was well: its next restart is quick again."""
STAGE_SECONDS = 3.0
"""The children of one stage get so long to end before those of the next are told to."""
MISUSED = 2
"""The exit code by which a child says that its configuration or environment is wrong."""
LONGEST_LINE = 65536
OUR_OWN = "arena: "
"""How the line begins in which the `arena` command says why it ends; what a library says after it is no reason."""


@dataclass(frozen=True)
class Child:
    """A process to keep running."""

    name: str
    command: tuple[str, ...]
    stage: int = 0
    """At the end, lower stages are stopped first."""
    defaults: tuple[tuple[str, str], ...] = ()
    """Environment variables that it gets, unless they are set."""


def restart_delay(previous: float, lived: float) -> float:
    """Return how many seconds to wait before the next start, given the last wait and how long the child lived since."""
    if previous == 0 or lived >= HEALTHY_SECONDS:
        return FIRST_DELAY
    return min(previous * 2, LONGEST_DELAY)


def ending(code: int) -> str:
    """Say how a process ended, given its return code: negative for a signal."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


async def lines(reader: asyncio.StreamReader) -> AsyncGenerator[str]:
    """Yield the lines that a child writes, whatever bytes they hold; very long ones in pieces."""
    pending = b""
    while chunk := await reader.read(LONGEST_LINE):
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
        if len(pending) >= LONGEST_LINE:
            yield pending.decode(errors="replace")
            pending = b""
    if pending:
        yield pending.decode(errors="replace")


class Keeper:
    """Keeps one child running until it is told to stop."""

    def __init__(self, child: Child, say: Callable[[str], None]) -> None:
        self.child = child
        self.last_line = ""
        """The last thing it said; where it ended with a line of the `arena` command's own, that one."""
        self.started_once = False
        """Set from outside when it has proved to work: from then on it is restarted whatever its exit code."""
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()

    async def keep(self) -> None:
        """Run the child again and again. Returns when told to stop, or when the child says that its set-up is wrong."""
        try:
            await self._keep()
        finally:
            self._ended.set()

    async def until_ended(self, seconds: float) -> bool:
        """Wait so long; return whether the child is not kept running any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return self._ended.is_set()

    async def _keep(self) -> None:
        clock = asyncio.get_running_loop()
        delay = 0.0
        while not self._stopping.is_set():
            started, code = clock.time(), None
            try:
                code = await self._run()
                what = ending(code)
            except OSError as error:  # no memory, too many files: it may pass
                what = f"could not be started: {error.strerror}"
            if self._stopping.is_set() or (code == MISUSED and not self.started_once):
                return
            delay = restart_delay(delay, clock.time() - started)
            self._say(f"{self.child.name} {what}; starting it again in {delay:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    async def _run(self) -> int:
        # A pipe of our own: asyncio's would delay the news of a child's death until its last descendant has closed it.
        read_end, write_end = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self.child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                start_new_session=True,
                env={**dict(self.child.defaults), **os.environ, SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._process = process
        self.last_line = ""
        if self._stopping.is_set():
            process.terminate()
        listening = asyncio.create_task(self._listen(read_end))
        try:
            return await process.wait()
        finally:
            self.kill()
            await asyncio.wait([listening], timeout=1.0)
            listening.cancel()
            self._process = None

    async def _listen(self, read_end: int) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
        )
        try:
            async with aclosing(lines(reader)) as said:
                async for line in said:
                    if not self.last_line.startswith(OUR_OWN):
                        self.last_line = line.strip() or self.last_line
                    self._say(f"{self.child.name} | {line}")
        finally:
            transport.close()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, and start the child no more."""
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def ask_to_reload(self) -> None:
        """Send SIGHUP, if the child runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Send SIGKILL to the child and to all that it left in its process group."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # nothing is left of it
                os.killpg(self._process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps several children running."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.given_up: asyncio.Future[Keeper] = asyncio.get_running_loop().create_future()
        """Will hold the first child that is not kept running any more, though nobody told it to stop."""
        self._say = say
        self._tasks: dict[asyncio.Task[None], Keeper] = {}

    @property
    def keepers(self) -> list[Keeper]:
        """All keepers, in the order of their start."""
        return list(self._tasks.values())

    def start(self, child: Child) -> Keeper:
        """Start to keep a child running."""
        keeper = Keeper(child, self._say)
        task = asyncio.create_task(keeper.keep())
        task.add_done_callback(self._note_given_up)
        self._tasks[task] = keeper
        return keeper

    def _note_given_up(self, task: asyncio.Task[None]) -> None:
        keeper = self._tasks[task]
        if not self.given_up.done() and not keeper.is_stopping:
            self.given_up.set_result(keeper)

    async def retire(self, keeper: Keeper) -> None:
        """Stop one child, however long that takes, and forget it."""
        keeper.ask_to_stop()
        for task in [task for task, each in self._tasks.items() if each is keeper]:
            await asyncio.wait([task])
            self._tasks.pop(task, None)

    async def stop(self) -> None:
        """Stop the children stage by stage, and kill what is left after that."""
        for stage in sorted({keeper.child.stage for keeper in self.keepers}):
            tasks = [task for task, keeper in self._tasks.items() if keeper.child.stage == stage]
            for task in tasks:
                self._tasks[task].ask_to_stop()
            if tasks:  # those of this stage may have been retired meanwhile
                await asyncio.wait(tasks, timeout=STAGE_SECONDS)
        self.kill()
        await asyncio.gather(*self._tasks)

    def kill(self) -> None:
        """Kill whatever still runs, and start nothing any more."""
        for keeper in self.keepers:
            keeper.ask_to_stop()
            keeper.kill()
