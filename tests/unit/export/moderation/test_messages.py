from contextlib import aclosing
from dataclasses import replace

import pytest

from arena.chat import Ending
from arena.session import Scope
from arena.settings import ArenaFile
from export.moderation.messages import Sought, messages, steps_before
from logging_store.exchanges import Exchange, add_exchange
from logging_store.facts import PROGRAM
from logging_store.ledger import Ledger
from tests.facts import a_consent, a_conversation, a_said_conversation, a_session, a_turn, a_visitor
from tests.launches import ECHO
from tests.releasing import MODELS

NO_RELEASE = frozenset({Scope.SERVE, Scope.LOG})
SOUGHT = Sought(steps_before(ArenaFile(models=MODELS)))


async def _texts(ledger: Ledger, at_once: int, sought: Sought = SOUGHT) -> list[str]:
    async with aclosing(messages(ledger, sought, at_once)) as chunks:
        return [text async for chunk in chunks for text in chunk.texts]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
async def test_every_message_comes_once_however_many_are_read_at_once(ledger: Ledger, at_once: int):
    consent = await a_visitor(ledger)
    for number in range(5):
        await a_said_conversation(ledger, consent, (f"q{number}", f"a{number}"), (f"r{number}", f"b{number}"))

    expected = [f"{letter}{number}" for number in range(5) for letter in "qarb"]
    assert await _texts(ledger, at_once) == expected


async def test_an_empty_ledger_has_no_messages(ledger: Ledger):
    assert await _texts(ledger, 2) == []


async def test_who_takes_back_a_consent_is_not_asked_about_any_more(ledger: Ledger):
    consent = await a_visitor(ledger)
    for number in range(4):
        await a_said_conversation(ledger, consent, (f"q{number}", f"a{number}"))

    async with aclosing(messages(ledger, SOUGHT, 2)) as chunks:
        first = await anext(chunks)
        later = a_consent(consent.session_id, NO_RELEASE, accepted_at=99.0)
        await ledger.add_consent(replace(later, consent=later.consent.model_copy(update={"covers_past": True})))
        rest = [text async for chunk in chunks for text in chunk.texts]

    assert first.texts == ["q0", "a0", "q1", "a1"]
    assert rest == []


async def test_models_that_are_not_released_are_not_asked_about(ledger: Ledger):
    consent = await a_visitor(ledger)
    for model in ("withheld", "hidden", ECHO.name):
        await a_said_conversation(ledger, consent, (f"to {model}", f"from {model}"), model=model)

    assert await _texts(ledger, 10) == ["to echo", "from echo"]


async def test_what_a_program_tells_its_model_beforehand_is_not_asked_about(ledger: Ledger):
    session = a_session(address_hash=f"{PROGRAM}k")
    consent = a_consent(session.id)
    conversation = a_conversation(session.id)
    said = "[system]\nBe brief.\n\n[user]\nHello?"
    turn = a_turn(conversation.id, consent.id, text=said, answer="Hello!", ending=Ending.COMPLETED, finished_at=5.5)
    await add_exchange(ledger, Exchange(session, consent, conversation, turn))

    assert await _texts(ledger, 10) == ["Hello?", "Hello!"]
