import io
from dataclasses import replace
from pathlib import Path

import pytest

from arena.errors import NotFound
from logging_store import burying
from logging_store.backups import load
from logging_store.burying import Applied, apply_in, apply_to
from logging_store.checking import faults
from logging_store.dumping import dump_ledger
from logging_store.facts import ConsentFact, ConversationFact
from logging_store.forgetting import forget_session
from logging_store.ledger import Ledger, open_ledger
from logging_store.tombstone_file import Tombstone, add_tombstone, digest
from tests.facts import a_kept_conversation, a_said_conversation, a_session, a_turn, a_visitor, a_voted_battle, an_end
from tests.tables import all_rows

NOW = 1000.0


async def _buried(ledger: Ledger, file: Path) -> tuple[ConsentFact, ConversationFact]:
    """Put a visitor into the ledger of whom the file says that all is forgotten: as if its commit had never come."""
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, ("swordfish", "swordfish!"))
    await a_voted_battle(ledger, consent)
    add_tombstone(file, Tombstone((digest(conversation.id),), NOW, "asked", session=digest(consent.session_id)))
    return consent, conversation


async def test_what_a_broken_off_deletion_left_is_forgotten_as_if_it_had_not_broken_off(ledger: Ledger, tmp_path: Path):
    kept = await a_said_conversation(ledger, await a_visitor(ledger), ("haddock", "haddock!"))
    consent, _ = await _buried(ledger, tmp_path / "stones")

    assert await apply_to(ledger, [tmp_path / "stones"]) == Applied(sessions=1)

    rows = str({name: rows for name, rows in (await all_rows(ledger)).items() if name != "links"})
    assert not [word for word in ("swordfish", consent.session_id, consent.id) if word in rows]
    assert [turn.text for turn in await ledger.turns_of(kept.id)] == ["haddock"]
    with pytest.raises(NotFound):
        await forget_session(ledger, consent.session_id, NOW)


async def test_applying_twice_changes_nothing(ledger_url: str, tmp_path: Path):
    async with open_ledger(ledger_url, key=b"a key", writer="test") as ledger:
        await _buried(ledger, tmp_path / "stones")
        await apply_to(ledger, [tmp_path / "stones"])
        once = await all_rows(ledger)

        again = await apply_to(ledger, [tmp_path / "stones"])

        assert again.is_nothing
        assert await all_rows(ledger) == once
    assert [fault async for fault in faults(ledger_url, NOW, b"a key")] == []


async def test_it_can_be_part_of_a_transaction_that_is_taken_back(ledger: Ledger, tmp_path: Path):
    await _buried(ledger, tmp_path / "stones")
    before = await all_rows(ledger)

    class Broken(Exception):
        pass

    async def apply_and_break(connection: burying.AsyncConnection) -> None:
        assert not (await apply_in(connection, [tmp_path / "stones"])).is_nothing
        raise Broken

    with pytest.raises(Broken):
        await ledger.database.write(apply_and_break)
    assert await all_rows(ledger) == before


async def test_what_a_visitor_said_after_a_deletion_that_failed_stays(ledger: Ledger, tmp_path: Path):
    consent, conversation = await _buried(ledger, tmp_path / "stones")
    later = await a_kept_conversation(ledger, consent, opened_at=NOW + 1)
    for home, position in ((conversation, 1), (later, 0)):
        turn = a_turn(home.id, consent.id, position=position, text="later", opened_at=NOW + 1)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, finished_at=NOW + 2))

    await apply_to(ledger, [tmp_path / "stones"])

    assert "swordfish" not in str(await all_rows(ledger))
    assert [turn.text for turn in await ledger.turns_of(conversation.id)] == ["", "later"]
    assert [turn.text for turn in await ledger.turns_of(later.id)] == ["later"]


async def test_what_was_said_before_a_deletion_that_failed_is_forgotten_also_if_it_ended_later(
    ledger: Ledger, tmp_path: Path
):
    consent, conversation = await _buried(ledger, tmp_path / "stones")
    for position, opened_at in ((1, NOW - 1), (2, NOW + 2)):
        turn = a_turn(conversation.id, consent.id, position=position, text=f"at {opened_at}", opened_at=opened_at)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, finished_at=NOW + 3))

    await apply_to(ledger, [tmp_path / "stones"])

    assert [turn.text for turn in await ledger.turns_of(conversation.id)] == ["", "", f"at {NOW + 2}"]


async def test_a_clock_that_was_set_back_before_the_deletion_lets_nothing_come_back(ledger: Ledger, tmp_path: Path):
    consent = await a_visitor(ledger)
    await a_said_conversation(ledger, consent, ("swordfish", "swordfish!"))
    backup = io.BytesIO()
    await dump_ledger(ledger, backup)

    await forget_session(ledger, consent.session_id, 0.5, tombstones=tmp_path / "stones")

    copy = f"sqlite:///{tmp_path}/copy"
    restored = await load(backup.getvalue().splitlines(keepends=True), copy, tombstones=[tmp_path / "stones"])
    assert restored.applied == Applied(sessions=1)
    async with open_ledger(copy) as restored_ledger:
        assert "swordfish" not in str(await all_rows(restored_ledger))


async def test_a_session_that_was_made_again_since_is_another_one(ledger: Ledger, tmp_path: Path):
    again = a_session(opened_at=NOW + 1)
    await ledger.add_session(again)
    add_tombstone(tmp_path / "stones", Tombstone((), NOW, "asked", session=digest(again.id)))

    await apply_to(ledger, [tmp_path / "stones"])

    assert await ledger.session_by_token(again.token_hash) == again


async def test_of_two_lines_for_one_conversation_the_one_counts_that_takes_more(ledger: Ledger, tmp_path: Path):
    conversation = await a_said_conversation(ledger, await a_visitor(ledger))
    stone = Tombstone((digest(conversation.id),), NOW, "retention", before=6.0)
    for before in (5.0, 6.0, 4.0):
        add_tombstone(tmp_path / "stones", replace(stone, before=before))

    assert (await apply_to(ledger, [tmp_path / "stones"])).conversations == 1
    assert [turn.text for turn in await ledger.turns_of(conversation.id)] == [""]


async def test_many_lines_are_applied_a_portion_at_a_time(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(burying, "MOST_DIGESTS", 3)
    monkeypatch.setattr(burying, "IDS_AT_ONCE", 2)
    for _ in range(5):
        await _buried(ledger, tmp_path / "stones")

    assert (await apply_to(ledger, [tmp_path / "stones"])).sessions == 5
    assert "swordfish" not in str(await all_rows(ledger))
