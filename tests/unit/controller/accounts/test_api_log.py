import logging
from functools import partial
from typing import Any

import pytest

from arena.battle import Mode
from arena.chat import Ending, Parameters
from arena.errors import LedgerError
from arena.terms import TERMS_VERSION
from controller.accounts.api_log import ATTEMPTS, Answered, ApiLog, said
from controller.running import RunningTurns
from logging_store.api_keys import add_key
from logging_store.checking import faults
from logging_store.exchanges import Exchange, add_exchange
from logging_store.ledger import Ledger
from tests.facts import an_api_key
from tests.kept import all_kept

HELLO = {"model": "echo", "messages": [{"role": "user", "content": "Hello?"}]}


def an_answered(request: dict[str, Any] = HELLO, **given: Any) -> Answered:
    default: dict[str, Any] = {"answer": "Hello!", "opened_at": 4.5, "finished_at": 5.5, "prompt_tokens": 3}
    return Answered(model="echo", request=request, **default | given)


def a_log(ledger: Ledger, running: RunningTurns | None = None, name: str = "first") -> ApiLog:
    return ApiLog(partial(add_exchange, ledger), RunningTurns() if running is None else running, name)


async def test_an_exchange_becomes_a_conversation_of_one_turn_under_a_consent(ledger: Ledger, ledger_url: str):
    key, running = an_api_key(may_log=True), RunningTurns()
    await add_key(ledger, key)
    log = a_log(ledger, running)
    log.keep(key, an_answered(HELLO | {"temperature": 0.5, "top_p": 7, "max_completion_tokens": 9}))
    await running.settle()

    (record,) = await all_kept(ledger)
    (turn,) = record.turns
    assert (turn.text, turn.answer, turn.ending, turn.prompt_tokens) == ("Hello?", "Hello!", Ending.COMPLETED, 3)
    assert turn.parameters == Parameters(temperature=0.5, max_tokens=9)
    assert (record.conversation.mode, record.conversation.model) == (Mode.DIRECT, "echo")
    consent = await ledger.consent_of(record.conversation.session_id)
    assert consent is not None
    assert (sorted(consent.consent.scopes), consent.consent.terms_version) == (["log", "serve"], TERMS_VERSION)
    assert not record.releasable
    assert [fault async for fault in faults(ledger_url, 100.0)] == []


@pytest.mark.parametrize("key", [None, an_api_key(), an_api_key(may_release=True)])
async def test_nothing_is_written_for_a_key_that_does_not_allow_it(ledger: Ledger, key: Any):
    running = RunningTurns()
    log = a_log(ledger, running)
    log.keep(key, an_answered())
    if key is not None:
        await log.record(key, an_answered())
    await running.settle()

    assert not any((await ledger.row_counts()).values())


async def test_a_key_has_one_session_at_all_controllers_and_releases_only_what_it_allows(ledger: Ledger):
    plain, open_to_all = an_api_key(may_log=True), an_api_key(may_log=True, may_release=True)
    for name in ("first", "second"):
        for key in (plain, open_to_all):
            await a_log(ledger, name=name).record(key, an_answered())

    counts = await ledger.row_counts()
    assert (counts["sessions"], counts["consents"], counts["turns"]) == (2, 2, 4)
    assert sorted(record.releasable for record in await all_kept(ledger)) == [False, False, True, True]


async def test_no_token_opens_the_session_of_a_key(ledger: Ledger):
    key = an_api_key("arena-secret", may_log=True)
    await a_log(ledger).record(key, an_answered())

    assert await ledger.session_by_token(key.key_hash) is None


def test_one_message_stands_as_it_is_and_several_are_headed_by_their_roles():
    conversation = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is"}, {"type": "image_url", "image_url": "data:"}]},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": "Well?"},
    ]

    assert said(HELLO["messages"]) == "Hello?"
    assert said([{"role": "system", "content": "Be brief."}]) == "[system]\nBe brief."
    assert said(conversation) == (
        "[system]\nBe brief.\n\n[user]\nWhat is\n[left out: image_url]\n\n[assistant]\n\n\n[user]\nWell?"
    )


@pytest.mark.parametrize("messages", [None, "text", 7, [], [7, None], [{}], [{"content": [7]}], [{"content": 7}]])
def test_any_body_that_a_worker_answered_can_be_kept(messages: object):
    assert "data:" not in said(messages)


async def test_a_ledger_that_fails_is_asked_again_and_then_said_to_have_failed_without_the_text(
    caplog: pytest.LogCaptureFixture,
):
    tried: list[Exchange] = []

    async def fail(exchange: Exchange) -> None:
        tried.append(exchange)
        raise LedgerError

    with caplog.at_level(logging.INFO):
        log = ApiLog(fail, RunningTurns(), "first", pause_seconds=0)
        await log.record(an_api_key(may_log=True), an_answered(answer="a private answer"))

    assert len(tried) == ATTEMPTS
    assert "could not be kept" in caplog.text
    assert "private" not in caplog.text
