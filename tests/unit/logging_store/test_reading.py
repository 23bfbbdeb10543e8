import contextlib
from dataclasses import replace
from typing import Any

import pytest

from arena.battle import Mode, Outcome
from arena.chat import Parameters, ReactionKind
from arena.errors import LedgerError
from arena.session import AgeGroup, Scope
from logging_store.exchanges import Exchange, add_exchange
from logging_store.facts import (
    PROGRAM,
    ConversationFact,
    ConversationRecord,
    ReleaseChoiceFact,
    SaidBattle,
    TurnDetails,
    Withheld,
)
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger
from logging_store.reading import Read, conversation_records
from logging_store.withholding import Withholding
from tests.facts import (
    ALL_SCOPES,
    a_consent,
    a_conversation,
    a_fought_battle,
    a_kept_conversation,
    a_reaction,
    a_said_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_voted_battle,
    an_end,
    an_id,
)

NO_RELEASE = frozenset({Scope.SERVE, Scope.LOG})


async def _read(ledger: Ledger, page: int = 2, **asked: Any) -> list[Read]:
    return [record async for record in conversation_records(ledger, page=page, **asked)]


async def _says_later(ledger: Ledger, session_id: str, scopes: frozenset[Scope], **said: Any) -> None:
    later = a_consent(session_id, scopes, accepted_at=99.0)
    await ledger.add_consent(replace(later, consent=later.consent.model_copy(update=said)))


async def _chooses(ledger: Ledger, conversation: ConversationFact, allowed: bool, chosen_at: float) -> None:
    choice = ReleaseChoiceFact(an_id(), conversation.id, conversation.session_id, allowed, chosen_at)
    await ledger.add_release_choices(conversation.session_id, choice)


async def test_an_empty_ledger_has_nothing_to_read(ledger: Ledger):
    assert await _read(ledger) == []


async def test_every_conversation_is_read_once_in_the_order_of_ids(ledger: Ledger):
    consent = await a_visitor(ledger)
    kept = [await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2")) for _ in range(4)]
    battle = await a_fought_battle(ledger, consent)

    records = [each for each in await _read(ledger) if isinstance(each, ConversationRecord)]

    ids = [each.id for each in kept] + [battle.conversation_a, battle.conversation_b]
    assert [record.conversation.id for record in records] == sorted(ids)
    assert records[0].conversation == kept[0]
    assert [(turn.text, turn.answer) for turn in records[0].turns] == [("one", "1"), ("two", "2")]
    assert records[-1].conversation.mode is Mode.BATTLE


async def test_a_turn_is_read_as_it_was_written(ledger: Ledger):
    conversation = await a_said_conversation(ledger, await a_visitor(ledger))
    (written,) = await ledger.turns_of(conversation.id)

    (record,) = await _read(ledger)

    assert isinstance(record, ConversationRecord)
    (turn,) = record.turns
    for name in ("id", "position", "text", "answer", "ending", "supersedes", "finished_at", "is_answered"):
        assert getattr(turn, name) == getattr(written, name)


async def test_turns_come_in_order_with_those_that_others_supersede(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2"))
    first, second = await ledger.turns_of(conversation.id)
    again = a_turn(conversation.id, consent.id, supersedes=first.id, opened_at=9.0)
    await ledger.open_turns(again)

    (record,) = await _read(ledger)

    assert isinstance(record, ConversationRecord)
    assert [turn.id for turn in record.turns] == [first.id, again.id, second.id]


async def test_an_address_is_known_within_its_period(ledger: Ledger):
    session = a_session(address_hash="a", period="2026Q4")
    consent = a_consent(session.id)
    await ledger.add_session(session)
    await ledger.add_consent(consent)
    await a_said_conversation(ledger, consent)

    (record,) = await _read(ledger)

    assert isinstance(record, ConversationRecord)
    assert (record.address_hash, record.period) == ("a", "2026Q4")


@pytest.mark.parametrize(
    ("first", "later", "covers_past", "may"),
    [
        (ALL_SCOPES, ALL_SCOPES, False, True),
        (NO_RELEASE, ALL_SCOPES, False, False),
        (NO_RELEASE, ALL_SCOPES, True, True),
        (ALL_SCOPES, NO_RELEASE, False, True),
        (ALL_SCOPES, NO_RELEASE, True, False),
    ],
)
async def test_a_later_consent_decides_about_the_past_if_it_says_so(
    ledger: Ledger, first: frozenset[Scope], later: frozenset[Scope], covers_past: bool, may: bool
):
    consent = await a_visitor(ledger, first)
    conversation = await a_said_conversation(ledger, consent)
    await _says_later(ledger, consent.session_id, later, covers_past=covers_past)

    (record,) = await _read(ledger)

    if may:
        assert isinstance(record, ConversationRecord)
    else:
        reason = Withholding.WITHDRAWN if first == ALL_SCOPES else Withholding.NO_RELEASE_CONSENT
        assert record == Withheld(conversation.id, reason)


async def test_one_turn_without_consent_to_release_keeps_the_conversation_in(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    without = a_consent(consent.session_id, NO_RELEASE, accepted_at=50.0)
    await ledger.add_consent(without)
    await ledger.open_turns(a_turn(conversation.id, without.id, position=1))
    await ledger.add_consent(a_consent(consent.session_id, accepted_at=99.0))

    assert await _read(ledger) == [Withheld(conversation.id, Withholding.NO_RELEASE_CONSENT)]


async def test_a_conversation_without_turns_needs_the_latest_consent(ledger: Ledger):
    one, other = await a_visitor(ledger), await a_visitor(ledger, NO_RELEASE)
    for consent in (one, other):
        await a_kept_conversation(ledger, consent)

    record, withheld = await _read(ledger)

    assert isinstance(record, ConversationRecord)
    assert isinstance(withheld, Withheld)


async def test_the_latest_choice_about_a_conversation_counts(ledger: Ledger):
    consent = await a_visitor(ledger)
    unwanted, wanted, other = [await a_said_conversation(ledger, consent) for _ in range(3)]
    for conversation, last in ((unwanted, False), (wanted, True)):
        await _chooses(ledger, conversation, not last, 10.0)
        await _chooses(ledger, conversation, last, 20.0)

    read = await _read(ledger)

    assert read[0] == Withheld(unwanted.id, Withholding.NOT_WANTED)
    assert [isinstance(each, ConversationRecord) for each in read[1:]] == [True, True]
    assert len({wanted.id, other.id}) == 2


async def test_what_minors_and_withheld_groups_say_is_not_read(ledger: Ledger):
    minor = await a_visitor(ledger)
    pupil = a_consent((session := a_session(cohort="school")).id)
    await ledger.add_session(session)
    await ledger.add_consent(pupil)
    for consent in (minor, pupil):
        await a_said_conversation(ledger, consent)
    await _says_later(ledger, minor.session_id, ALL_SCOPES, age_group=AgeGroup.MINOR)
    await _says_later(ledger, minor.session_id, ALL_SCOPES, age_group=AgeGroup.ADULT, accepted_at=100.0)

    strictly = await _read(ledger, withheld_cohorts=frozenset({"school"}))
    openly = await _read(ledger)

    assert [getattr(each, "reason", None) for each in strictly] == [Withholding.MINOR, Withholding.COHORT]
    assert [getattr(each, "reason", None) for each in openly] == [Withholding.MINOR, None]


async def test_of_what_was_forgotten_no_more_is_read_than_that_it_was(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), 7.0)

    assert await _read(ledger) == [Withheld(conversation.id, Withholding.FORGOTTEN)]


async def test_the_last_finish_decides_about_the_period(ledger: Ledger):
    consent = await a_visitor(ledger)
    for finished_at in (10.0, 20.0, 30.0):
        conversation = await a_kept_conversation(ledger, consent)
        turn = a_turn(conversation.id, consent.id)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, finished_at=finished_at))

    read = await _read(ledger, finished_from=20.0, finished_to=30.0)

    assert [isinstance(each, ConversationRecord) for each in read] == [False, True, False]


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_the_size_of_a_page_changes_nothing(ledger: Ledger, page: int):
    for _ in range(3):
        consent = await a_visitor(ledger)
        await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2"))
        await a_fought_battle(ledger, consent)

    assert await _read(ledger, page) == await _read(ledger, 4)


async def test_reading_goes_on_after_a_conversation(ledger: Ledger):
    consent = await a_visitor(ledger)
    kept = [await a_said_conversation(ledger, consent) for _ in range(5)]

    records = [each for each in await _read(ledger, after=kept[2].id) if isinstance(each, ConversationRecord)]

    assert [record.conversation.id for record in records] == [each.id for each in kept[3:]]


async def test_what_happens_while_reading_is_not_seen(ledger: Ledger):
    consent = await a_visitor(ledger)
    for _ in range(3):
        await a_said_conversation(ledger, consent)

    seen: list[Read] = []
    async with contextlib.aclosing(conversation_records(ledger, page=1)) as records:
        async for each in records:
            seen.append(each)
            await a_kept_conversation(ledger, consent)
            await _says_later(ledger, consent.session_id, NO_RELEASE, covers_past=True)

    assert [isinstance(each, ConversationRecord) for each in seen] == [True] * 3


async def test_a_broken_ledger_is_an_error_of_ours(ledger: Ledger):
    await ledger.database.write(lambda connection: connection.exec_driver_sql("DROP TABLE release_choices"))

    with pytest.raises(LedgerError):
        await _read(ledger)


async def _records(ledger: Ledger, **asked: Any) -> list[ConversationRecord]:
    return [each for each in await _read(ledger, **asked) if isinstance(each, ConversationRecord)]


async def test_nothing_is_read_that_nobody_asked_for(ledger: Ledger):
    await a_voted_battle(ledger, await a_visitor(ledger))

    records = await _records(ledger)

    assert [(each.battle, each.circumstances, each.turns[0].details) for each in records] == [(None, None, None)] * 2


@pytest.mark.parametrize("page", [1, 2])
async def test_both_sides_come_with_their_battle_and_its_vote(ledger: Ledger, page: int):
    consent = await a_visitor(ledger)
    battle = await a_voted_battle(ledger, consent, Outcome.BOTH_BAD, ("asked who it is",))

    one, other = await _records(ledger, page=page, battles=True)

    names = ("id", "session_id", "mode", "model_a", "model_b", "conversation_a", "conversation_b")
    also = ("pair_probability", "policy", "opened_at")
    vote: dict[str, Any] = {
        "outcome": Outcome.BOTH_BAD,
        "is_anonymous": True,
        "reasons": ("asked who it is",),
        "voted_at": 6.5,
    }
    assert one.battle == other.battle
    assert one.battle == SaidBattle(**{name: getattr(battle, name) for name in names + also}, **vote, number=1)
    assert [one.conversation.side, other.conversation.side] == ["a", "b"]


async def test_a_battle_without_a_vote_is_a_battle(ledger: Ledger):
    await a_fought_battle(ledger, await a_visitor(ledger), pair_probability=None)

    one, _ = await _records(ledger, battles=True)

    assert one.battle is not None
    assert (one.battle.outcome, one.battle.voted_at, one.battle.number) == (None, None, 0)


async def test_the_votes_of_a_session_are_numbered_in_their_order(ledger: Ledger):
    mine, other = await a_visitor(ledger), await a_visitor(ledger)
    for consent in (mine, other, mine, mine):
        await a_voted_battle(ledger, consent)

    records = await _records(ledger, battles=True)

    assert [each.battle.number for each in records[::2] if each.battle] == [1, 1, 2, 3]


async def test_both_sides_of_a_battle_are_in_the_period_in_which_the_later_one_finished(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)
    late = a_turn(battle.conversation_b, consent.id, position=1)
    await ledger.open_turns(late)
    await ledger.finish_turn(an_end(late.id, finished_at=20.0))

    before, after = await _read(ledger, finished_to=20.0), await _read(ledger, finished_from=20.0)

    assert [isinstance(each, Withheld) for each in before] == [True, True]
    assert [isinstance(each, ConversationRecord) for each in after] == [True, True]


async def test_a_withheld_side_says_whose_it_is(ledger: Ledger):
    battle = await a_fought_battle(ledger, await a_visitor(ledger, NO_RELEASE))

    assert await _read(ledger, battles=True) == [
        Withheld(battle.conversation_a, Withholding.NO_RELEASE_CONSENT, battle.id, "a"),
        Withheld(battle.conversation_b, Withholding.NO_RELEASE_CONSENT, battle.id, "b"),
    ]


async def test_everything_is_read_when_asked_for(ledger: Ledger):
    session = a_session(country="PT")
    consent = a_consent(session.id)
    await ledger.add_session(session)
    await ledger.add_consent(consent)
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id, parameters=Parameters(temperature=0.5))
    await ledger.open_turns(turn)
    told: dict[str, Any] = {"first_word_at": 4.75, "finish_reason": "stop", "reasoning": "Hm.", "prompt_tokens": 3}
    await ledger.finish_turn(an_end(turn.id, completion_tokens=5, **told))
    for kind, reacted_at in ((ReactionKind.UP, 9.0), (ReactionKind.DOWN, 8.0)):
        await ledger.add_reaction(a_reaction(turn.id, session.id, kind=kind, reacted_at=reacted_at))

    (record,) = await _records(ledger, everything=True)

    assert record.circumstances is not None
    assert (record.circumstances.country, record.circumstances.language) == ("PT", "en")
    assert record.turns[0].details == TurnDetails(
        opened_at=4.5,
        terms_version="1",
        parameters=Parameters(temperature=0.5),
        completion_tokens=5,
        reaction=ReactionKind.UP,
        **told,
    )


@pytest.mark.parametrize(("scopes", "is_read"), [(NO_RELEASE, False), (ALL_SCOPES, True)])
async def test_what_a_program_said_is_read_if_its_key_allows_release(
    ledger: Ledger, scopes: frozenset[Scope], is_read: bool
):
    session = a_session(address_hash=f"{PROGRAM}k")
    consent = a_consent(session.id, scopes)
    conversation = a_conversation(session.id)
    turn = a_turn(conversation.id, consent.id, answer="Hello!")
    await add_exchange(ledger, Exchange(session, consent, conversation, turn))

    (read,) = await _read(ledger)

    assert isinstance(read, ConversationRecord) == is_read
    if isinstance(read, ConversationRecord):
        assert read.is_of_a_program
