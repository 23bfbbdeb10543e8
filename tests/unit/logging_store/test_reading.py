import contextlib

import pytest

from arena.session import Scope
from logging_store.facts import ConversationRecord
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records
from tests.facts import (
    ALL_SCOPES,
    a_consent,
    a_fought_battle,
    a_kept_conversation,
    a_said_conversation,
    a_turn,
    a_visitor,
)

NO_RELEASE = frozenset({Scope.SERVE, Scope.LOG})


async def _read(ledger: Ledger, page: int = 2) -> list[ConversationRecord]:
    return [record async for record in conversation_records(ledger, page)]


async def test_an_empty_ledger_has_nothing_to_read(ledger: Ledger):
    assert await _read(ledger) == []


async def test_every_conversation_is_read_once_in_the_order_of_ids(ledger: Ledger):
    consent = await a_visitor(ledger)
    kept = [await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2")) for _ in range(4)]
    battle = await a_fought_battle(ledger, consent)

    records = await _read(ledger)

    ids = [each.id for each in kept] + [battle.conversation_a, battle.conversation_b]
    assert [record.conversation.id for record in records] == sorted(ids)
    assert records[0].conversation == kept[0]
    assert records[0].turns == await ledger.turns_of(kept[0].id)
    assert records[0].address_hash == "address"


@pytest.mark.parametrize(
    ("first", "later", "releasable"),
    [(ALL_SCOPES, ALL_SCOPES, True), (NO_RELEASE, ALL_SCOPES, False), (ALL_SCOPES, NO_RELEASE, False)],
)
async def test_a_release_needs_the_turns_consent_and_the_latest_one(
    ledger: Ledger, first: frozenset[Scope], later: frozenset[Scope], releasable: bool
):
    consent = await a_visitor(ledger, first)
    await a_said_conversation(ledger, consent)
    await ledger.add_consent(a_consent(consent.session_id, later, accepted_at=99.0))

    (record,) = await _read(ledger)

    assert record.releasable is releasable


async def test_one_turn_without_consent_to_release_keeps_the_conversation_in(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    without = a_consent(consent.session_id, NO_RELEASE, accepted_at=50.0)
    await ledger.add_consent(without)
    await ledger.open_turns(a_turn(conversation.id, without.id, position=1))
    await ledger.add_consent(a_consent(consent.session_id, accepted_at=99.0))

    (record,) = await _read(ledger)

    assert not record.releasable


async def test_what_happens_while_reading_is_not_seen(ledger: Ledger):
    consent = await a_visitor(ledger)
    for _ in range(3):
        await a_said_conversation(ledger, consent)

    seen = 0
    async with contextlib.aclosing(conversation_records(ledger, page=1)) as records:
        async for _ in records:
            seen += 1
            await a_kept_conversation(ledger, consent)

    assert seen == 3
