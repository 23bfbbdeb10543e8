import asyncio
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.errors import LedgerError, SetupError
from logging_store import spool as spool_module
from logging_store.columns import storable
from logging_store.spool import Spool, open_spool
from logging_store.spool_file import Waiting, encode, purge, read_segment, spool_of
from tests.facts import a_turn, an_end

MOST = 10_000_000


@asynccontextmanager
async def a_spool(folder: Path, most: int = MOST) -> AsyncGenerator[Spool]:
    async with open_spool(folder / "spool" / "first", most, patience=0) as spool:
        yield spool


async def all_in(spool: Spool) -> list[Waiting]:
    return [each for segment in await spool.cut() for each in (await spool.read(segment))[0]]


def ended(turn_id: str, answer: str = "Hello!") -> Waiting:
    return Waiting(turn_id, end=an_end(turn_id, answer=answer))


def the_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.jsonl")
    return path


@given(st.text(), st.text(), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_was_said_is_read_back_as_the_ledger_would_store_it(tmp_path: Path, text: str, answer: str, thought: str):
    turn = a_turn("c", "d", text=text)
    (tmp_path / "s").write_bytes(
        encode(Waiting(turn.id, opened=turn))
        + encode(Waiting(turn.id, end=an_end(turn.id, answer=answer, reasoning=thought)))
    )

    found, broken = read_segment(tmp_path / "s")

    (each,) = found
    assert broken == 0
    assert each.opened is not None
    assert each.end is not None
    assert (each.opened.text, each.end.answer, each.end.reasoning) == (
        storable(text),
        storable(answer),
        storable(thought),
    )
    assert each.opened.parameters == turn.parameters


async def test_what_a_dead_process_appended_is_there_for_the_next_one(tmp_path: Path):
    async with a_spool(tmp_path) as first:
        await asyncio.gather(*(first.append(ended(f"turn-{number}")) for number in range(50)))

    async with a_spool(tmp_path) as second:
        found = await all_in(second)

    assert sorted(each.turn_id for each in found) == sorted(f"turn-{number}" for number in range(50))


async def test_what_comes_together_shares_a_few_visits_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    visits: list[int] = []
    append = spool_module.Segment.append

    def counted(segment: spool_module.Segment, lines: bytes) -> None:
        visits.append(len(lines))
        append(segment, lines)

    monkeypatch.setattr(spool_module.Segment, "append", counted)
    async with a_spool(tmp_path) as spool:
        await asyncio.gather(*(spool.append(ended(f"turn-{number}")) for number in range(200)))

    assert len(visits) <= 5


async def test_a_torn_last_line_is_counted_and_left_out(tmp_path: Path):
    async with a_spool(tmp_path) as spool:
        await spool.append(ended("whole"), ended("torn"))
    path = the_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])

    async with a_spool(tmp_path) as spool:
        (segment,) = await spool.cut()
        found, broken = await spool.read(segment)

    assert ([each.turn_id for each in found], broken) == (["whole"], 1)


async def test_nobody_else_may_look(tmp_path: Path):
    async with a_spool(tmp_path) as spool:
        await spool.append(ended("turn"))

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "spool").rglob("*")}

    assert modes == {"first": 0o700, "lock": 0o600, the_file(tmp_path).name: 0o600}


async def test_a_spool_belongs_to_one_process(tmp_path: Path):
    async with a_spool(tmp_path):
        with pytest.raises(SetupError, match="another process"):
            async with a_spool(tmp_path):
                raise AssertionError

    async with a_spool(tmp_path):
        pass


async def test_a_spool_that_cannot_be_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "spool").write_text("in the way")

    with pytest.raises(SetupError, match="the spool cannot be written"):
        async with a_spool(tmp_path):
            raise AssertionError


async def test_a_full_spool_takes_nothing_more_until_the_ledger_has_what_waits(tmp_path: Path):
    async with a_spool(tmp_path, most=1000) as spool:
        await spool.append(ended("one", "x" * 300))
        with pytest.raises(LedgerError):
            await spool.append(ended("two", "x" * 900))
        for segment in await spool.cut():
            await spool.remove(segment)
        await spool.append(ended("three", "x" * 300))

        assert [each.turn_id for each in await all_in(spool)] == ["three"]


async def test_after_a_disk_that_failed_nothing_half_written_stays_and_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with a_spool(tmp_path) as spool:
        await spool.append(ended("before"))
        with monkeypatch.context() as broken:
            broken.setattr("os.fsync", failing)
            with pytest.raises(LedgerError):
                await spool.append(ended("lost"))
        assert not spool.has("lost")
        await spool.append(ended("after"))

        assert [each.turn_id for each in await all_in(spool)] == ["before", "after"]


def failing(_: int) -> None:
    raise OSError(28, "No space left on device")


async def test_a_spool_knows_what_waits_until_it_is_removed(tmp_path: Path):
    async with a_spool(tmp_path) as spool:
        assert spool.is_empty
        await spool.append(Waiting("turn", opened=a_turn("c", "d", id="turn")))
        (old,) = await spool.cut()
        await spool.append(ended("turn"), ended("other"))

        await spool.remove(old)
        assert (spool.has("turn"), spool.waiting, spool.is_empty) == (True, 2, False)

        for segment in await spool.cut():
            await spool.remove(segment)
        assert (spool.has("turn"), spool.waiting, spool.is_empty) == (False, 0, True)


async def test_many_turns_are_kept_in_files_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spool_module, "SEGMENT_BYTES", 1000)
    async with a_spool(tmp_path) as spool:
        for number in range(20):
            await spool.append(ended(f"turn-{number:02}", "x" * 300))

        assert len(await spool.cut()) > 5
        assert [each.turn_id for each in await all_in(spool)] == [f"turn-{number:02}" for number in range(20)]


async def test_a_purged_turn_is_in_no_file_and_the_others_stay(tmp_path: Path):
    async with a_spool(tmp_path) as spool:
        await spool.append(ended("gone", "a secret"), ended("stays", "no secret"))

        assert purge(tmp_path / "spool", {"gone", "unknown"}) == 1

        await spool.append(ended("later"))
        assert b"a secret" not in the_file(tmp_path).read_bytes()
        assert [each.turn_id for each in await all_in(spool)] == ["stays", "later"]


async def test_a_purge_takes_torn_lines_too(tmp_path: Path):
    async with a_spool(tmp_path) as spool:
        await spool.append(ended("gone", "a secret that is long enough"))
    path = the_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])

    assert purge(tmp_path / "spool", {"gone"}) == 1

    assert not path.read_bytes().strip()


@pytest.mark.parametrize(("name", "folder"), [("first", "first"), ("a.b", "a.b"), (".", "._"), ("..", ".._")])
def test_a_controllers_spool_is_in_a_folder_of_its_own(name: str, folder: str):
    assert spool_of(Path("data"), name) == Path("data") / "spool" / folder
