"""Conversations on which a step breaks: reported by id, counted, and no reason to stop, unless there are many."""

import asyncio
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from export.names import step
from export.release import mapping, recipe
from export.release.forms import Released
from export.release.making import TooManyFailures, make_release
from export.release.progress import Quiet
from export.release.steps import Bundle, Row
from logging_store.ledger import open_ledger
from tests.facts import a_said_conversation, a_visitor, a_voted_battle
from tests.releasing import an_order, manifest_of, release

POISON = "a text that breaks it"


class Heard(Quiet):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []

    def note(self, kind: str, **facts: Any) -> None:
        self.notes.append({"kind": kind, **facts})


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process makes each recipe once: here steps are exchanged, which no other test in this process may notice."""
    monkeypatch.setattr(mapping, "_steps", recipe.ready)


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> None:
    def normalise(row: Row) -> Row:
        if POISON in row.texts:
            raise ValueError(row.texts)
        return row

    monkeypatch.setattr(recipe, "normalise", normalise)


async def _ledger(url: str, good: int, bad: int) -> list[str]:
    """Fill a ledger; return the ids of what breaks a step."""
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        for _ in range(good):
            await a_said_conversation(ledger, consent)
        return [(await a_said_conversation(ledger, consent, (POISON, "Oh."))).id for _ in range(bad)]


@pytest.mark.usefixtures("breakable")
async def test_it_is_reported_by_its_id_and_the_rest_is_released(tmp_path: Path):
    url, heard = f"sqlite:///{tmp_path}/ledger.sqlite3", Heard()
    (poisoned,) = await _ledger(url, 3, 1)

    manifest = await asyncio.to_thread(release, url, tmp_path / "out", heard)

    assert manifest["counts"] == {"read": 4, "released": 3, "dropped": {"failed": 1}}
    (note,) = heard.notes
    assert (note["kind"], note["conversation"], note["error"]) == ("failed", poisoned, "ValueError")
    assert POISON not in str(note)


async def test_what_breaks_when_a_row_is_written_down_is_told_like_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def notes(released: Released, bundle: Bundle, is_battle: bool, seed: int) -> dict[str, Any]:
        if POISON in repr(released.columns):
            raise OverflowError("a year of no calendar")
        return as_ever(released, bundle, is_battle, seed)

    as_ever = mapping.notes
    monkeypatch.setattr(mapping, "notes", notes)
    url, heard = f"sqlite:///{tmp_path}/ledger.sqlite3", Heard()
    (poisoned,) = await _ledger(url, 3, 1)

    manifest = await asyncio.to_thread(release, url, tmp_path / "out", heard)

    assert manifest["counts"] == {"read": 4, "released": 3, "dropped": {"failed": 1}}
    assert [(note["conversation"], note["step"]) for note in heard.notes] == [(poisoned, "write as chat-1m")]


@pytest.mark.usefixtures("breakable")
async def test_a_step_that_breaks_on_many_stops_the_release(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    await _ledger(url, 3, 11)

    with pytest.raises(TooManyFailures, match="11 conversations"):
        await asyncio.to_thread(release, url, tmp_path / "out", Heard())


async def test_what_breaks_in_several_formats_is_counted_once(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        for _ in range(4):
            await a_voted_battle(ledger, consent)
        await ledger.database.write(lambda connection: connection.execute(text("UPDATE votes SET voted_at = -1")))

    await asyncio.to_thread(
        make_release, an_order(url, tmp_path / "out", format=["arena-battles", "preference-140k"]), Heard()
    )

    assert manifest_of(tmp_path / "out/arena-battles")["counts"]["dropped"] == {"failed": 4}


async def test_a_broken_finder_of_names_is_told_like_any_other_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(_engine: step.NameEngine) -> Any:
        def redacted(bundle: Bundle) -> Bundle:
            raise RuntimeError("a model fell over")

        return redacted

    monkeypatch.setattr(recipe, "names_redacted", broken)
    url, heard = f"sqlite:///{tmp_path}/ledger.sqlite3", Heard()
    await _ledger(url, 2, 0)

    manifest = await asyncio.to_thread(release, url, tmp_path / "out", heard, names="balanced")

    assert manifest["counts"] == {"read": 2, "released": 0, "dropped": {"failed": 2}}
    assert {note["error"] for note in heard.notes} == {"RuntimeError"}


FORMS = ["chat-1m", "arena-battles", "preference-140k", "full"]
NO_TIMES = [1e18, -1.0, float("inf"), 253402300800.0]


async def _altered(url: str, table: str, column: str, at: float, which: str) -> None:
    async with open_ledger(url) as ledger:
        order = text(f"UPDATE {table} SET {column} = :at WHERE {which} = (SELECT min({which}) FROM {table})")
        await ledger.database.write(lambda connection: connection.execute(order, {"at": at}))


@pytest.mark.parametrize("at", NO_TIMES)
async def test_a_vote_at_no_time_of_a_calendar_is_left_out_of_what_tells_it(tmp_path: Path, at: float):
    url, out, heard = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out", Heard()
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        battles = [await a_voted_battle(ledger, consent) for _ in range(3)]
    await _altered(url, "votes", "voted_at", at, "battle_id")

    await asyncio.to_thread(make_release, an_order(url, out, format=FORMS), heard)

    counts = {form: manifest_of(out / form)["counts"] for form in FORMS}
    assert counts["chat-1m"]["dropped"] == {}
    assert counts["arena-battles"] == {"read": 3, "released": 2, "dropped": {"failed": 1}}
    assert counts["preference-140k"] == {"read": 3, "released": 2, "dropped": {"failed": 1}}
    assert counts["full"] == {"read": 6, "released": 6, "dropped": {}}
    sides = pq.read_table(out / "full" / "data").select(["winner", "voted_on"]).to_pylist()
    assert sorted((each["winner"], each["voted_on"] is None) for each in sides) == [
        ("model_a", at) for at in 4 * [False] + 2 * [True]
    ]
    poisoned = min(battles, key=lambda each: each.id)
    assert {note["conversation"] for note in heard.notes} == {poisoned.conversation_a, poisoned.conversation_b}


@pytest.mark.parametrize("at", NO_TIMES)
@pytest.mark.parametrize(("table", "column"), [("turns", "finished_at"), ("conversations", "opened_at")])
async def test_a_conversation_at_no_time_of_a_calendar_is_left_out(tmp_path: Path, table: str, column: str, at: float):
    url, out, heard = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out", Heard()
    await _ledger(url, 3, 0)
    await _altered(url, table, column, at, "id")

    manifest = await asyncio.to_thread(release, url, out, heard)

    assert manifest["counts"] == {"read": 3, "released": 2, "dropped": {"failed": 1}}
    assert manifest["date"] == "1970-01-01"
    assert len(heard.notes) == 1
