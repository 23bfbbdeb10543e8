"""Routing, seen from the visitor's side: the queue and what is told of it, draining, breakers, budgets, deadlines."""

import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from arena.chat import ChatEvent, Done, Ending, Failed, Finished, Queued, TextDelta
from arena.errors import ProviderOverloaded, ProviderRateLimited, UnknownModel, WorkersBusy
from tests.arenas import GATEWAY_KEY, Arena, Stage, Visitor, a_model, a_stage, an_arena, end_of, text_of
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.worker_scripts import an_answer, finish, hang, hang_up, refuse, reset, respond, say, wait_for

ONE = a_model("model-one")


def places(events: list[ChatEvent]) -> list[int]:
    return [event.position for event in events if isinstance(event, Queued)]


@contextmanager
def a_small_stage(folder: Path, *models: Any, slots: int = 1, **given: Any) -> Generator[Stage]:
    """A stage whose only worker has one slot."""
    with a_stage(folder, *models or (ONE,), **given) as stage:
        stage.arena.call("DELETE", "/workers/worker-1")
        stage.worker.slots = slots
        stage.arena.take_in(stage.worker)
        yield stage


def a_chat(visitor: Visitor, model: str = "model-one") -> str:
    return visitor.new("/conversations", model=model)


def test_who_waits_is_told_the_place_and_each_new_one_and_gets_the_answer(tmp_path: Path):
    go_on = [threading.Event(), threading.Event()]
    with a_small_stage(tmp_path) as stage, ExitStack() as streams:
        stage.worker.plays(*([say("Half"), wait_for(each), finish()] for each in go_on), an_answer("At last"))
        chats = [a_chat(stage.visitor) for _ in range(3)]
        holder = streams.enter_context(stage.visitor.answering(chats[0]))
        holder.until(TextDelta)
        second = streams.enter_context(stage.visitor.answering(chats[1]))
        second.until(Queued)
        third = streams.enter_context(stage.visitor.answering(chats[2]))
        third.until(Queued)

        go_on[0].set()
        second.until(TextDelta)
        assert third.until(Queued) is not None
        go_on[1].set()

        assert text_of(holder.rest()) == text_of(second.rest()) == "Half"
        assert text_of(third.rest()) == "At last"
        assert (places(second.seen), places(third.seen)) == ([1], [2, 1])
        assert all(event.side is None for event in third.seen if isinstance(event, Queued))
        (told,) = [event for event in third.seen if isinstance(event, Queued) and event.position == 1]
        assert told.wait_seconds is not None, "an answer has ended by then: there is something to go by"


def test_who_leaves_the_queue_leaves_nothing_behind(tmp_path: Path):
    with a_small_stage(tmp_path) as stage, stage.visitor.answering(a_chat(stage.visitor)) as holder:
        stage.worker.plays([say("Half"), hang()])
        waiting_chat = a_chat(stage.visitor)
        with stage.visitor.answering(waiting_chat) as waiting:
            waiting.until(Queued)
            stage.visitor.post(f"{waiting_chat}/stop")
            assert end_of(waiting.rest()) == Finished(reason="cancelled")
        services = stage.arena.services
        assert services is not None
        assert services.pool.waiting() == {}
        assert [turn.ending for turn in stage.arena.turns(waiting_chat)] == [Ending.CANCELLED]
        assert len(stage.worker.asked) == 1
        holder.response.close()


def test_in_a_blind_battle_waiting_is_said_of_both_sides_together(tmp_path: Path):
    go_on = threading.Event()
    with a_small_stage(tmp_path, ONE, a_model("model-two")) as stage:
        stage.worker.plays([say("Half"), wait_for(go_on), finish()], an_answer("Hello"))
        with stage.visitor.answering(a_chat(stage.visitor)) as holder:
            holder.until(TextDelta)
            with stage.visitor.answering(stage.visitor.new("/battles")) as battle:
                battle.until(Queued)
                go_on.set()
                events = battle.rest()

    assert {event.side for event in events if isinstance(event, Queued)} == {None}
    assert [text_of(events, side) for side in "ab"] == ["Hello", "Hello"]
    assert events[-1] == Done(can_vote=True)


def test_side_by_side_each_side_is_told_its_own_place(tmp_path: Path):
    with a_small_stage(tmp_path, ONE, a_model("model-two")) as stage:
        stage.worker.plays(an_answer("Hello"))
        pair = stage.visitor.new("/battles", mode="side_by_side", model_a="model-one", model_b="model-two")

        events = stage.visitor.say(pair)

    assert len(places(events)) == 1
    assert {event.side for event in events if isinstance(event, Queued)} <= {"a", "b"}


def test_a_visitor_goes_before_a_program_that_came_earlier_and_both_are_served(tmp_path: Path):
    go_on = threading.Event()
    with a_small_stage(tmp_path) as stage, ThreadPoolExecutor() as threads:
        services = stage.arena.services
        assert services is not None
        stage.worker.plays([say("Half"), wait_for(go_on), finish()], an_answer("Next"))
        with stage.visitor.answering(a_chat(stage.visitor)) as holder:
            holder.until(TextDelta)
            program = threads.submit(ask_the_gateway, stage.arena, "From a program")
            stage.arena.until(lambda: services.pool.waiting() == {"model-one": 1})
            with stage.visitor.answering(a_chat(stage.visitor), text="From a visitor") as waiting:
                assert waiting.until(Queued) == Queued(position=1)
                go_on.set()
                assert text_of(waiting.rest()) == "Next"
        assert program.result().status_code == 200

        asked = [each.body["messages"][-1]["content"] for each in stage.worker.asked]
        assert asked == ["Hello?", "From a visitor", "From a program"]


def test_a_program_that_finds_the_queue_full_is_told_when_to_come_again(tmp_path: Path):
    with a_small_stage(tmp_path, queue_length=0) as stage:
        stage.worker.plays([say("Half"), hang()])
        with stage.visitor.answering(a_chat(stage.visitor)) as holder:
            holder.until(TextDelta)
            refused = ask_the_gateway(stage.arena, "Hello?")

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
    assert int(refused.headers["retry-after"]) >= 1


def ask_the_gateway(arena: Arena, text: str) -> httpx.Response:
    wanted = {"model": "model-one", "messages": [{"role": "user", "content": text}], "stream": True}
    return arena.call("POST", "/v1/chat/completions", GATEWAY_KEY, json=wanted, timeout=20)


def test_a_full_queue_is_busy_at_once(tmp_path: Path):
    with a_small_stage(tmp_path, queue_length=0) as stage:
        stage.worker.plays([say("Half"), hang()])
        with stage.visitor.answering(a_chat(stage.visitor)) as holder:
            holder.until(TextDelta)
            chat = a_chat(stage.visitor)
            end = end_of(stage.visitor.say(chat))
        assert isinstance(end, Failed)
        assert end.code == "busy"
        assert [turn.error_code for turn in stage.arena.turns(chat)] == ["busy"]


def test_the_queue_is_left_after_the_longest_wait(tmp_path: Path):
    with a_small_stage(tmp_path, queue_seconds=0.1) as stage:
        stage.worker.plays([say("Half"), hang()])
        with stage.visitor.answering(a_chat(stage.visitor)) as holder:
            holder.until(TextDelta)
            events = stage.visitor.say(a_chat(stage.visitor))
        assert places(events) == [1]
        end = end_of(events)
        assert isinstance(end, Failed)
        assert end.code == "busy"


@pytest.mark.parametrize(("words", "seconds"), [([], 0.3), (["Half"], 2.0)])
def test_a_request_that_takes_too_long_ends_and_the_worker_is_let_go(tmp_path: Path, words: list[str], seconds: float):
    with a_small_stage(tmp_path, deadline_seconds=seconds) as stage:
        stage.worker.plays([say(*words), hang()])
        chat = a_chat(stage.visitor)

        end = end_of(stage.visitor.say(chat))

        assert isinstance(end, Failed)
        assert end.code == "worker_timeout"
        stage.worker.until(lambda worker: len(worker.left_at) == 1)
        (turn,) = stage.arena.turns(chat)
        assert (turn.ending, turn.answer, turn.error_code) == (Ending.FAILED, "".join(words), "worker_timeout")


def test_a_worker_that_says_busy_is_asked_again_from_the_queue(tmp_path: Path):
    with a_small_stage(tmp_path, slots=1000) as stage:
        stage.worker.plays([refuse(WorkersBusy())], an_answer("Now"))

        events = stage.visitor.say(a_chat(stage.visitor))

        assert places(events) == [1]
        assert text_of(events) == "Now"
        assert len(stage.worker.asked) == 2
        assert stage.arena.breaker("worker-1") == "closed"


def test_a_drained_worker_keeps_its_streams_and_gets_nothing_new(tmp_path: Path):
    go_on = threading.Event()
    with a_small_stage(tmp_path, slots=8) as stage, a_worker("second", "model-one") as second:
        stage.worker.plays([say("Half"), wait_for(go_on), say(" whole"), finish()])
        second.plays(an_answer("From the second"))
        with stage.visitor.answering(a_chat(stage.visitor)) as running:
            running.until(TextDelta)
            stage.arena.take_in(second)
            stage.arena.ask(drain(stage.arena, "worker-1"))
            assert stage.arena.call("POST", "/workers/worker-1/heartbeat", json={"busy": 1}).status_code == 204
            for _ in range(3):
                assert text_of(stage.visitor.say(a_chat(stage.visitor))) == "From the second"
            go_on.set()
            assert text_of(running.rest()) == "Half whole"
        stage.arena.call("POST", "/workers/second/heartbeat", json={"is_draining": True})
        end = end_of(stage.visitor.say(a_chat(stage.visitor)))
        assert isinstance(end, Failed)
        assert end.code == "no_worker"


async def drain(arena: Arena, worker: str) -> None:
    assert arena.services is not None
    arena.services.pool.drain(worker)


@contextmanager
def a_pair(folder: Path, **given: Any) -> Generator[tuple[Arena, ScriptedWorker, ScriptedWorker, Visitor]]:
    """Two workers for one model; the first is asked first."""
    with an_arena(folder, ONE, **given) as arena, ExitStack() as stack:
        first, second = (stack.enter_context(a_worker(name, "model-one")) for name in ("first", "second"))
        second.plays(an_answer("From the second"))
        arena.take_in(first, second)
        yield arena, first, second, stack.enter_context(arena.visitor())
        arena.check_nothing_is_held()


def test_a_storm_of_failures_opens_the_breaker_and_the_other_worker_takes_over(tmp_path: Path):
    with a_pair(tmp_path) as (arena, first, second, visitor):
        first.plays([hang_up()])

        for _ in range(12):
            assert text_of(visitor.say(a_chat(visitor))) == "From the second"

        assert arena.breaker("first") == "open"
        assert len(first.asked) < 6
        assert len(second.asked) == 12


def test_an_only_worker_that_broke_is_tried_again_soon_by_one_who_waits_for_it(tmp_path: Path):
    with a_small_stage(tmp_path, slots=8) as stage:
        stage.worker.plays(*[[reset()]] * 3, an_answer("Back"))
        for _ in range(3):
            assert isinstance(end_of(stage.visitor.say(a_chat(stage.visitor))), Failed)
        assert stage.arena.breaker("worker-1") == "open"

        events = stage.visitor.say(a_chat(stage.visitor))

        assert places(events) == [1]
        assert text_of(events) == "Back"
        assert stage.arena.breaker("worker-1") == "closed"


def test_a_battle_whose_worker_breaks_on_both_sides_leaves_it_to_others_soon(tmp_path: Path):
    with a_small_stage(tmp_path, ONE, a_model("model-two"), slots=8) as stage:
        stage.worker.plays([say("Half"), reset()], [say("Half"), reset()], [reset()], an_answer("Back"))
        stage.visitor.say(stage.visitor.new("/battles"))
        stage.visitor.say(a_chat(stage.visitor))

        assert text_of(stage.visitor.say(a_chat(stage.visitor))) == "Back"


def test_a_rate_limited_model_of_a_proxy_is_left_alone_and_its_others_are_not(tmp_path: Path):
    with a_small_stage(tmp_path, ONE, a_model("model-two")) as stage:
        card = stage.worker.card().model_copy(update={"is_proxy": True, "slots": 8})
        stage.arena.call("POST", "/workers", content=card.model_dump_json())
        stage.worker.plays([refuse(ProviderRateLimited(retry_after=30))], model="model-one")
        stage.visitor.say(a_chat(stage.visitor))

        refused = end_of(stage.visitor.say(a_chat(stage.visitor)))

        assert isinstance(refused, Failed)
        assert refused.code == "busy"
        assert len(stage.worker.asked) == 1
        assert text_of(stage.visitor.say(a_chat(stage.visitor, "model-two"))) == "Hello there"
        listed = {model["name"] for model in stage.visitor.get("/models").json()["models"]}
        assert listed == {"model-two"}
        (shown,) = stage.arena.call("GET", "/admin/workers", GATEWAY_KEY).json()["workers"]
        assert (shown["breaker"], shown["left_alone"]) == ("closed", ["model-one"])


@pytest.mark.parametrize("script", [refuse(UnknownModel()), respond(404, {"error": {"code": "model_not_found"}})])
def test_a_worker_loses_the_model_that_it_does_not_serve_after_all(tmp_path: Path, script: Any):
    with a_pair(tmp_path) as (arena, first, _, visitor):
        first.plays([script])

        assert text_of(visitor.say(a_chat(visitor))) == "From the second"
        assert text_of(visitor.say(a_chat(visitor))) == "From the second"

        assert len(first.asked) == 1
        assert arena.breaker("first") == "closed", "its other models are none of this"


def test_retries_end_with_their_budget(tmp_path: Path):
    with a_pair(tmp_path, retry_share=0.0) as (_, first, second, visitor):
        first.plays([refuse(ProviderOverloaded())])

        end = end_of(visitor.say(a_chat(visitor)))

        assert isinstance(end, Failed)
        assert end.code == "provider_overloaded"
        assert second.asked == []


def test_a_conversation_stays_with_its_worker(tmp_path: Path):
    with a_pair(tmp_path) as (arena, first, second, visitor):
        chat = a_chat(visitor)
        for _ in range(4):
            visitor.say(chat)

        assert sorted([len(first.asked), len(second.asked)]) == [0, 4]
        assert len({turn.worker for turn in arena.turns(chat)}) == 1


def test_after_a_restart_a_conversation_finds_the_worker_that_holds_its_cache(tmp_path: Path):
    """What the ledger knows is enough: no memory of the first controller is needed."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(a_worker(name, "model-one")) for name in ("first", "second"))
        with an_arena(tmp_path, ONE) as arena, arena.visitor() as visitor:
            arena.take_in(second)
            chat, token = a_chat(visitor), visitor.headers["x-arena-session"]
            visitor.say(chat)
        with an_arena(tmp_path, ONE, name="another") as arena, arena.visitor(agreed=False) as visitor:
            visitor.headers["x-arena-session"] = token
            arena.take_in(first, second)
            visitor.say(chat)

        assert (len(first.asked), len(second.asked)) == (0, 2)


def test_a_model_answers_no_more_at_once_than_it_may(tmp_path: Path):
    with a_small_stage(tmp_path, a_model("model-one", concurrency=1), slots=8) as stage:
        go_on = threading.Event()
        stage.worker.plays([say("Half"), wait_for(go_on), finish()])
        with stage.visitor.answering(a_chat(stage.visitor)) as running:
            running.until(TextDelta)
            with stage.visitor.answering(a_chat(stage.visitor)) as waiting:
                waiting.until(Queued)
                assert stage.worker.open == 1
                go_on.set()
                assert text_of(waiting.rest()) == "Half"


def test_a_budget_of_tokens_holds_back_what_it_cannot_pay_and_counts_what_was_really_used(tmp_path: Path):
    with a_small_stage(tmp_path, a_model("model-one", tokens_per_minute=100), slots=8, queue_seconds=1.0) as stage:
        stage.worker.plays(
            [say("Short"), finish(prompt=5, completion=5)], [say("Long"), finish(prompt=50, completion=45)]
        )
        short = {"max_tokens": 80}
        for text in ("Short", "Long"):
            assert text_of(stage.visitor.say(a_chat(stage.visitor), parameters=short)) == text

        refused = end_of(stage.visitor.say(a_chat(stage.visitor), parameters=short))

        assert isinstance(refused, Failed)
        assert refused.code == "busy"
        assert len(stage.worker.asked) == 2


@pytest.mark.parametrize("seconds", [-86_400.0, 86_400.0])
def test_when_the_clock_is_set_nobody_leaves_and_nothing_breaks(
    stage: Stage, seconds: float, monkeypatch: pytest.MonkeyPatch
):
    chat = a_chat(stage.visitor)
    stage.visitor.say(chat)
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + seconds)

    assert text_of(stage.visitor.say(chat)) == "Hello there"
    assert stage.arena.call("POST", "/workers/worker-1/heartbeat", json={}).status_code == 204
    assert stage.arena.workers() == {"worker-1"}
    assert [turn.ending for turn in stage.arena.turns(chat)] == [Ending.COMPLETED] * 2


def test_two_workers_of_one_name_are_told_apart_and_the_second_has_to_wait(tmp_path: Path):
    with a_pair(tmp_path) as (arena, first, second, _):
        double = second.card().model_copy(update={"id": "first"})

        refused = arena.call("POST", "/workers", content=double.model_dump_json())
        assert (refused.status_code, refused.json()["code"]) == (409, "worker_name_taken")
        assert int(refused.headers["retry-after"]) <= 8
        again = first.card().model_copy(update={"key": SecretStr("started anew")})
        assert arena.call("POST", "/workers", content=again.model_dump_json()).status_code == 204


def test_a_worker_that_is_gone_gives_its_name_to_the_one_that_comes_after_it(tmp_path: Path):
    with a_pair(tmp_path) as (arena, first, second, visitor):
        arena.call("DELETE", "/workers/second")
        first.close()
        assert isinstance(end_of(visitor.say(a_chat(visitor))), Failed)

        double = second.card().model_copy(update={"id": "first"})
        assert arena.call("POST", "/workers", content=double.model_dump_json()).status_code == 204
        assert text_of(visitor.say(a_chat(visitor))) == "From the second"


def test_a_card_may_list_models_that_nobody_configured(stage: Stage):
    card = stage.worker.card().model_copy(update={"models": ("model-one", "never heard of")})
    stage.arena.call("POST", "/workers", content=card.model_dump_json())

    assert [model["name"] for model in stage.visitor.get("/models").json()["models"]] == ["model-one"]
    assert stage.visitor.post("/conversations", json={"model": "never heard of"}).status_code == 404
