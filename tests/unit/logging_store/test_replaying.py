"""What waited on disk reaches the ledger once, and only what may."""

import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from arena.chat import Ending
from arena.errors import LedgerError
from arena.session import Scope
from logging_store.chain import Event
from logging_store.checking import faults
from logging_store.facts import BattleRecord, ConsentFact, ConversationFact, TurnFact, VoteFact
from logging_store.forgetting import forget_session
from logging_store.ledger import Ledger
from logging_store.replaying import Replayed, check_it_writes, replay
from logging_store.spool import Spool, open_spool
from logging_store.spool_file import Waiting
from logging_store.tables import links
from tests.facts import (
    ALL_SCOPES,
    a_consent,
    a_fought_battle,
    a_kept_battle,
    a_kept_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_vote,
    an_end,
)

NO_LOG = frozenset({Scope.SERVE})


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncGenerator[Spool]:
    async with open_spool(tmp_path / "spool" / "first", 10_000_000) as spool:
        yield spool


async def replayed(ledger: Ledger, spool: Spool) -> Replayed:
    done = Replayed()
    await replay(ledger, spool, done)
    assert spool.is_empty
    return done


async def a_home(ledger: Ledger) -> tuple[ConsentFact, ConversationFact]:
    consent = await a_visitor(ledger)
    return consent, await a_kept_conversation(ledger, consent)


async def test_an_end_that_waited_ends_its_turn_as_if_it_had_not(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    await ledger.open_turns(turn)
    await spool.append(Waiting(turn.id, end=an_end(turn.id, answer="Kept", worker="worker-1", prompt_tokens=7)))

    done = await replayed(ledger, spool)

    (kept,) = await ledger.turns_of(home.id)
    assert (kept.ending, kept.answer, kept.worker, kept.prompt_tokens) == (Ending.COMPLETED, "Kept", "worker-1", 7)
    assert (done.turns, done.dropped, done.broken) == (1, {}, 0)


async def test_turns_that_were_opened_on_disk_come_in_their_order(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    said = [a_turn(home.id, consent.id, position=position) for position in range(5)]
    again = dataclasses.replace(a_turn(home.id, consent.id, position=4), supersedes=said[4].id)
    for turn in [*said, again]:
        await spool.append(Waiting(turn.id, opened=turn))
        await spool.append(Waiting(turn.id, end=an_end(turn.id)))

    done = await replayed(ledger, spool)

    kept = await ledger.turns_of(home.id)
    assert [turn.id for turn in kept] == [turn.id for turn in [*said, again]]
    assert {turn.ending for turn in kept} == {Ending.COMPLETED}
    assert done.turns == 6


async def test_what_is_replayed_twice_is_there_once(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    for _ in range(2):
        await spool.append(Waiting(turn.id, opened=turn), Waiting(turn.id, end=an_end(turn.id)))
        done = await replayed(ledger, spool)
        assert (done.turns, done.dropped) == (1, {})

    (kept,) = await ledger.turns_of(home.id)
    assert kept.ending is Ending.COMPLETED
    assert await count_links(ledger, turn.id) == {Event.TURN_OPENED: 1, Event.TURN_ENDED: 1}


async def count_links(ledger: Ledger, turn_id: str) -> dict[Event, int]:
    query = select(links.c.event, func.count()).where(links.c.record_id == turn_id).group_by(links.c.event)
    async with ledger.database.reader.connect() as connection:
        return {row[0]: row[1] for row in await connection.execute(query)}


async def test_a_turn_that_was_opened_on_disk_and_has_not_ended_stays_open(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    await spool.append(Waiting(turn.id, opened=turn))

    await replayed(ledger, spool)

    assert await ledger.turns_of(home.id) == (turn,)


async def test_the_end_that_a_visitor_was_told_of_wins_over_lost(ledger: Ledger, ledger_url: str, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    await ledger.open_turns(turn)
    assert await ledger.lose_open_turns("first", 9.5) == 1
    await spool.append(Waiting(turn.id, end=an_end(turn.id, answer="Found again")))

    for _ in range(2):
        await replayed(ledger, spool)

    (kept,) = await ledger.turns_of(home.id)
    assert (kept.ending, kept.answer) == (Ending.COMPLETED, "Found again")
    assert (await count_links(ledger, turn.id))[Event.TURN_ENDED] == 2
    assert [fault async for fault in faults(ledger_url, 99.5)] == []


async def test_an_end_that_was_written_first_stays(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    await ledger.open_turns(turn)
    await ledger.finish_turn(an_end(turn.id, answer="First"))
    await spool.append(Waiting(turn.id, end=an_end(turn.id, answer="Second")))

    await replayed(ledger, spool)

    (kept,) = await ledger.turns_of(home.id)
    assert kept.answer == "First"


@pytest.mark.parametrize("was_lost", [True, False])
async def test_what_was_forgotten_meanwhile_stays_forgotten(ledger: Ledger, spool: Spool, was_lost: bool):
    consent, home = await a_home(ledger)
    begun, on_disk = a_turn(home.id, consent.id), a_turn(home.id, consent.id, position=1, text="secret")
    await ledger.open_turns(begun)
    if was_lost:
        await ledger.lose_open_turns("first", 9.5)
    await spool.append(Waiting(begun.id, end=an_end(begun.id, answer="secret")))
    await spool.append(Waiting(on_disk.id, opened=on_disk, end=an_end(on_disk.id, answer="secret")))
    await forget_session(ledger, consent.session_id, 10.5)

    done = await replayed(ledger, spool)

    kept = await ledger.turns_of(home.id)
    assert "secret" not in repr(kept)
    assert dict(done.dropped) == {"consent_required": 1}


async def test_what_a_visitor_withdrew_meanwhile_is_dropped_with_all_that_hangs_on_it(ledger: Ledger, spool: Spool):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    again = a_turn(home.id, consent.id, supersedes=turn.id)
    for each in (turn, again):
        await spool.append(Waiting(each.id, opened=each), Waiting(each.id, end=an_end(each.id)))
    await ledger.add_consent(a_consent(consent.session_id, NO_LOG, accepted_at=9.5))

    done = await replayed(ledger, spool)

    assert await ledger.turns_of(home.id) == ()
    assert (done.turns, dict(done.dropped)) == (0, {"consent_required": 2})


KEPT_ONLY = frozenset({Scope.SERVE, Scope.LOG})


@pytest.mark.parametrize(
    ("said_under", "later", "is_under_later"),
    [
        (ALL_SCOPES, KEPT_ONLY, True),
        (KEPT_ONLY, KEPT_ONLY, True),
        (KEPT_ONLY, ALL_SCOPES, False),
        (KEPT_ONLY | {Scope.SHARE}, KEPT_ONLY | {Scope.RELEASE}, False),
    ],
)
async def test_what_waited_while_the_consent_changed_is_under_the_one_that_allows_less(
    ledger: Ledger, spool: Spool, said_under: frozenset[Scope], later: frozenset[Scope], is_under_later: bool
):
    session = a_session()
    await ledger.add_session(session)
    first, second = a_consent(session.id, said_under), a_consent(session.id, later, accepted_at=9.5)
    await ledger.add_consent(first)
    home = await a_kept_conversation(ledger, first)
    turn = a_turn(home.id, first.id)
    await spool.append(Waiting(turn.id, opened=turn, end=an_end(turn.id)))
    await ledger.add_consent(second)

    await replayed(ledger, spool)

    (kept,) = await ledger.turns_of(home.id)
    assert (kept.consent_id, kept.ending) == ((second if is_under_later else first).id, Ending.COMPLETED)


async def test_what_a_vote_elsewhere_has_closed_takes_no_turn_more(ledger: Ledger, spool: Spool):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)
    late = a_turn(battle.conversation_a, consent.id, position=1)
    await spool.append(Waiting(late.id, opened=late, end=an_end(late.id)))

    def decide(_: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id)

    await ledger.cast_vote(battle.id, decide)

    assert dict((await replayed(ledger, spool)).dropped) == {"battle_closed": 1}
    assert len(await ledger.turns_of(battle.conversation_a)) == 1


async def test_turns_of_another_ledger_are_dropped_and_said(
    ledger: Ledger, spool: Spool, caplog: pytest.LogCaptureFixture
):
    turn = a_turn("f" * 32, "e" * 32, text="a secret")
    await spool.append(Waiting(turn.id, opened=turn, end=an_end(turn.id)))

    assert dict((await replayed(ledger, spool)).dropped) == {"not_found": 1}
    assert turn.id in caplog.text
    assert "a secret" not in caplog.text


class BreakingLedger(Ledger):
    """A real ledger that goes away after one turn."""

    is_gone = False

    async def open_turns(self, *opened: TurnFact) -> None:
        if self.is_gone:
            raise LedgerError
        self.is_gone = True
        await super().open_turns(*opened)


async def test_a_replay_that_breaks_off_goes_on_where_it_was(ledger: Ledger, spool: Spool):
    consent = await a_visitor(ledger)
    battle = await a_kept_battle(ledger, consent)
    said = [a_turn(each, consent.id) for each in (battle.conversation_a, battle.conversation_b)]
    for turn in said:
        await spool.append(Waiting(turn.id, opened=turn), Waiting(turn.id, end=an_end(turn.id)))

    with pytest.raises(LedgerError):
        await replay(BreakingLedger(ledger.database), spool, Replayed())
    assert spool.waiting == 2
    await replayed(ledger, spool)

    record = await ledger.battle_record(battle.id)
    assert record is not None
    assert [turn.ending for turn in record.turns_a + record.turns_b] == [Ending.COMPLETED] * 2
    for turn in said:
        assert await count_links(ledger, turn.id) == {Event.TURN_OPENED: 1, Event.TURN_ENDED: 1}


async def test_whether_a_ledger_writes_is_found_out_without_changing_it(ledger: Ledger):
    consent, home = await a_home(ledger)
    turn = a_turn(home.id, consent.id)
    await ledger.open_turns(turn)

    await check_it_writes(ledger)

    assert await ledger.turns_of(home.id) == (turn,)
