"""Whoever wants nothing kept can chat with one model, where the operator allows it, and nothing of it is kept."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.chat import ChatEvent, Done, Failed, Finished, Started, TextDelta, TurnRequest
from arena.errors import WorkerBroke
from arena.session import ConsentRequest, Scope
from arena.terms import TERMS_VERSION
from tests.arenas import TWO_MODELS, WIDE, Arena, Stage, Visitor, a_stage, an_arena, end_of, text_of
from tests.scripted_worker import a_worker
from tests.visiting import allow, refusal
from tests.worker_scripts import an_answer, error_event, finish, hang, raw, refuse, say, think

MARK = "zebra-seventeen"


@contextmanager
def an_unlogged_stage(folder: Path, **given: object) -> Generator[Stage]:
    """Set a stage for a visitor who lets messages be sent to models, and nothing be kept."""
    with a_stage(folder, unlogged_chat=True, **given) as stage, stage.arena.visitor(Scope.SERVE) as visitor:
        yield stage._replace(visitor=visitor)


@pytest.fixture
def shy(tmp_path: Path) -> Generator[Stage]:
    with an_unlogged_stage(tmp_path) as stage:
        yield stage


def a_chat(visitor: Visitor) -> str:
    return visitor.new("/conversations", model="model-one")


def on_disk(folder: Path) -> bytes:
    """Return all that lies in a folder: the database, its log, whatever else there is."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def rows(arena: Arena) -> int:
    """Return how many rows there are of what was said."""
    counts = arena.counts()
    return sum(
        counts[table] for table in ("conversations", "battles", "turns", "votes", "reactions", "release_choices")
    )


def test_a_chat_goes_on_and_is_read_again_and_the_ledger_has_nothing_of_it(shy: Stage, tmp_path: Path):
    shy.worker.plays(an_answer("I am ", MARK), [think("aloud ", MARK), say("Really"), finish()])
    chat = a_chat(shy.visitor)

    first, second = shy.visitor.say(chat, f"Who, {MARK}?"), shy.visitor.say(chat, "Really?")

    assert [isinstance(first[0], Started), text_of(first), first[-1]] == [True, f"I am {MARK}", Done()]
    assert end_of(second) == Finished(reason="stop")
    assert [each["content"] for each in shy.worker.asked[-1].body["messages"]] == [
        f"Who, {MARK}?",
        f"I am {MARK}",
        "Really?",
    ]
    view = shy.visitor.get(chat).json()
    assert (view["is_logged"], view["is_withheld"], view["model"]) == (False, False, "model-one")
    assert [(turn["text"], turn["answer"]["text"]) for turn in view["turns"]] == [
        (f"Who, {MARK}?", f"I am {MARK}"),
        ("Really?", "Really"),
    ]
    assert rows(shy.arena) == 0
    assert MARK.encode() not in on_disk(tmp_path)
    assert chat.rpartition("/")[2].encode() not in on_disk(tmp_path)


SAID = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=6, max_size=40)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=SAID, answered=SAID, ways=st.lists(st.sampled_from(["say", "again", "stop", "fail"]), max_size=4))
def test_whatever_is_said_and_however_it_ends_no_word_reaches_the_disk(
    shy: Stage, tmp_path: Path, asked: str, answered: str, ways: list[str]
):
    chat = a_chat(shy.visitor)
    asked, answered = f"{MARK} {asked}", f"{MARK} {answered}"
    shy.worker.plays(an_answer(answered))
    shy.visitor.say(chat, asked)
    for way in ways:
        ending = {"stop": hang(), "fail": error_event(WorkerBroke(answered))}.get(way, finish())
        shy.worker.plays([say(answered), ending])
        with shy.visitor.answering(chat, "regenerate" if way == "again" else "turns", **_wish(way, asked)) as stream:
            stream.until(TextDelta)
            if way == "stop":
                shy.visitor.post(f"{chat}/stop")
            stream.rest()

    kept = on_disk(tmp_path)
    assert rows(shy.arena) == 0
    assert MARK.encode() not in kept
    assert asked.encode() not in kept
    assert answered.encode() not in kept


def _wish(way: str, text: str) -> dict[str, str]:
    return {} if way == "again" else {"text": text}


def test_nothing_of_it_reaches_a_log_line(shy: Stage, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    shy.worker.plays([say(MARK), raw(b"data: {" + MARK.encode() + b"}\n\n")], [refuse(WorkerBroke(MARK))])
    chat = a_chat(shy.visitor)

    shy.visitor.say(chat, MARK)
    shy.visitor.say(chat, MARK)

    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    said = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    assert MARK not in said
    assert chat.rpartition("/")[2] not in said


def test_regenerating_and_stopping_work_as_ever(shy: Stage):
    shy.worker.plays(an_answer("First"), an_answer("Second"), [say("Third", " and"), hang()])
    chat = a_chat(shy.visitor)
    assert refusal(shy.visitor.post(f"{chat}/regenerate", json={})) == (409, "nothing_to_regenerate")
    shy.visitor.say(chat, "Well?")

    assert text_of(shy.visitor.regenerate(chat)) == "Second"
    with shy.visitor.answering(chat, text="And?") as stream:
        while "and" not in text_of(stream.seen):
            stream.until(TextDelta)
        assert shy.visitor.get(chat).json()["is_running"] is True
        assert refusal(shy.visitor.post(f"{chat}/turns", json={"text": "Too soon"})) == (409, "turn_running")
        assert shy.visitor.post(f"{chat}/stop").status_code == 204
        events = stream.rest()

    assert end_of(events) == Finished(reason="cancelled")
    view = shy.visitor.get(chat).json()
    assert [(turn["text"], turn["answer"]["text"]) for turn in view["turns"]] == [
        ("Well?", "Second"),
        ("And?", "Third and"),
    ]


def test_a_failed_answer_says_so_when_it_is_read_again(shy: Stage):
    shy.worker.plays([say("Half"), error_event(WorkerBroke(MARK))])
    chat = a_chat(shy.visitor)
    shy.visitor.say(chat)

    answer = shy.visitor.get(chat).json()["turns"][0]["answer"]

    assert (answer["text"], answer["ending"]) == ("Half", "failed")
    assert MARK not in answer["message"]


def test_reactions_and_release_choices_are_refused_kindly(shy: Stage):
    chat = a_chat(shy.visitor)
    started = shy.visitor.say(chat)[0]
    assert isinstance(started, Started)

    reaction = shy.visitor.post(f"{chat}/reaction", json={"turn_id": started.turn_id, "kind": "up"})
    choice = shy.visitor.put(f"{chat}/release", json={"allowed": False})

    assert refusal(reaction) == refusal(choice) == (409, "not_logged")
    assert rows(shy.arena) == 0


def test_only_its_session_can_read_or_continue_it(shy: Stage):
    chat = a_chat(shy.visitor)
    shy.visitor.say(chat, MARK)
    for scopes in ([], [Scope.SERVE]):
        with shy.arena.visitor(*scopes) as other:
            answers = [
                other.get(chat),
                other.post(f"{chat}/turns", json={"text": "hi"}),
                other.post(f"{chat}/regenerate", json={}),
                other.post(f"{chat}/stop"),
                other.put(f"{chat}/release", json={"allowed": True}),
                other.post(f"{chat}/reaction", json={"turn_id": "0" * 32, "kind": "up"}),
            ]
        assert {refusal(answer) for answer in answers} == {(403, "not_yours")}
        assert MARK not in "".join(answer.text for answer in answers)
    assert refusal(httpx.get(shy.arena.url + chat)) == (401, "session_required")


def test_battles_and_side_by_side_need_the_consent_to_log(shy: Stage):
    chosen = {"mode": "side_by_side", "model_a": "model-one", "model_b": "model-two"}
    for wanted in ({}, chosen):
        refused = shy.visitor.post("/battles", json=wanted)
        assert refusal(refused) == (403, "consent_required")
    assert rows(shy.arena) == 0


def test_a_battle_that_was_begun_needs_it_again_when_it_is_taken_back(shy: Stage):
    allow(shy.visitor, Scope.SERVE, Scope.LOG)
    battle = shy.visitor.new("/battles")
    shy.visitor.say(battle)
    allow(shy.visitor, Scope.SERVE)

    assert refusal(shy.visitor.post(f"{battle}/turns", json={"text": "hi"})) == (403, "consent_required")
    assert shy.visitor.vote(battle).status_code == 200


def test_what_was_unlogged_stays_unlogged_when_logging_is_allowed_later(shy: Stage, tmp_path: Path):
    chat = a_chat(shy.visitor)
    shy.visitor.say(chat, MARK)
    allow(shy.visitor, Scope.SERVE, Scope.LOG, Scope.RELEASE)

    shy.visitor.say(chat, f"{MARK} again")

    assert shy.visitor.get(chat).json()["is_logged"] is False
    assert rows(shy.arena) == 0
    assert MARK.encode() not in on_disk(tmp_path)
    logged = a_chat(shy.visitor)
    shy.visitor.say(logged, "This is kept")
    assert shy.visitor.get(logged).json()["is_logged"] is True
    assert [turn.text for turn in shy.arena.turns(logged)] == ["This is kept"]


def test_what_was_logged_is_not_continued_without_the_consent_to_log(shy: Stage):
    allow(shy.visitor, Scope.SERVE, Scope.LOG)
    chat = a_chat(shy.visitor)
    shy.visitor.say(chat)
    allow(shy.visitor, Scope.SERVE)

    assert refusal(shy.visitor.post(f"{chat}/turns", json={"text": "hi"})) == (403, "consent_required")
    assert refusal(shy.visitor.post(f"{chat}/regenerate", json={})) == (403, "consent_required")
    assert shy.visitor.get(chat).json()["is_logged"] is True


def test_without_the_consent_to_serve_nothing_is_sent_to_a_model(shy: Stage):
    chat = a_chat(shy.visitor)
    allow(shy.visitor, Scope.LOG)

    assert refusal(shy.visitor.post(f"{chat}/turns", json={"text": "hi"})) == (403, "consent_required")
    assert refusal(shy.visitor.post("/conversations", json={"model": "model-one"})) == (403, "consent_required")
    assert shy.worker.asked == []


def test_a_turn_on_its_way_when_that_is_taken_back_does_not_begin(shy: Stage):
    chat = a_chat(shy.visitor)
    services, token = shy.arena.services, shy.visitor.headers["x-arena-session"]
    assert services is not None

    async def change_on_the_way() -> list[ChatEvent]:
        session = await services.sessions.known(token)
        stream = await services.chats.say(session, chat.rpartition("/")[2], TurnRequest(text=MARK))
        taken_back = ConsentRequest(terms_version=TERMS_VERSION, scopes=frozenset({Scope.RELEASE}))
        await services.sessions.consent(session, taken_back)
        return [event async for batch in stream for event in batch]

    failed, done = shy.arena.ask(change_on_the_way())

    assert isinstance(failed, Failed)
    assert (failed.code, done) == ("consent_required", Done())
    assert shy.worker.asked == []


def test_where_the_operator_does_not_allow_it_it_is_refused(stage: Stage):
    assert stage.visitor.get("/sessions/me").json()["may_chat_unlogged"] is False
    with stage.arena.visitor(Scope.SERVE) as visitor:
        refused = visitor.post("/conversations", json={"model": "model-one"})

    assert refusal(refused) == (403, "consent_required")


def test_a_session_is_told_where_it_is_possible(shy: Stage):
    assert shy.visitor.get("/sessions/me").json()["may_chat_unlogged"] is True


def test_it_is_gone_at_the_next_start(tmp_path: Path):
    with an_unlogged_stage(tmp_path) as stage:
        chat = a_chat(stage.visitor)
        stage.visitor.say(chat, MARK)
        token = stage.visitor.headers["x-arena-session"]
    with an_arena(tmp_path, unlogged_chat=True) as arena, arena.visitor() as visitor:
        visitor.headers["x-arena-session"] = token

        assert refusal(visitor.get(chat)) == (404, "not_found")
        assert refusal(visitor.post(f"{chat}/turns", json={"text": "hi"})) == (404, "not_found")


def test_a_deletion_takes_it_along_also_in_the_middle_of_an_answer(shy: Stage):
    shy.worker.plays([say("Half"), hang()])
    chat = a_chat(shy.visitor)
    with shy.visitor.answering(chat, text=MARK) as stream:
        stream.until(TextDelta)
        deleted = shy.visitor.delete("/sessions/me")
        events = stream.rest()

    assert deleted.json() == {"conversations": 1}
    assert end_of(events).kind == "finished"
    services = shy.arena.services
    assert services is not None
    assert (len(services.chats.unlogged), services.chats.unlogged.size) == (0, 0)


def test_the_limits_are_the_same(tmp_path: Path):
    limits = WIDE.model_copy(update={"turns_per_minute": 2, "streams_per_session": 1})
    with an_unlogged_stage(tmp_path, limits=limits) as stage:
        chat = a_chat(stage.visitor)
        assert refusal(stage.visitor.post(f"{chat}/turns", json={"text": "x" * 40_000})) == (413, "text_too_long")
        stage.worker.plays([say("Half"), hang()])
        with stage.visitor.answering(chat) as stream:
            stream.until(TextDelta)
            other = a_chat(stage.visitor)
            assert refusal(stage.visitor.post(f"{other}/turns", json={"text": "hi"})) == (429, "too_many_streams")
        stage.arena.until(lambda: len(stage.arena.running) == 0)
        stage.worker.plays(an_answer("Hello"))
        stage.visitor.say(chat)

        assert refusal(stage.visitor.post(f"{chat}/turns", json={"text": "hi"})) == (429, "too_many_turns")


def test_a_session_has_so_many_conversations_and_the_longest_rested_makes_room(shy: Stage):
    chats = [a_chat(shy.visitor) for _ in range(21)]

    seen = [shy.visitor.get(chat).status_code for chat in chats]

    assert seen == [404] + [200] * 20


def test_whoever_leaves_in_the_middle_finds_what_was_written(shy: Stage):
    shy.worker.plays([say("Half"), hang()])
    chat = a_chat(shy.visitor)
    with shy.visitor.answering(chat) as stream:
        stream.until(TextDelta)
    shy.arena.until(lambda: len(shy.arena.running) == 0)

    answer = shy.visitor.get(chat).json()["turns"][0]["answer"]

    assert (answer["text"], answer["ending"]) == ("Half", "cancelled")


def test_a_stop_of_the_controller_ends_it_too(tmp_path: Path):
    with (
        an_arena(tmp_path, *TWO_MODELS, unlogged_chat=True) as arena,
        a_worker("worker-1", "model-one") as worker,
        arena.visitor(Scope.SERVE) as visitor,
    ):
        arena.take_in(worker)
        worker.plays([say("Half"), hang()])
        chat = a_chat(visitor)
        with visitor.answering(chat) as stream:
            stream.until(TextDelta)
            assert arena.loop is not None
            arena.loop.call_soon_threadsafe(arena.running.shut_down)
            events = stream.rest()

        assert end_of(events).kind == "failed"
