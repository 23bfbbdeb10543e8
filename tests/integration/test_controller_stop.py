"""Whoever stops, leaves, reads slowly or goes down: the worker is let go, and the ledger has the turn once."""

import asyncio
import json
import socket
import struct
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from arena.chat import Done, Ending, Failed, Finished, Started, TextDelta
from arena.session import Scope
from controller.running import RunningTurns
from tests.arenas import PATIENCE, Stage, an_arena, end_of, text_of
from tests.scripted_worker import a_worker
from tests.worker_scripts import Step, an_answer, drip, hang, say, think, wait_for

STOP_SECONDS = 0.5


@pytest.mark.parametrize("script", [[say("Half", " an"), hang()], [say("Half", " an"), drip()]], ids=["hang", "drip"])
def test_a_stop_reaches_the_worker_within_half_a_second_and_keeps_what_was_written(stage: Stage, script: list[Step]):
    stage.worker.plays(script)
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat) as stream:
        while "an" not in text_of(stream.seen):
            stream.until(TextDelta)
        asked_at = time.monotonic()
        stopped = stage.visitor.post(f"{chat}/stop")
        known = stage.arena.turns(chat)
        events = stream.rest()

    assert stopped.status_code == 204
    assert [turn.ending for turn in known] == [Ending.CANCELLED]
    stage.worker.until(lambda worker: bool(worker.left_at))
    assert stage.worker.left_at[0] - asked_at < STOP_SECONDS
    assert end_of(events) == Finished(reason="cancelled")
    assert events[-1] == Done()
    (turn,) = stage.arena.turns(chat)
    assert (turn.ending, turn.answer, turn.worker, turn.error_code) == (Ending.CANCELLED, "Half an", "worker-1", None)


def test_a_stop_ends_both_sides_of_a_battle_also_the_one_that_has_not_begun(stage: Stage):
    stage.worker.plays([say("Half"), hang()], model="model-one").plays([hang()], model="model-two")
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        stage.worker.until(lambda worker: worker.open == 2)
        stage.visitor.post(f"{battle}/stop")
        events = stream.rest()

    stage.worker.until(lambda worker: len(worker.left_at) == 2)
    assert [end_of(events, side).kind for side in "ab"] == ["finished"] * 2
    assert events[-1] == Done(can_vote=False)
    record = stage.arena.record(battle)
    turns = (*record.turns_a, *record.turns_b)
    assert {turn.model: turn.answer for turn in turns} == {"model-one": "Half", "model-two": ""}
    assert [turn.ending for turn in turns] == [Ending.CANCELLED] * 2


def test_a_stop_while_the_turn_is_being_opened_is_told_as_cancelled_and_asks_no_worker(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")

    stops: list[asyncio.Task[None]] = []

    async def stop_now() -> None:
        stops.append(asyncio.create_task(stage.arena.running.stop(chat.rpartition("/")[2])))
        await asyncio.sleep(0)

    stage.arena.kept.before_opening = stop_now

    events = stage.visitor.say(chat)

    assert [type(event) for event in events] == [Started, Finished, Done]
    assert end_of(events) == Finished(reason="cancelled")
    assert [turn.ending for turn in stage.arena.turns(chat)] == [Ending.CANCELLED]
    assert stage.worker.asked == []


def test_a_stop_when_nothing_runs_is_no_mistake(stage: Stage):
    for path in (stage.visitor.new("/battles"), stage.visitor.new("/conversations", model="model-one")):
        assert stage.visitor.post(f"{path}/stop").status_code == 204


def test_after_a_stop_the_conversation_goes_on(stage: Stage):
    stage.worker.plays([say("Half"), hang()], an_answer("Whole"))
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat) as stream:
        stream.until(TextDelta)
        stage.visitor.post(f"{chat}/stop")

    assert text_of(stage.visitor.say(chat, "Go on")) == "Whole"
    said = [message["content"] for message in stage.worker.asked[-1].body["messages"]]
    assert said == ["Hello?", "Half", "Go on"]


@pytest.mark.parametrize("path", ["/battles", "/conversations"])
@pytest.mark.parametrize("script", [[hang()], [think("Hm"), hang()], [say("Half"), hang()], [say("Half"), drip()]])
def test_a_visitor_who_leaves_lets_the_worker_go_and_the_turn_is_cancelled(stage: Stage, path: str, script: list[Step]):
    stage.worker.plays(script)
    sides = 2 if path == "/battles" else 1
    chat = stage.visitor.new(path, **({} if sides == 2 else {"model": "model-one"}))
    with stage.visitor.answering(chat) as stream:
        stream.until(Started)
        stage.worker.until(lambda worker: worker.open == sides)
        left_at = time.monotonic()

    stage.worker.until(lambda worker: len(worker.left_at) == sides)
    assert max(stage.worker.left_at) - left_at < STOP_SECONDS
    stage.arena.until(lambda: len(stage.arena.running) == 0)
    record = stage.arena.record(chat) if sides == 2 else None
    turns = stage.arena.turns(chat) if record is None else (*record.turns_a, *record.turns_b)
    assert [turn.ending for turn in turns] == [Ending.CANCELLED] * sides
    assert set(stage.arena.kept.finished.values()) == {1}


def test_a_visitor_who_leaves_at_the_last_moment_loses_nothing_of_a_finished_answer(stage: Stage):
    """Ending is not interrupted: what was written whole is kept whole, once."""
    stage.arena.kept.failures = 2
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat) as stream:
        stream.until(TextDelta)
        stage.arena.until(lambda: stage.arena.kept.failures < 2)

    stage.arena.until(lambda: len(stage.arena.running) == 0)
    stage.arena.wait_for_the_ledger()
    (turn,) = stage.arena.turns(chat)
    assert (turn.ending, turn.answer) == (Ending.COMPLETED, "Hello there")


def test_visitors_who_leave_in_crowds_leave_nothing_behind(stage: Stage):
    stage.worker.slots = 200
    stage.arena.take_in(stage.worker)
    stage.worker.plays([say("Half"), hang()])

    def come_and_go(moment: float) -> None:
        with stage.arena.visitor() as visitor:
            battle = visitor.new("/battles")
            _leave_after(stage.arena.url, visitor, battle, moment)

    crowd = [threading.Thread(target=come_and_go, args=(number * 0.002,)) for number in range(24)]
    for visitor in crowd:
        visitor.start()
    for visitor in crowd:
        visitor.join()

    stage.worker.until(lambda worker: worker.open == 0)
    stage.arena.check_nothing_is_held()


def _leave_after(url: str, visitor: httpx.Client, path: str, seconds: float) -> None:
    """Send a message, and be gone so soon after it, whatever has come by then."""
    with closing(_sent(url, visitor, path)) as connection:
        connection.settimeout(max(seconds, 0.001))
        try:
            connection.recv(100)
        except TimeoutError:
            return


def _sent(url: str, visitor: httpx.Client, path: str, receive_buffer: int = 0) -> socket.socket:
    place = urlsplit(url)
    body = json.dumps({"text": "Hello?"}).encode()
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(PATIENCE)
    connection.connect((place.hostname, place.port))
    head = {"host": place.netloc, "content-type": "application/json", "content-length": str(len(body))}
    for name in ("authorization", "x-arena-session", "x-arena-visitor"):
        head[name] = visitor.headers[name]
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    connection.sendall(f"POST {path}/turns HTTP/1.1\r\n{lines}\r\n".encode() + body)
    return connection


def test_a_turn_ends_with_its_answer_however_slowly_the_visitor_reads(stage: Stage):
    words = ["\x01" * 50_000] * 60  # each character takes six bytes on the wire
    stage.worker.plays(an_answer(*words))
    chat = stage.visitor.new("/conversations", model="model-one")

    with closing(_sent(stage.arena.url, stage.visitor, chat, receive_buffer=4096)):
        stage.worker.until(lambda worker: len(worker.asked) == 1)
        stage.arena.until(lambda: len(stage.arena.running) == 0 and len(stage.arena.kept.finished) == 1)

        (turn,) = stage.arena.turns(chat)
        assert (turn.ending, turn.answer) == (Ending.COMPLETED, "".join(words))
        stage.arena.check_nothing_is_held()
        stage.worker.plays(an_answer("Next"))
        assert text_of(stage.visitor.say(chat)) == "Next"


@pytest.mark.parametrize("path", ["/battles", "/conversations"])
def test_going_down_ends_running_turns_as_failed_and_tells_their_visitors(tmp_path: Path, path: str):
    with a_worker("worker-1", "model-one", "model-two") as worker:
        worker.plays([say("Half"), hang()])
        with an_arena(tmp_path) as arena:
            arena.take_in(worker)
            with arena.visitor(Scope.SERVE, Scope.LOG) as visitor:
                chat = visitor.new(path, **({} if path == "/battles" else {"model": "model-one"}))
                sides = "ab" if path == "/battles" else [None]
                with visitor.answering(chat) as stream:
                    for _ in sides:
                        stream.until(TextDelta)
                    arena.ask(_shut_down(arena.running))
                    events = stream.rest()
                ends = [end_of(events, side) for side in sides]
                assert [end.code for end in ends if isinstance(end, Failed)] == ["shutting_down"] * len(ends)
                refused = visitor.post(f"{chat}/regenerate", json={})
                assert (refused.status_code, refused.json()["code"]) == (503, "shutting_down")
                assert set(arena.kept.finished.values()) == {1}
        with an_arena(tmp_path) as arena:
            (turn,) = arena.record(chat).turns_a if path == "/battles" else arena.turns(chat)
            assert (turn.ending, turn.answer, turn.error_code) == (Ending.FAILED, "Half", "shutting_down")


async def _shut_down(running: RunningTurns) -> None:
    running.shut_down()


def test_a_server_that_stops_lets_go_of_visitors_who_do_not_read(tmp_path: Path):
    with a_worker() as worker:
        worker.plays([say(*["\x01" * 50_000] * 60), hang()])
        with an_arena(tmp_path, drain_seconds=1) as arena:
            arena.take_in(worker)
            with arena.visitor() as visitor:
                chat = visitor.new("/conversations", model="model-one")
                connection = _sent(arena.url, visitor, chat, receive_buffer=4096)
                worker.until(lambda each: each.open == 1)
                arena.until(lambda: len(arena.running) == 1)
        connection.close()
        worker.until(lambda each: each.open == 0)
        with an_arena(tmp_path) as arena:
            (turn,) = arena.turns(chat)
            assert (turn.ending, turn.error_code) == (Ending.FAILED, "shutting_down")


def test_a_visitor_whose_connection_is_reset_has_left(stage: Stage):
    stage.worker.plays([say("Half"), drip()])
    chat = stage.visitor.new("/conversations", model="model-one")
    with closing(_sent(stage.arena.url, stage.visitor, chat)) as connection:
        stage.worker.until(lambda worker: worker.open == 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    stage.worker.until(lambda worker: len(worker.left_at) == 1)


def test_what_is_running_can_be_seen_and_is_over_when_done_was_said(stage: Stage):
    go_on = threading.Event()
    stage.worker.plays([say("Half"), wait_for(go_on), *an_answer(" more")])
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        during = stage.visitor.get(battle).json()
        go_on.set()
        stream.until(Done)
        after = stage.visitor.get(battle).json()

    assert (during["is_running"], during["can_vote"], during["turns"][0]["a"]["ending"]) == (True, False, None)
    assert (after["is_running"], after["can_vote"], after["turns"][0]["a"]["ending"]) == (False, True, "completed")
