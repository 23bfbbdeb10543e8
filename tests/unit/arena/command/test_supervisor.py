"""With real child processes: small scripts, no mocks."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.command import supervisor as rules
from arena.command.supervisor import Child, Supervisor, ending, lines, restart_delay

WAIT_FOR_THE_END = "import signal; print('up', flush=True); signal.pause()"
IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAIT_FOR_THE_END
SAY_GOODBYE = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0))); "
    + WAIT_FOR_THE_END
)


def a_child(name: str, script: str, stage: int = 0) -> Child:
    return Child(name, (sys.executable, "-c", script), stage)


class Heard:
    """What the supervisor said, and waiting until it says something."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Condition()
        self._waking: set[asyncio.Task[None]] = set()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        task = asyncio.create_task(self._wake())
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _wake(self) -> None:
        async with self._more:
            self._more.notify_all()

    async def until(self, what: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(lambda: what(self.lines))

    async def line(self, text: str, times: int = 1) -> None:
        await self.until(lambda said: sum(text in line for line in said) >= times)


@asynccontextmanager
async def supervising() -> AsyncGenerator[tuple[Supervisor, Heard]]:
    heard = Heard()
    supervisor = Supervisor(heard)
    try:
        yield supervisor, heard
    finally:
        supervisor.kill()
        await supervisor.stop()


def children() -> list[psutil.Process]:
    """But not the helper that multiprocessing leaves beside a process that has used it."""
    alive = (child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE)
    return [child for child in alive if not any("resource_tracker" in word for word in child.cmdline())]


@given(st.floats(min_value=0, max_value=59), st.integers(min_value=1, max_value=40))
def test_delays_double_up_to_half_a_minute_while_a_child_keeps_dying_young(lived: float, deaths: int):
    delays = [0.0]
    for _ in range(deaths):
        delays.append(restart_delay(delays[-1], lived))

    assert delays[1:] == [min(0.5 * 2**n, 30) for n in range(deaths)]


@given(st.floats(min_value=0, max_value=30), st.floats(min_value=60, max_value=1e9))
def test_a_child_that_was_well_for_a_minute_is_restarted_quickly(previous: float, lived: float):
    assert restart_delay(previous, lived) == 0.5


def test_an_ending_is_said_in_words():
    assert ending(3) == "ended with exit code 3"
    assert ending(-signal.SIGKILL) == "was killed by SIGKILL"


async def test_lines_come_whole_whatever_bytes_they_hold():
    reader = asyncio.StreamReader()
    reader.feed_data(b"one\r\n\xff two\nthree" + b"x" * 70_000 + b"\nlast")
    reader.feed_eof()

    said = [line async for line in lines(reader)]

    assert said[:2] == ["one", "\ufffd two"]
    assert "".join(said[2:]) == "three" + "x" * 70_000 + "last"


async def test_a_child_that_cannot_be_started_is_tried_again():
    async with supervising() as (supervisor, heard):
        supervisor.start(Child("ghost", ("no-such-program",)))
        await heard.line("ghost could not be started: No such file or directory; starting it again in 1 s")


async def test_what_a_child_says_carries_its_name():
    async with supervising() as (supervisor, heard):
        supervisor.start(
            a_child("talker", "import sys; print('out'); print('err', file=sys.stderr); " + WAIT_FOR_THE_END)
        )
        await heard.line("talker | up")

    assert {"talker | out", "talker | err"} <= set(heard.lines)


async def test_a_dead_child_is_started_again_with_growing_delay_and_that_is_said():
    async with supervising() as (supervisor, heard):
        supervisor.start(a_child("mayfly", "raise SystemExit(3)"))
        await heard.line("mayfly ended", times=3)

    told = [line for line in heard.lines if "ended" in line]
    assert told == [f"mayfly ended with exit code 3; starting it again in {s} s" for s in ("0.5", "1", "2")]


async def test_a_killed_child_comes_back():
    async with supervising() as (supervisor, heard):
        supervisor.start(a_child("victim", WAIT_FOR_THE_END))
        await heard.line("victim | up")
        os.kill(children()[0].pid, signal.SIGKILL)
        await heard.line("victim was killed by SIGKILL; starting it again in 0.5 s")
        await heard.line("victim | up", times=2)


async def test_a_child_whose_setup_is_wrong_is_given_up_and_its_last_words_are_kept():
    async with supervising() as (supervisor, _):
        keeper = supervisor.start(a_child("wrong", "import sys; print('no such key'); sys.exit(2)"))

        assert await asyncio.wait_for(supervisor.given_up, 30) is keeper
        assert keeper.last_line == "no such key"


async def test_a_child_that_has_worked_once_is_not_given_up():
    async with supervising() as (supervisor, heard):
        supervisor.start(a_child("moody", "raise SystemExit(2)")).started_once = True
        await heard.line("moody ended with exit code 2; starting it again")

        assert not supervisor.given_up.done()


async def test_children_are_stopped_stage_by_stage():
    async with supervising() as (supervisor, heard):
        for name, stage in (("last", 2), ("first", 0), ("middle", 1)):
            supervisor.start(a_child(name, SAY_GOODBYE, stage))
        await heard.line("| up", times=3)
        await supervisor.stop()

    assert [line for line in heard.lines if "bye" in line] == ["first | bye", "middle | bye", "last | bye"]
    assert children() == []


async def test_what_does_not_want_to_end_is_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rules, "STAGE_SECONDS", 0.2)
    async with supervising() as (supervisor, heard):
        supervisor.start(a_child("stubborn", IGNORE_SIGTERM))
        await heard.line("stubborn | up")
        await supervisor.stop()

    assert children() == []


async def test_what_a_child_started_itself_does_not_outlive_it():
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {IGNORE_SIGTERM!r}]); " + SAY_GOODBYE
    async with supervising() as (supervisor, heard):
        supervisor.start(a_child("parent", script))
        await heard.line("| up", times=2)
        await supervisor.stop()

    assert children() == []


async def test_one_child_is_retired_without_hurry_and_the_others_stay():
    async with supervising() as (supervisor, heard):
        keeper = supervisor.start(a_child("one", SAY_GOODBYE))
        other = supervisor.start(a_child("other", SAY_GOODBYE))
        await heard.line("| up", times=2)

        await supervisor.retire(keeper)

        assert await keeper.until_ended(0)
        assert not await other.until_ended(0)
        assert supervisor.keepers == [other]
        assert not supervisor.given_up.done()
        assert "one | bye" in heard.lines


async def test_a_child_is_asked_to_reload_and_goes_on():
    script = (
        "import signal; signal.signal(signal.SIGHUP, lambda *_: print('again', flush=True)); print('up', flush=True)"
    )
    async with supervising() as (supervisor, heard):
        keeper = supervisor.start(a_child("one", script + "\nwhile True: signal.pause()"))
        await heard.line("one | up")
        keeper.ask_to_reload()
        await heard.line("one | again")

        assert not await keeper.until_ended(0)


async def test_a_child_has_its_own_defaults_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_A", "ours")
    script = "import os; print(os.environ['ARENA_A'], os.environ['ARENA_B'], flush=True); " + WAIT_FOR_THE_END
    child = Child("one", (sys.executable, "-c", script), 0, (("ARENA_A", "default"), ("ARENA_B", "default")))
    async with supervising() as (supervisor, heard):
        supervisor.start(child)
        await heard.line("one | ours default")


async def test_nothing_is_started_after_the_end():
    async with supervising() as (supervisor, _):
        keeper = supervisor.start(a_child("late", WAIT_FOR_THE_END))
        keeper.ask_to_stop()
        await supervisor.stop()

        assert keeper.last_line == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path):
    child = tmp_path / "child.py"
    child.write_text("from arena.command import tether\ntether.hold_on()\n" + WAIT_FOR_THE_END)
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import asyncio, sys\n"
        "from arena.command.supervisor import Child, Supervisor\n"
        "async def main():\n"
        "    supervisor = Supervisor(lambda line: print(line, flush=True))\n"
        f"    supervisor.start(Child('child', (sys.executable, {str(child)!r})))\n"
        "    await supervisor.given_up\n"
        "asyncio.run(main())\n"
    )
    with psutil.Popen([sys.executable, str(parent)], stdout=-1, text=True) as process:
        assert process.stdout.readline() == "child | up\n"
        orphans = process.children()
        process.kill()

    assert len(orphans) == 1
    gone, alive = psutil.wait_procs(orphans, timeout=10)
    assert (len(gone), alive) == (1, [])
