"""When the ledger fails or the controller is killed: no turn is lost without a trace, and nothing untrue is told."""

import shutil
from pathlib import Path

import httpx
import pytest

from arena.chat import Done, Ending, Failed, Finished, TextDelta
from arena.errors import LedgerError
from arena.session import Scope
from controller.turn_book import LedgerBook
from controller.views import LOST
from tests.arenas import PAGE_KEY, WORKER_KEY, Stage, Stream, Visitor, a_stage, an_arena, end_of, text_of
from tests.controller_process import controller_process
from tests.scripted_worker import a_worker
from tests.worker_scripts import an_answer, hang, say

ROOT = Path(__file__).parents[2]


def test_a_ledger_that_fails_for_a_moment_costs_the_visitor_nothing(stage: Stage):
    stage.arena.kept.failures = 3
    battle = stage.visitor.new("/battles")

    events = stage.visitor.say(battle)

    assert [end_of(events, side).kind for side in "ab"] == ["finished"] * 2
    assert events[-1] == Done(can_vote=True)
    stage.arena.wait_for_the_ledger()
    record = stage.arena.record(battle)
    assert [turn.ending for turn in record.turns_a + record.turns_b] == [Ending.COMPLETED] * 2


def break_the_spool(stage: Stage) -> None:
    """Let nothing be kept on disk any more."""
    shutil.rmtree(stage.arena.outage.ledger.spool.folder)


@pytest.mark.parametrize("path", ["/battles", "/conversations"])
def test_an_answer_whose_end_was_not_recorded_is_not_called_finished(stage: Stage, path: str):
    break_the_spool(stage)
    stage.arena.kept.failures = 1_000_000
    chat = stage.visitor.new(path, **({} if path == "/battles" else {"model": "model-one"}))

    events = stage.visitor.say(chat)

    assert not [event for event in events if isinstance(event, Finished)]
    ends = [end_of(events, side) for side in ("ab" if path == "/battles" else [None])]
    assert {end.code for end in ends if isinstance(end, Failed)} == {"ledger_unavailable"}
    assert events[-1] == Done(can_vote=False)
    stage.arena.kept.failures = 0
    stage.arena.wait_for_the_ledger()
    stage.arena.ask(_go_down(stage))
    assert set(stage.arena.kept.finished.values()) == {1}


async def _go_down(stage: Stage) -> None:
    """What could not be written is tried a last time then."""
    stage.arena.running.shut_down()
    await stage.arena.running.settle()


def test_what_was_not_recorded_at_first_is_recorded_as_soon_as_the_ledger_is_back(stage: Stage):
    services = stage.arena.services
    assert services is not None
    book = services.chats.player.book
    assert isinstance(book, LedgerBook)
    book.finishing.later_seconds = 0.01
    break_the_spool(stage)
    stage.arena.kept.failures = 8
    chat = stage.visitor.new("/conversations", model="model-one")
    assert isinstance(end_of(stage.visitor.say(chat)), Failed)

    stage.arena.until(lambda: len(stage.arena.kept.finished) == 1)

    (turn,) = stage.arena.turns(chat)
    assert (turn.ending, turn.answer) == (Ending.COMPLETED, "Hello there")


def test_a_turn_that_cannot_be_opened_asks_no_worker_and_says_why(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")

    async def fail() -> None:
        raise LedgerError

    stage.arena.kept.before_opening = fail

    events = stage.visitor.say(chat)

    end = end_of(events)
    assert isinstance(end, Failed)
    assert (end.code, events[-1]) == ("ledger_unavailable", Done())
    assert stage.worker.asked == []
    assert stage.arena.turns(chat) == ()


def test_after_a_kill_in_the_middle_the_turn_is_lost_the_view_says_so_and_regenerate_works(tmp_path: Path):
    headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": "192.0.2.1"}
    with a_worker("worker-1", "model-one", "model-two") as worker:
        with controller_process(tmp_path) as process, Visitor(base_url=process.url, headers=headers) as visitor:
            keyed = {"authorization": f"Bearer {WORKER_KEY}", "content-type": "application/json"}
            card = worker.card().model_dump_json()
            assert httpx.post(f"{process.url}/workers", content=card, headers=keyed).status_code == 204
            token = visitor.headers["x-arena-session"] = visitor.post("/sessions").json()["token"]
            terms = visitor.get("/sessions/me").json()["terms_version"]
            visitor.put("/sessions/me/consent", json={"terms_version": terms, "scopes": list(Scope)})
            voted, cut = visitor.new("/battles"), visitor.new("/battles")
            visitor.say(voted)
            assert visitor.vote(voted).status_code == 200
            visitor.say(cut, "First")
            worker.plays([say("Half"), hang()])
            with visitor.stream("POST", f"{cut}/turns", json={"text": "Second"}) as response:
                stream = Stream(response)
                stream.until(TextDelta)
                process.kill()
                with pytest.raises(httpx.TransportError):
                    stream.rest()
        worker.plays(an_answer("Whole"))
        with an_arena(tmp_path) as arena, arena.visitor(agreed=False) as visitor:
            arena.take_in(worker)
            visitor.headers["x-arena-session"] = token

            assert visitor.get(voted).json()["reveal"]["outcome"] == "model_a"
            view = visitor.get(cut).json()
            assert [turn["a"]["ending"] for turn in view["turns"]] == ["completed", "lost"]
            assert view["turns"][1]["b"] == {"text": "", "ending": "lost", "message": LOST, "reasoning": ""}
            assert (view["is_running"], view["can_vote"]) == (False, False)
            refused = visitor.vote(cut)
            assert (refused.status_code, refused.json()["code"]) == (409, "side_unanswered")
            assert text_of(visitor.regenerate(cut), "a") == "Whole"
            assert visitor.vote(cut).status_code == 200
            said = [message["content"] for message in worker.asked[-1].body["messages"]]
            assert said == ["First", "Hello there", "Second"]
            arena.check_nothing_is_held()


def test_only_what_this_controller_left_open_is_lost(tmp_path: Path):
    with a_stage(tmp_path, name="another") as stage:
        stage.worker.plays([say("Half"), hang()])
        chat = stage.visitor.new("/conversations", model="model-one")
        with stage.visitor.answering(chat) as stream:
            stream.until(TextDelta)
            with an_arena(tmp_path, name="controller"):
                pass
            assert [turn.ending for turn in stage.arena.turns(chat)] == [None]
            stage.visitor.post(f"{chat}/stop")
            assert end_of(stream.rest()) == Finished(reason="cancelled")
