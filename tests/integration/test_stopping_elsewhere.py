"""Two controllers on one ledger: what one of them writes can be stopped, and taken back, at the other."""

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.chat import Ending, Finished, TextDelta
from tests.arenas import Arena, Stream, Visitor, an_arena, end_of, text_of
from tests.scripted_worker import a_worker
from tests.worker_scripts import finish, say, wait_for


@dataclass
class Two:
    """Two controllers and a visitor at the first, whose worker has said one word and waits."""

    first: Arena
    second: Arena
    visitor: Visitor
    goes_on: threading.Event

    @contextmanager
    def at_the_second(self) -> Generator[Visitor]:
        """The same visitor, at the other controller."""
        with Visitor(base_url=self.second.url, headers=self.visitor.headers, timeout=20, verify=False) as there:
            yield there

    @contextmanager
    def answering(self, path: str) -> Generator[Stream]:
        with self.visitor.answering(path) as stream:
            while {"a", "b"} - {event.side for event in stream.seen if isinstance(event, TextDelta)}:
                stream.until(TextDelta)
                if path.startswith("/conversations"):
                    break
            yield stream


@pytest.fixture
def two(tmp_path: Path, ledger_url: str) -> Generator[Two]:
    goes_on = threading.Event()
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(an_arena(tmp_path, name=name, store_url=ledger_url)) for name in ("first", "second")
        )
        worker = stack.enter_context(a_worker("worker", "model-one", "model-two", slots=10))
        worker.plays([say("Half"), wait_for(goes_on), say(" an answer"), finish()])
        first.take_in(worker)
        try:
            yield Two(first, second, stack.enter_context(first.visitor()), goes_on)
        finally:
            goes_on.set()


def test_a_battle_is_stopped_at_the_other_controller_and_what_was_written_stays(two: Two):
    battle = two.visitor.new("/battles", mode="battle")
    with two.answering(battle) as stream, two.at_the_second() as there:
        assert there.get(battle).json()["is_running"]
        assert there.post(f"{battle}/stop").status_code == 204
        seen = there.get(battle).json()
        events = stream.rest()

    assert end_of(events, "a") == Finished(side="a", reason="cancelled")
    assert end_of(events, "b") == Finished(side="b", reason="cancelled")
    assert not seen["is_running"]
    assert seen["can_vote"]
    assert (seen["turns"][0]["a"]["text"], seen["turns"][0]["a"]["ending"]) == ("Half", "cancelled")


def test_a_chat_is_stopped_at_the_other_controller(two: Two):
    chat = two.visitor.new("/conversations", model="model-one")
    with two.answering(chat) as stream, two.at_the_second() as there:
        assert there.get(chat).json()["is_running"]
        there.post(f"{chat}/stop")
        assert not there.get(chat).json()["is_running"]
        assert text_of(stream.rest()) == "Half"


def test_only_what_was_wished_is_stopped(two: Two):
    chats = [two.visitor.new("/conversations", model="model-one") for _ in range(2)]
    with two.answering(chats[0]) as stopped, two.answering(chats[1]) as left, two.at_the_second() as there:
        there.post(f"{chats[0]}/stop")
        stopped.rest()
        two.goes_on.set()

        assert text_of(left.rest()) == "Half an answer"


def test_a_wish_that_comes_too_late_stops_nothing_later(two: Two):
    chat = two.visitor.new("/conversations", model="model-one")
    with two.answering(chat) as stream, two.at_the_second() as there:
        two.goes_on.set()
        stream.rest()
        there.post(f"{chat}/stop")

    assert text_of(two.visitor.say(chat)) == "Half an answer"


def test_after_a_deletion_at_the_other_controller_nothing_more_is_written(two: Two):
    chat = two.visitor.new("/conversations", model="model-one")
    with two.answering(chat) as stream, two.at_the_second() as there:
        assert there.delete("/sessions/me").status_code == 200
        stream.rest()
        two.goes_on.set()

    two.first.check_nothing_is_held()
    (turn,) = two.first.ask(two.first.kept.turns_of(chat.rpartition("/")[2]))
    assert (turn.ending, turn.text, turn.answer) == (Ending.CANCELLED, "", "")
