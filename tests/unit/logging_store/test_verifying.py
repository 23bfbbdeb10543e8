import asyncio
import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from arena.errors import SetupError
from logging_store.cli import command
from logging_store.forgetting import forget_session
from logging_store.ledger import Ledger, open_ledger
from logging_store.sweeping import sweep, tidy, unswept_in
from logging_store.traces import Sought
from logging_store.verifying import EXCERPT, SHORTEST, excerpts, forgotten_ids, places, said_by_others, search
from tests.databases import PostgresServer, postgres_server
from tests.facts import a_said_conversation, a_visitor
from tests.launches import FakeLaunch

NOW = 1000.0
SECRET = "swordfish"


@pytest.fixture(scope="module")
def forgetful() -> Generator[PostgresServer]:
    """A PostgreSQL server whose log's old parts are removed instead of used again."""
    with postgres_server(options="-c wal_recycle=off -c min_wal_size=32MB") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database whose files nobody else writes to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite3"
    server: PostgresServer = request.getfixturevalue("forgetful")
    return server.fresh_database()


def _pgdata(url: str) -> Path | None:
    """Return the data directory of a test's server."""
    found = re.search(r"host=(.*)", url)
    return Path(found[1]) / "data" if found else None


async def _forget_one_of_two(ledger: Ledger) -> None:
    one, other = await a_visitor(ledger), await a_visitor(ledger)
    for number in range(20):
        await a_said_conversation(ledger, one, (f"{SECRET} {number}?", f"{SECRET}! " + "so it is. " * 300))
        await a_said_conversation(ledger, other, (f"haddock {number}?", "haddock!"))
    await forget_session(ledger, one.session_id, NOW)


async def _traces(ledger: Ledger, url: str, data: Path) -> Counter[int | None]:
    files, missing = places(url, data, _pgdata(url))
    sought = Sought(await forgotten_ids(ledger), [SECRET, "haddock"])
    searched = search(files, sought)
    assert (missing, searched.unread) == ([], [])
    return Counter(trace.phrase for trace in searched.traces)


async def test_old_copies_and_words_are_found_before_a_sweep_and_none_after(own_url: str, tmp_path: Path):
    async with open_ledger(own_url) as ledger:
        await _forget_one_of_two(ledger)
        before = await _traces(ledger, own_url, tmp_path)
        assert (await sweep(ledger)).is_clean
        after = await _traces(ledger, own_url, tmp_path)

    assert before[None] > 0
    assert before[0] > 0
    assert (after[None], after[0]) == (0, 0)
    assert after[1] >= 20


async def test_tidying_leaves_less_and_harms_nothing(own_url: str, tmp_path: Path):
    async with open_ledger(own_url) as ledger:
        await _forget_one_of_two(ledger)
        before = await _traces(ledger, own_url, tmp_path)

        assert await tidy(ledger)

        after = await _traces(ledger, own_url, tmp_path)
        assert after[None] <= before[None]
        assert len(await forgotten_ids(ledger)) == 20
        assert (await sweep(ledger)).is_clean  # the server is other tests' too


async def test_everything_that_was_forgotten_is_known_by_its_id(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("logging_store.verifying._IDS_AT_ONCE", 3)
    await _forget_one_of_two(ledger)

    assert len(await forgotten_ids(ledger)) == 20


async def test_what_others_say_too_proves_nothing(ledger: Ledger):
    await a_said_conversation(ledger, await a_visitor(ledger), ("haddock?", "How can I help?"))

    assert await said_by_others(ledger, "can I help")
    assert not await said_by_others(ledger, SECRET)


@given(st.lists(st.text(max_size=200), max_size=120))
def test_excerpts_are_pieces_of_what_was_said(texts: list[str]):
    found = excerpts(texts)

    assert len(found) <= 90
    assert all(SHORTEST <= len(each) <= EXCERPT for each in found)
    assert all(any(each in text.replace("\x00", "\ufffd") for text in texts) for each in found)


def test_every_file_of_an_arena_is_searched_also_what_a_broken_off_copy_left(tmp_path: Path):
    names = ["ledger.sqlite3", "ledger.sqlite3-wal", ".ledger.sqlite3.restoring", "spool/one/0.jsonl", "logs/a/b.log"]
    for name in [*names, "keys/chain.key"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    files, missing = places(f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path, logs=[tmp_path / "logs"])

    assert {str(file.relative_to(tmp_path)) for file in files} == set(names)
    assert missing == []


def _verify(url: str, data: Path, *options: str, words: str = "") -> tuple[int, str]:
    arguments = ["verify-forgotten", "--store", url, "--data", str(data), *options]
    done = CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False, input=words)
    return done.exit_code, done.stdout


async def _fill(url: str) -> None:
    async with open_ledger(url) as ledger:
        await _forget_one_of_two(ledger)
        assert (await sweep(ledger)).is_clean


def _options(url: str) -> list[str]:
    pgdata = _pgdata(url)
    return ["--pgdata", str(pgdata)] if pgdata else []


async def test_the_command_finds_nothing_where_nothing_is(own_url: str, tmp_path: Path):
    await _fill(own_url)

    code, said = await _in_a_thread(own_url, tmp_path, *_options(own_url), words=f"{SECRET}\n\n")

    assert code == 0
    assert "for forgotten turns 20, phrases 1: traces 0" in said
    assert "older backups" in said


async def test_the_command_names_file_and_offset_and_never_the_words(own_url: str, tmp_path: Path):
    await _fill(own_url)
    (tmp_path / "arena.log").write_text(f"what? {SECRET}")

    code, said = await _in_a_thread(
        own_url, tmp_path, "--log", str(tmp_path / "arena.log"), *_options(own_url), words=f"something else\n{SECRET}\n"
    )

    assert code == 1
    assert f"{tmp_path / 'arena.log'} at byte 6: phrase 2\n" in said
    assert SECRET not in said


async def test_what_cannot_be_searched_is_said(own_url: str, tmp_path: Path):
    await _fill(own_url)

    code, _ = await _in_a_thread(own_url, tmp_path, "--log", str(tmp_path / "missing.log"))

    assert code == 2


async def test_nothing_is_vouched_for_before_a_sweep(own_url: str, tmp_path: Path):
    await _fill(own_url)
    async with open_ledger(own_url) as ledger:
        one = await a_visitor(ledger)
        await a_said_conversation(ledger, one)
        assert (await _in_a_thread(own_url, tmp_path, *_options(own_url)))[0] == 0
        await forget_session(ledger, one.session_id, NOW)
        assert (await _in_a_thread(own_url, tmp_path, *_options(own_url)))[0] != 0
        assert await ledger.database.read(unswept_in)

        assert (await sweep(ledger)).is_clean

        assert not await ledger.database.read(unswept_in)
    assert (await _in_a_thread(own_url, tmp_path, *_options(own_url)))[0] == 0


async def _in_a_thread(url: str, data: Path, *options: str, words: str = "") -> tuple[int, str]:
    """Run the command beside this test's own event loop."""
    return await asyncio.to_thread(_verify, url, data, *options, words=words)


async def test_words_that_are_everywhere_are_refused(own_url: str, tmp_path: Path):
    await _fill(own_url)

    with pytest.raises(SetupError, match="at least 4 bytes"):
        await _in_a_thread(own_url, tmp_path, words="the\n")
