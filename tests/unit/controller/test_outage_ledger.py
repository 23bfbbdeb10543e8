"""What visitors do while the ledger hangs: what is acknowledged is never lost, and what may be lost is refused."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from arena.battle import Outcome
from arena.chat import Ending
from arena.errors import AlreadyVoted, LedgerError, NotYours, Unconfirmed
from arena.ids import new_id
from arena.session import Scope
from controller.battle_rules import decide_vote
from controller.metrics import Metrics
from controller.outage_ledger import SteadyLedger
from controller.outage_recovery import Outage, Recovery, prepared
from logging_store.facts import BattleFact, BattleRecord, ConsentFact, ConversationFact, TurnFact, VoteFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.spool import open_spool
from logging_store.spool_file import Waiting, spool_of
from tests.arenas import settings_for
from tests.facts import (
    a_consent,
    a_conversation,
    a_fought_battle,
    a_kept_conversation,
    a_session,
    a_turn,
    a_visitor,
    an_end,
)
from tests.ledger_faults import blocked

PATIENCE = 20.0
SECONDS = 1.0
"""For which the ledger is waited for here."""


@dataclass
class House:
    """A controller's ledger with its spool, and beside it what is really in the database."""

    url: str
    outage: Outage
    truth: Ledger
    metrics: Metrics

    @property
    def kept(self) -> SteadyLedger:
        return self.outage.ledger

    async def recovered(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.outage.watch.is_away:
                await asyncio.sleep(0.01)
        assert self.kept.spool.is_empty

    async def fall(self) -> None:
        """Let it be found out that nothing can be written now."""
        with pytest.raises(Unconfirmed):
            await self.kept.add_session(a_session())


@asynccontextmanager
async def a_house(
    url: str, folder: Path, when: Literal["pause", "go_on"] = "pause", *, recovers: bool = True
) -> AsyncGenerator[House]:
    settings = settings_for(folder, store_url=url, ledger_seconds=SECONDS, when_ledger_fails=when)
    async with open_ledger(url) as ledger:
        truth = Ledger(ledger.database)
        async with prepared(settings, ledger) as outage:
            house = House(url, outage, truth, Metrics())
            async with Recovery(outage, house.metrics).watched() if recovers else nullcontext():
                yield house


@pytest.fixture
async def house(ledger_url: str, tmp_path: Path) -> AsyncGenerator[House]:
    """One where all pauses while the ledger is away, on each kind of database."""
    async with a_house(ledger_url, tmp_path) as house:
        yield house


@pytest.fixture
async def lasting(ledger_url: str, tmp_path: Path) -> AsyncGenerator[House]:
    """One where chats go on while the ledger is away, on each kind of database."""
    async with a_house(ledger_url, tmp_path, "go_on") as house:
        yield house


async def an_open_turn(ledger: Ledger) -> TurnFact:
    consent = await a_visitor(ledger)
    turn = a_turn((await a_kept_conversation(ledger, consent)).id, consent.id)
    await ledger.open_turns(turn)
    return turn


def voting(session_id: str, outcome: Outcome) -> Callable[[BattleRecord], VoteFact]:
    vote_id = new_id()
    return lambda record: decide_vote(record, session_id, outcome, vote_id, 9.5)


async def test_an_end_that_the_ledger_does_not_take_in_time_waits_on_disk(house: House):
    turn = await an_open_turn(house.kept)
    async with blocked(house.url):
        async with asyncio.timeout(5):
            assert await house.kept.finish_turn(an_end(turn.id, answer="Kept"))
        assert house.kept.spool.waiting == 1
        (still,) = await house.truth.turns_of(turn.conversation_id)
        assert still.ending is None

    await house.recovered()
    (kept,) = await house.truth.turns_of(turn.conversation_id)
    assert (kept.ending, kept.answer) == (Ending.COMPLETED, "Kept")


async def test_once_it_is_away_nobody_waits_for_it(house: House):
    turns = [await an_open_turn(house.kept) for _ in range(20)]
    async with blocked(house.url):
        await house.fall()
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(house.kept.finish_turn(an_end(turn.id)) for turn in turns))
        with pytest.raises(LedgerError):
            await house.kept.consent_of("anybody's")
        assert asyncio.get_running_loop().time() - began < SECONDS

    await house.recovered()
    ended = [await house.truth.turns_of(turn.conversation_id) for turn in turns]
    assert {turn.ending for (turn,) in ended} == {Ending.COMPLETED}


async def test_an_end_that_neither_ledger_nor_disk_takes_is_not_acknowledged(house: House):
    turn = await an_open_turn(house.kept)
    shutil.rmtree(house.kept.spool.folder)
    async with blocked(house.url):
        with pytest.raises(LedgerError):
            await house.kept.finish_turn(an_end(turn.id))


async def test_a_turn_of_which_nobody_knows_whether_it_was_opened_blocks_no_conversation(house: House):
    consent = await a_visitor(house.kept)
    home = await a_kept_conversation(house.kept, consent)
    async with blocked(house.url):
        with pytest.raises(Unconfirmed):
            await house.kept.open_turns(a_turn(home.id, consent.id))

    await house.recovered()
    turns = await house.truth.turns_of(home.id)
    assert [turn.ending for turn in turns] in ([], [Ending.FAILED])
    await house.kept.open_turns(a_turn(home.id, consent.id, position=len(turns)))


async def test_a_vote_waits_no_longer_than_is_set_and_is_not_acknowledged(house: House):
    consent = await a_visitor(house.kept)
    battle = await a_fought_battle(house.kept, consent)
    async with blocked(house.url):
        async with asyncio.timeout(5):
            with pytest.raises(Unconfirmed):
                await house.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))
            with pytest.raises(LedgerError) as refused:
                await house.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))

    assert type(refused.value) is LedgerError, "while it is known to be away nothing is tried"


async def a_vote_that_came_through(house: House) -> tuple[BattleFact, VoteFact]:
    """Give a vote up that is carried out later."""
    consent = await a_visitor(house.kept)
    battle = await a_fought_battle(house.kept, consent)
    async with blocked(house.url):
        with pytest.raises(Unconfirmed):
            await house.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))
    await house.recovered()
    record = await house.truth.battle_record(battle.id)
    assert record is not None
    assert record.vote is not None
    return battle, record.vote


async def test_who_votes_the_same_again_gets_the_vote_that_came_through(house: House):
    battle, first = await a_vote_that_came_through(house)

    assert await house.kept.cast_vote(battle.id, voting(battle.session_id, Outcome.TIE)) == first
    assert (await house.truth.row_counts())["votes"] == 1


async def test_who_votes_differently_after_a_vote_that_came_through_is_refused(house: House):
    battle, _ = await a_vote_that_came_through(house)

    with pytest.raises(AlreadyVoted):
        await house.kept.cast_vote(battle.id, voting(battle.session_id, Outcome.MODEL_A))
    with pytest.raises(NotYours):
        await house.kept.cast_vote(battle.id, voting("somebody else", Outcome.TIE))


async def test_a_vote_that_was_acknowledged_is_not_cast_again(house: House):
    consent = await a_visitor(house.kept)
    battle = await a_fought_battle(house.kept, consent)
    await house.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))

    with pytest.raises(AlreadyVoted):
        await house.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))


async def a_known_home(house: House) -> tuple[ConsentFact, ConversationFact]:
    """A conversation as the controller sees one when its visitor comes."""
    consent = await a_visitor(house.kept)
    return consent, await a_kept_conversation(house.kept, consent)


async def chat(ledger: Ledger, consent: ConsentFact, home: ConversationFact) -> TurnFact:
    """Play a turn as the controller does."""
    turn = a_turn(home.id, consent.id, position=len(await ledger.turns_of(home.id)))
    await ledger.open_turns(turn)
    await ledger.finish_turn(an_end(turn.id))
    return turn


async def test_a_known_conversation_goes_on_and_reaches_the_ledger_in_order(lasting: House):
    consent, home = await a_known_home(lasting)
    said = [await chat(lasting.kept, consent, home)]
    async with blocked(lasting.url):
        await lasting.fall()
        said += [await chat(lasting.kept, consent, home) for _ in range(3)]
        assert await lasting.kept.consent_of(consent.session_id) == consent
        assert await lasting.kept.conversation(home.id) == home
        assert [turn.id for turn in await lasting.kept.turns_of(home.id)] == [turn.id for turn in said]
        assert len(await lasting.truth.turns_of(home.id)) == 1

    await lasting.recovered()
    said.append(await chat(lasting.kept, consent, home))
    kept = await lasting.truth.turns_of(home.id)
    assert [(turn.id, turn.position, turn.ending) for turn in kept] == [
        (turn.id, position, Ending.COMPLETED) for position, turn in enumerate(said)
    ]


async def test_a_turn_that_is_being_opened_when_the_ledger_falls_goes_on_too_and_is_there_once(lasting: House):
    consent, home = await a_known_home(lasting)
    async with blocked(lasting.url):
        turn = await chat(lasting.kept, consent, home)

    await lasting.recovered()
    (kept,) = await lasting.truth.turns_of(home.id)
    assert (kept.id, kept.ending) == (turn.id, Ending.COMPLETED)


async def test_it_is_back_also_where_there_is_always_somebody_who_talks(lasting: House):
    homes = [await a_known_home(lasting) for _ in range(12)]

    async def talk(consent: ConsentFact, home: ConversationFact) -> list[TurnFact]:
        said: list[TurnFact] = []
        while lasting.outage.watch.is_away:
            said.append(await chat(lasting.kept, consent, home))
        return said

    async with blocked(lasting.url):
        await lasting.fall()
        talking = [asyncio.create_task(talk(*home)) for home in homes]
    async with asyncio.timeout(PATIENCE):
        said = await asyncio.gather(*talking)
    await lasting.recovered()

    for turns, (_, home) in zip(said, homes, strict=True):
        kept = await lasting.truth.turns_of(home.id)
        assert [(turn.id, turn.ending) for turn in kept] == [(turn.id, Ending.COMPLETED) for turn in turns]


async def test_a_battle_goes_on_and_its_vote_waits_for_the_ledger(lasting: House):
    consent = await a_visitor(lasting.kept)
    battle = await a_fought_battle(lasting.kept, consent)
    assert await lasting.kept.battle_record(battle.id)
    async with blocked(lasting.url):
        await lasting.fall()
        both = [a_turn(each, consent.id, position=1) for each in (battle.conversation_a, battle.conversation_b)]
        await lasting.kept.open_turns(*both)
        for turn in both:
            await lasting.kept.finish_turn(an_end(turn.id))
        assert await lasting.kept.open_battle_of(consent.session_id) == battle.id
        with pytest.raises(LedgerError):
            await lasting.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))

    await lasting.recovered()
    await lasting.kept.cast_vote(battle.id, voting(consent.session_id, Outcome.TIE))
    record = await lasting.truth.battle_record(battle.id)
    assert record is not None
    assert [len(record.turns_a), len(record.turns_b)] == [2, 2]


async def test_what_is_new_or_unknown_is_refused_while_it_is_away(lasting: House):
    consent, home = await a_known_home(lasting)
    unseen = await a_visitor(lasting.truth)
    async with blocked(lasting.url):
        await lasting.fall()
        for refused in (
            lasting.kept.session_by_token("unknown"),
            lasting.kept.consent_of(unseen.session_id),
            lasting.kept.add_session(a_session()),
            lasting.kept.add_conversation(a_conversation(consent.session_id)),
            lasting.kept.open_turns(a_turn("unknown", consent.id)),
        ):
            with pytest.raises(LedgerError):
                await refused
        await chat(lasting.kept, consent, home)


async def test_after_a_change_of_consent_that_failed_nothing_goes_on(lasting: House):
    consent, home = await a_known_home(lasting)
    async with blocked(lasting.url):
        await lasting.fall()
        with pytest.raises(LedgerError):
            await lasting.kept.add_consent(a_consent(consent.session_id, frozenset({Scope.SERVE})))
        with pytest.raises(LedgerError):
            await lasting.kept.open_turns(a_turn(home.id, consent.id))


async def test_what_a_visitor_withdrew_elsewhere_meanwhile_is_dropped_and_counted(ledger_url: str, tmp_path: Path):
    async with a_house(ledger_url, tmp_path, "go_on", recovers=False) as house:
        consent, home = await a_known_home(house)
        async with blocked(ledger_url):
            await house.fall()
            await chat(house.kept, consent, home)
        await house.truth.add_consent(a_consent(consent.session_id, frozenset({Scope.SERVE}), accepted_at=9.5))

        async with Recovery(house.outage, house.metrics).watched():
            await house.recovered()

        assert await house.truth.turns_of(home.id) == ()
        counted = house.metrics.text(running=0, workers=0, leases=0).decode()
        assert 'arena_ledger_dropped_total{reason="consent_required"} 1.0' in counted


async def test_what_was_forgotten_is_neither_on_disk_nor_in_memory(ledger_url: str, tmp_path: Path):
    async with a_house(ledger_url, tmp_path, "go_on", recovers=False) as house:
        consent, home = await a_known_home(house)
        async with blocked(ledger_url):
            await house.fall()
            turn = await chat(house.kept, consent, home)
            assert house.kept.spool.has(turn.id)

            await house.kept.forgot(consent.session_id, {turn.id})

            files = [path.read_bytes() for path in house.kept.spool.folder.glob("*.jsonl")]
            assert b"Hello" not in b"".join(files)
            with pytest.raises(LedgerError):
                await house.kept.turns_of(home.id)


async def test_what_a_dead_process_of_this_name_left_is_written_before_anything_is_lost(
    ledger_url: str, tmp_path: Path
):
    async with open_ledger(ledger_url) as ledger:
        turn = await an_open_turn(ledger)
    async with open_spool(spool_of(tmp_path, "controller"), 1_000_000) as left:
        await left.append(Waiting(turn.id, end=an_end(turn.id, answer="Kept")))

    async with a_house(ledger_url, tmp_path) as house:
        (kept,) = await house.truth.turns_of(turn.conversation_id)

    assert (kept.ending, kept.answer) == (Ending.COMPLETED, "Kept")


async def test_what_a_dead_controller_of_another_name_left_is_written_too(house: House, tmp_path: Path):
    turn = await an_open_turn(house.kept)
    async with open_spool(spool_of(tmp_path, "another"), 1_000_000) as alive:
        await alive.append(Waiting(turn.id, end=an_end(turn.id)))
        await Recovery(house.outage, house.metrics).look()
        assert [each.ending for each in await house.truth.turns_of(turn.conversation_id)] == [None]

    await Recovery(house.outage, house.metrics).look()

    (kept,) = await house.truth.turns_of(turn.conversation_id)
    assert kept.ending is Ending.COMPLETED
    assert not list(spool_of(tmp_path, "another").glob("*.jsonl"))
