import asyncio
import io
import json
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters, ReactionKind
from arena.errors import BrokenDump, SetupError
from arena.leaderboard import BoardFigures, Leaderboard
from arena.session import Scope
from logging_store.api_keys import add_key
from logging_store.cli import command
from logging_store.dumping import dump_ledger, load_ledger
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.usage import count_usage
from tests.databases import PostgresServer
from tests.facts import (
    a_kept_battle,
    a_kept_conversation,
    a_reaction,
    a_said_conversation,
    a_session,
    a_turn,
    a_usage,
    a_visitor,
    a_voted_battle,
    an_api_key,
    an_end,
)
from tests.launches import FakeLaunch
from tests.tables import a_copy_of_an_empty_ledger, all_rows


async def _dump(ledger: Ledger) -> bytes:
    out = io.BytesIO()
    await dump_ledger(ledger, out)
    return out.getvalue()


async def _load(ledger: Ledger, dump: bytes) -> None:
    await load_ledger(ledger, dump.splitlines(keepends=True))


async def _fill(ledger: Ledger) -> None:
    """Something in every table, with values that are easily lost on the way."""
    consent = await a_visitor(ledger, frozenset({Scope.SERVE, Scope.LOG}))
    conversation = await a_said_conversation(ledger, consent, ('a\u2028\n"\\b\x00', "\U0001f600 é"), ("", ""))
    (first, _) = await ledger.turns_of(conversation.id)
    again = a_turn(
        conversation.id,
        consent.id,
        supersedes=first.id,
        parameters=Parameters(temperature=0.1, max_tokens=7),
        opened_at=1700000000.123456,
    )
    await ledger.open_turns(again)
    await ledger.add_reaction(a_reaction(first.id, consent.session_id, kind=ReactionKind.FLAG))
    await a_voted_battle(ledger, consent, Outcome.BOTH_BAD, ("stopped_answer", "flood"))
    await a_kept_battle(ledger, consent, pair_probability=None, mode=Mode.SIDE_BY_SIDE)
    await ledger.save_leaderboard(Leaderboard(), 1.5)
    await ledger.save_figures("code", [BoardFigures(html="<p>é</p>", updated_at=1.25)])
    await give_code(ledger, consent.session_id, 1.25)
    await add_key(ledger, an_api_key(models=("echo",), tokens_per_day=2**40, expires_at=9.25))
    await count_usage(ledger, [a_usage(nanodollars=2**60)], "2026-11-21")
    leaving = await a_visitor(ledger)
    await a_said_conversation(ledger, leaving)
    await forget(ledger, await give_code(ledger, leaving.session_id, 1.5), 2.5)


async def test_a_dump_loaded_is_the_same_ledger(ledger: Ledger, tmp_path: Path):
    await _fill(ledger)
    dump = await _dump(ledger)

    async with open_ledger(f"sqlite:///{tmp_path}/second.sqlite3") as second:
        await _load(second, dump)
        assert await all_rows(second) == await all_rows(ledger)
        assert await _dump(second) == dump


async def test_a_ledger_moves_to_postgresql_and_goes_on_there(ledger: Ledger, postgres: PostgresServer):
    await _fill(ledger)
    async with open_ledger(postgres.fresh_database()) as second:
        await _load(second, await _dump(ledger))
        moved = await all_rows(second)
        await second.save_leaderboard(Leaderboard(), 2.5)

        assert moved == await all_rows(ledger)
        assert len((await all_rows(second))["leaderboards"]) == 2


async def test_a_turn_may_supersede_one_with_a_later_id(ledger: Ledger, tmp_path: Path):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    chain = [a_turn(conversation.id, consent.id, id=f"{number:032x}") for number in (9, 5, 7, 2)]
    before = None
    for turn in chain:
        await ledger.open_turns(a_turn(conversation.id, consent.id, id=turn.id, supersedes=before))
        await ledger.finish_turn(an_end(turn.id))
        await ledger.add_reaction(a_reaction(turn.id, consent.session_id))
        before = turn.id

    async with open_ledger(f"sqlite:///{tmp_path}/second.sqlite3") as second:
        await _load(second, await _dump(ledger))
        assert await all_rows(second) == await all_rows(ledger)


async def test_a_dump_is_not_loaded_over_what_is_there(ledger: Ledger):
    await ledger.add_session(a_session())
    with pytest.raises(SetupError, match="not empty"):
        await _load(ledger, await _dump(ledger))


async def test_no_part_of_a_dump_is_taken_for_the_whole(ledger: Ledger, tmp_path: Path):
    await _fill(ledger)
    lines = (await _dump(ledger)).splitlines(keepends=True)
    torn = [lines[:-1], lines[:3] + lines[4:], [*lines[:-2], lines[-2][:9]], lines[1:], [b"[]\n"], []]
    changed = [[line.replace(b"Hello", b"Jello") for line in lines], [*lines[:4], lines[3], *lines[4:]]]

    async with open_ledger(f"sqlite:///{tmp_path}/second.sqlite3") as second:
        for broken in torn + changed:
            with pytest.raises(BrokenDump):
                await load_ledger(second, broken)
            assert not any((await second.row_counts()).values())


async def test_rows_of_a_newer_program_are_refused_by_their_line(ledger: Ledger, tmp_path: Path):
    await ledger.add_session(a_session())
    dump = (await _dump(ledger)).replace(b'"opened_at"', b'"from_tomorrow"')
    (line,) = (number for number, each in enumerate(dump.splitlines(), start=1) if b'"from_tomorrow"' in each)

    async with open_ledger(f"sqlite:///{tmp_path}/second.sqlite3") as second:
        with pytest.raises(BrokenDump, match=f"line {line} of the dump: this version"):
            await _load(second, dump)


TEXTS = st.text(max_size=40)
TIMES = st.floats(min_value=0, max_value=4e9, allow_nan=False)


@st.composite
def turn_values(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any] | None]:
    opened = {
        "text": draw(TEXTS),
        "opened_at": draw(TIMES),
        "parameters": Parameters(
            temperature=draw(st.none() | st.floats(0, 2)), top_p=draw(st.none() | st.floats(0.01, 1))
        ),
    }
    ended = {
        "ending": draw(st.sampled_from(Ending)),
        "finished_at": draw(TIMES),
        "answer": draw(TEXTS),
        "reasoning": draw(TEXTS),
        "worker": draw(st.none() | st.just("w")),
        "first_word_at": draw(st.none() | TIMES),
        "completion_tokens": draw(st.none() | st.integers(0, 2**31 - 1)),
    }
    return opened, draw(st.none() | st.just(ended))


async def _there_and_back(
    first_url: str, second_url: str, said: list[tuple[dict[str, Any], dict[str, Any] | None]]
) -> tuple[Any, Any]:
    async with open_ledger(first_url) as first, open_ledger(second_url) as second:
        consent = await a_visitor(first)
        conversation = await a_kept_conversation(first, consent)
        for position, (opened, ended) in enumerate(said):
            turn = a_turn(conversation.id, consent.id, position=position, **opened)
            await first.open_turns(turn)
            if ended:
                await first.finish_turn(an_end(turn.id, **ended))
        await _load(second, await _dump(first))
        return await all_rows(first), await all_rows(second)


@settings(max_examples=20, deadline=None)
@given(st.lists(turn_values(), max_size=4))
def test_dump_and_load_are_the_identity(said: list[tuple[dict[str, Any], dict[str, Any] | None]]):
    with tempfile.TemporaryDirectory() as folder:
        urls = [a_copy_of_an_empty_ledger(Path(folder)) for _ in range(2)]
        first, second = asyncio.run(_there_and_back(urls[0], urls[1], said))

    assert first == second


def _store(*arguments: str, given: bytes | None = None) -> bytes:
    done = CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False, input=given)
    assert done.exit_code == 0
    return done.stdout_bytes


async def _filled(url: str) -> None:
    async with open_ledger(url) as ledger:
        await _fill(ledger)


def test_a_ledger_moves_through_a_pipe_and_through_a_file(ledger_url: str, tmp_path: Path):
    asyncio.run(_filled(ledger_url))
    file = tmp_path / "dumps" / "ledger.jsonl"

    through_pipe = _store("dump", "-", "--store", ledger_url)
    _store("load", "-", "--data", str(tmp_path / "second"), given=through_pipe)
    _store("dump", str(file), "--data", str(tmp_path / "second"))
    _store("load", str(file), "--data", str(tmp_path / "third"))

    assert file.read_bytes() == through_pipe == _store("dump", "-", "--data", str(tmp_path / "third"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(through_pipe.splitlines()[-1])["end"]["turns"] == 6


def test_a_dump_is_not_written_over_another_file(tmp_path: Path):
    file = tmp_path / "ledger.jsonl"
    file.write_text("mine")
    _store("migrate", "--data", str(tmp_path))

    with pytest.raises(SetupError, match="is there already"):
        _store("dump", str(file), "--data", str(tmp_path))

    assert file.read_text() == "mine"
    assert list(tmp_path.glob(".*")) == []
