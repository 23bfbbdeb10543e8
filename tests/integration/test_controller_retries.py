"""Before the first word another worker is tried, after it nothing is; and each fault counts as it should."""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from arena.chat import Ending, Failed, Finished
from arena.errors import (
    ArenaError,
    ContextTooLong,
    ProviderBroke,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ShuttingDown,
    WorkersBusy,
    WrongKey,
)
from tests.arenas import Arena, Visitor, a_model, an_arena, end_of, text_of
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.worker_scripts import (
    Step,
    an_answer,
    cut,
    drip,
    error_event,
    finish,
    hang,
    hang_up,
    raw,
    refuse,
    reset,
    respond,
    say,
    think,
)

HALF_A_CHUNK = b'data: {"choices": [{"index": 0, "delta": {"cont'
GARBAGE = b"data: <html>502 Bad Gateway</html>\n\n"
NOT_A_CHUNK = b'data: {"choices": "none"}\n\n'


class Pair(NamedTuple):
    """A model that two workers serve: the first one is asked first."""

    arena: Arena
    first: ScriptedWorker
    second: ScriptedWorker
    visitor: Visitor
    chat: str


@pytest.fixture
def pair(tmp_path: Path) -> Generator[Pair]:
    patience: dict[str, Any] = {"first_word_seconds": 1.2, "between_words_seconds": 1.2}
    with an_arena(tmp_path, a_model(), **patience) as arena, ExitStack() as stack:
        first, second = (stack.enter_context(a_worker(name, "model-one")) for name in ("first", "second"))
        second.plays(an_answer("From the second"))
        arena.take_in(first, second)
        visitor = stack.enter_context(arena.visitor())
        yield Pair(arena, first, second, visitor, visitor.new("/conversations", model="model-one"))
        arena.check_nothing_is_held()


CLOSED, OPEN = "closed", "open"
"""What becomes of the first worker's breaker: closed, it is asked again."""


@pytest.mark.parametrize(
    ("script", "breaker"),
    [
        ([reset()], CLOSED),
        ([hang_up()], CLOSED),
        ([say(), reset()], CLOSED),
        ([raw(b""), cut()], CLOSED),
        ([cut()], CLOSED),
        ([raw(GARBAGE), finish()], CLOSED),
        ([raw(NOT_A_CHUNK), finish()], CLOSED),
        ([raw(HALF_A_CHUNK), cut()], CLOSED),
        ([raw(HALF_A_CHUNK), hang_up()], CLOSED),
        ([respond(200, b"<html>It works!</html>")], CLOSED),
        ([refuse(WrongKey())], OPEN),
        ([hang()], CLOSED),
        ([drip()], CLOSED),
        ([raw(b'data: {"choices": [{"index": 0, "delta": {"role": "assistant"}}]}\n\n'), hang()], CLOSED),
        ([raw(b'data: {"choices": []}\n\n' * 50), hang()], CLOSED),
        ([refuse(WorkersBusy())], CLOSED),
        ([refuse(ShuttingDown())], OPEN),
        ([refuse(ProviderRateLimited(retry_after=5))], CLOSED),
        ([refuse(ProviderOverloaded())], CLOSED),
        ([refuse(ProviderRefusedKey())], CLOSED),
        ([refuse(ArenaError())], CLOSED),
        ([respond(503)], CLOSED),
        ([respond(500, b"oops")], CLOSED),
        ([respond(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}})], CLOSED),
        ([respond(404, {"error": {"message": "no such model", "code": 404}})], CLOSED),
        ([respond(401, {"error": "Unauthorized"})], CLOSED),
        ([respond(302, headers="location: http://192.0.2.1/\r\n")], CLOSED),
        ([error_event(ProviderBroke())], CLOSED),
        ([error_event({"message": "out of memory", "code": 500})], CLOSED),
    ],
)
def test_before_the_first_word_another_worker_is_tried(pair: Pair, script: list[Step], breaker: str):
    pair.first.plays(script)

    events = pair.visitor.say(pair.chat)

    assert len(pair.first.asked) == len(pair.second.asked) == 1
    assert text_of(events) == "From the second"
    assert end_of(events) == Finished(reason="stop")
    assert pair.arena.breaker("first") == breaker
    (turn,) = pair.arena.turns(pair.chat)
    assert (turn.ending, turn.worker) == (Ending.COMPLETED, "second")


def test_a_worker_that_refuses_connections_is_left_alone_at_once_but_stays_known(pair: Pair):
    pair.first.close()

    assert text_of(pair.visitor.say(pair.chat)) == "From the second"
    assert pair.arena.breaker("first") == OPEN
    assert pair.arena.call("POST", "/workers/first/heartbeat", json={}).status_code == 204
    assert pair.arena.breaker("first") == OPEN


@pytest.mark.parametrize(
    ("script", "code", "breaker"),
    [
        ([say("Half"), reset()], "worker_broke", CLOSED),
        ([say("Half"), hang_up()], "worker_broke", CLOSED),
        ([say("Half"), cut()], "worker_broke", CLOSED),
        ([say("Half"), raw(GARBAGE)], "worker_broke", CLOSED),
        ([say("Half"), raw(HALF_A_CHUNK), cut()], "worker_broke", CLOSED),
        ([say("Half"), hang()], "worker_timeout", CLOSED),
        ([say("Half"), drip()], "worker_timeout", CLOSED),
        ([say("Half"), error_event(ProviderBroke("the body of a provider"))], "provider_broke", CLOSED),
        ([say("Half"), error_event(ProviderRateLimited())], "provider_rate_limited", CLOSED),
        ([say("Half"), error_event({"message": "out of memory at 10.0.0.7", "code": 500})], "worker_failed", CLOSED),
    ],
)
def test_after_the_first_word_nothing_is_tried_again_and_the_failure_is_shown(
    pair: Pair, script: list[Step], code: str, breaker: str
):
    pair.first.plays(script)

    events = pair.visitor.say(pair.chat)

    assert text_of(events) == "Half"
    end = end_of(events)
    assert isinstance(end, Failed)
    assert end.code == code
    assert "body of a provider" not in end.message
    assert "10.0.0.7" not in end.message
    assert pair.second.asked == []
    assert pair.arena.breaker("first") == breaker
    (turn,) = pair.arena.turns(pair.chat)
    assert (turn.ending, turn.answer, turn.worker, turn.error_code) == (Ending.FAILED, "Half", "first", code)
    assert pair.visitor.get(pair.chat).json()["turns"][0]["answer"]["message"] == end.message


def test_after_a_shown_thought_nothing_is_tried_again_either(pair: Pair):
    pair.first.plays([think("Hm"), reset()])

    end = end_of(pair.visitor.say(pair.chat))

    assert isinstance(end, Failed)
    assert pair.second.asked == []


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([refuse(ProviderRefusedRequest("the body of a provider"))], "provider_refused_request"),
        ([refuse(ContextTooLong())], "context_too_long"),
        ([respond(400, {"error": {"message": "maximum context length is 8"}})], "context_too_long"),
        ([respond(400, {"error": {"message": "the body of a provider"}})], "provider_refused_request"),
        ([respond(422)], "provider_refused_request"),
    ],
)
def test_a_request_that_was_refused_itself_is_not_tried_elsewhere(pair: Pair, script: list[Step], code: str):
    pair.first.plays(script)

    end = end_of(pair.visitor.say(pair.chat))

    assert isinstance(end, Failed)
    assert end.code == code
    assert "body of a provider" not in end.message
    assert pair.second.asked == []
    assert pair.arena.breaker("first") == CLOSED


def test_when_all_workers_fail_the_last_one_says_why(pair: Pair):
    pair.first.plays([refuse(ArenaError())])
    pair.second.plays([refuse(ProviderOverloaded())])

    end = end_of(pair.visitor.say(pair.chat))

    assert isinstance(end, Failed)
    assert end.code == "provider_overloaded"
    assert [turn.error_code for turn in pair.arena.turns(pair.chat)] == ["provider_overloaded"]


def test_the_least_busy_worker_is_asked(pair: Pair):
    pair.arena.call("POST", "/workers/first/heartbeat", json={"busy": 5})
    assert text_of(pair.visitor.say(pair.chat)) == "From the second"

    pair.arena.call("POST", "/workers/second/heartbeat", json={"busy": 7})
    another = pair.visitor.new("/conversations", model="model-one")
    assert text_of(pair.visitor.say(another)) == "Hello there"
