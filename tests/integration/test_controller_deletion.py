"""Whoever takes everything back is forgotten at once, also in the middle of an answer; nobody else is."""

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from arena.chat import Ending, Finished, TextDelta
from arena.errors import LedgerError, Unconfirmed
from arena.ids import token_hash
from controller.outage_going_on import GoingOnLedger
from logging_store.forgetting import plain_code
from tests.arenas import PAGE_KEY, PLAIN, WIDE, Arena, Stage, Visitor, a_stage, end_of, text_of
from tests.visiting import refusal
from tests.worker_scripts import an_answer, finish, hang, say, wait_for

MARK = "zebra-seventeen"
JSON = {"content-type": "application/json"}


def a_code(visitor: Visitor) -> str:
    made = visitor.post("/sessions/me/deletion-code")
    assert made.status_code == 201
    return made.json()["code"]


def delete(arena: Arena, code: str, address: str = "192.0.2.9") -> httpx.Response:
    headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": address}
    return httpx.post(f"{arena.url}/deletions", json={"code": code}, headers=headers, verify=PLAIN)


def files(folder: Path) -> bytes:
    """Return the database's files as they are, and what lies beside them."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


def test_a_code_is_shown_once_and_kept_as_a_hash(stage: Stage, tmp_path: Path):
    assert stage.visitor.get("/sessions/me").json()["has_deletion_code"] is False

    code = a_code(stage.visitor)

    assert len(plain_code(code)) == 32
    assert stage.visitor.get("/sessions/me").json()["has_deletion_code"] is True
    assert plain_code(code).encode() not in files(tmp_path)
    assert code.encode() not in files(tmp_path)


def test_a_code_forgets_everything_from_any_browser_and_works_once(stage: Stage, tmp_path: Path):
    stage.worker.plays(an_answer(MARK))
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, MARK)
    code = a_code(stage.visitor)
    assert MARK.encode() in files(tmp_path)

    deleted = delete(stage.arena, f" {code.upper()} ")

    assert (deleted.status_code, deleted.json()) == (200, {"conversations": 1})
    assert [(turn.text, turn.answer) for turn in stage.arena.turns(chat)] == [("", "")]
    assert refusal(stage.visitor.get("/sessions/me")) == (401, "session_required")
    assert refusal(stage.visitor.get(chat)) == (401, "session_required")
    assert refusal(delete(stage.arena, code)) == (404, "unknown_code")


def test_a_new_code_makes_the_earlier_one_worthless(stage: Stage):
    first, second = a_code(stage.visitor), a_code(stage.visitor)

    assert refusal(delete(stage.arena, first)) == (404, "unknown_code")
    assert delete(stage.arena, second).status_code == 200


def test_a_session_forgets_itself_and_its_token_is_worthless_then(stage: Stage):
    stage.visitor.say(stage.visitor.new("/battles"))
    stage.visitor.say(stage.visitor.new("/conversations", model="model-one"))

    deleted = stage.visitor.delete("/sessions/me")

    assert (deleted.status_code, deleted.json()) == (200, {"conversations": 3})
    for method, path in (("DELETE", "/sessions/me"), ("POST", "/sessions/me/deletion-code"), ("POST", "/battles")):
        assert refusal(stage.visitor.request(method, path, json={})) == (401, "session_required")


def test_others_lose_nothing(stage: Stage):
    with stage.arena.visitor() as other:
        chat = other.new("/conversations", model="model-one")
        other.say(chat, MARK)

        stage.visitor.delete("/sessions/me")

        assert other.get(chat).json()["turns"][0]["text"] == MARK


def test_a_vote_stays_and_its_battle_belongs_to_nobody(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle, MARK)
    stage.visitor.vote(battle)

    stage.visitor.delete("/sessions/me")

    record = stage.arena.record(battle)
    assert record.vote is not None
    assert record.vote.session_id == record.battle.session_id == "0" * 32
    assert {turn.text for turn in record.turns_a + record.turns_b} == {""}


def test_what_was_forgotten_is_written_down_outside_the_database_first(tmp_path: Path):
    with a_stage(tmp_path, tombstones=tmp_path / "tombstones.jsonl") as stage:
        chat = stage.visitor.new("/conversations", model="model-one")
        stage.visitor.say(chat, MARK)

        stage.visitor.delete("/sessions/me")

        (line,) = (tmp_path / "tombstones.jsonl").read_text().splitlines()
        assert json.loads(line)["conversations"] == [sha256(chat.rpartition("/")[2].encode()).hexdigest()]


def test_what_cannot_be_written_down_is_refused_and_nothing_is_told_of_the_machine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "in the way").write_text("no folder")
    with a_stage(tmp_path, tombstones=tmp_path / "in the way" / "tombstones.jsonl") as stage:
        chat = stage.visitor.new("/conversations", model="model-one")
        stage.visitor.say(chat, MARK)

        refused = stage.visitor.delete("/sessions/me")

        assert refusal(refused) == (503, "ledger_unavailable")
        assert str(tmp_path) not in refused.text
        assert "could not be forgotten" in caplog.text
        assert stage.visitor.get(chat).json()["turns"][0]["text"] == MARK


def test_an_answer_that_is_being_written_is_stopped_first_and_nothing_of_it_is_kept(stage: Stage, tmp_path: Path):
    stage.worker.plays([say(MARK), hang()])
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat, text=MARK) as stream:
        stream.until(TextDelta)
        deleted = delete(stage.arena, a_code(stage.visitor))
        events = stream.rest()

    assert deleted.json() == {"conversations": 1}
    stage.worker.until(lambda worker: bool(worker.left_at))
    assert end_of(events) == Finished(reason="cancelled")
    (turn,) = stage.arena.turns(chat)
    assert (turn.ending, turn.text, turn.answer) == (Ending.CANCELLED, "", "")


def test_both_sides_of_a_battle_are_stopped_and_forgotten(stage: Stage):
    stage.worker.plays([say("Half"), hang()])
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle, text=MARK) as stream:
        stream.until(TextDelta)
        stage.worker.until(lambda worker: worker.open == 2)
        stage.visitor.delete("/sessions/me")
        events = stream.rest()

    assert [end_of(events, side).kind for side in "ab"] == ["finished"] * 2
    record = stage.arena.record(battle)
    turns = record.turns_a + record.turns_b
    assert {(turn.text, turn.answer, turn.ending) for turn in turns} == {("", "", Ending.CANCELLED)}


def test_an_answer_that_is_written_again_is_forgotten_with_the_one_before(stage: Stage):
    stage.worker.plays(an_answer(MARK), [say(MARK), hang()])
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, MARK)
    with stage.visitor.answering(chat, "regenerate") as stream:
        stream.until(TextDelta)
        stage.visitor.delete("/sessions/me")
        stream.rest()

    assert [(turn.text, turn.answer) for turn in stage.arena.turns(chat)] == [("", ""), ("", "")]


def test_a_turn_that_comes_between_is_not_opened_or_is_forgotten_too(stage: Stage):
    """A message is admitted, and before its turn is opened its session is forgotten."""
    chat = stage.visitor.new("/conversations", model="model-one")
    services = stage.arena.services
    assert services is not None
    token = stage.visitor.headers["x-arena-session"]

    async def forget_first() -> None:
        stage.arena.kept.before_opening = None
        await services.deletions.of_session(await services.sessions.known(token))

    stage.arena.kept.before_opening = forget_first

    events = stage.visitor.say(chat, MARK)

    assert end_of(events).kind == "failed" or text_of(events) == ""
    assert [turn for turn in stage.arena.turns(chat) if turn.text or turn.answer] == []


def test_two_deletions_at_once_forget_once(tmp_path: Path, ledger_url: str):
    with a_stage(tmp_path, store_url=ledger_url) as stage:
        stage.visitor.say(stage.visitor.new("/conversations", model="model-one"))
        code, barrier = a_code(stage.visitor), threading.Barrier(6)

        def forget(number: int) -> httpx.Response:
            barrier.wait()
            return delete(stage.arena, code) if number % 2 else stage.visitor.delete("/sessions/me")

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(forget, range(6)))

    assert [answer.json() for answer in answers if answer.status_code == 200] == [{"conversations": 1}]
    assert {refusal(answer) for answer in answers if answer.status_code != 200} <= {
        (404, "unknown_code"),
        (401, "session_required"),
    }


GONE = {(401, "session_required"), (403, "not_yours"), (403, "consent_required"), (404, "not_found")}
"""How one may be answered whose session has just been forgotten."""


def test_a_deletion_and_whatever_else_at_once_leave_nothing_but_a_vote_of_nobody(tmp_path: Path, ledger_url: str):
    with a_stage(tmp_path, store_url=ledger_url) as stage:
        for _ in range(6):
            with stage.arena.visitor() as visitor:
                battle = visitor.new("/battles")
                visitor.say(battle, MARK)
                works: list[Callable[[], httpx.Response]] = [
                    lambda: visitor.delete("/sessions/me"),
                    lambda: visitor.vote(battle),  # noqa: B023
                    lambda: visitor.put(f"{battle}/release", json={"allowed": False}),  # noqa: B023
                    lambda: visitor.post(f"{battle}/turns", json={"text": MARK}),  # noqa: B023
                    lambda: visitor.post("/sessions/me/deletion-code"),
                    lambda: visitor.post("/conversations", json={"model": "model-one"}),
                ]
                deleted, voted, *others = at_once(works)

                assert deleted.status_code == 200, deleted.text
                record = stage.arena.record(battle)
                assert (record.vote is not None) == (voted.status_code == 200)
                for answer in (voted, *others):
                    assert answer.status_code < 300 or refusal(answer) in GONE | {(409, "battle_closed")}
                assert record.vote is None or record.vote.session_id == "0" * 32
                assert {turn.text + turn.answer for turn in record.turns_a + record.turns_b} == {""}


def at_once(works: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    barrier = threading.Barrier(len(works))

    def do(work: Callable[[], httpx.Response]) -> httpx.Response:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(do, works))


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "0" * 32,
        "\x00",
        "0" * 31 + "\x00",
        "'; DROP TABLE sessions; --",
        "ß" * 32,
        "é",
        "\u202e" * 40,
        "-" * 200,
    ],
)
def test_whatever_is_no_code_is_answered_like_a_wrong_one(stage: Stage, code: str):
    assert refusal(delete(stage.arena, code)) == (404, "unknown_code")


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"{}",
        b'{"code": 17}',
        b'{"code": null}',
        b'{"code": ["0"]}',
        b'{"code": "\\ud800"}',
        b'{"code": "' + b"0" * 201 + b'"}',
        b'{"code": "' + b"0" * 5_000_000 + b'"}',
        b'{"code": "0", "session": "x"}',
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_and_not_repeated(stage: Stage, wire: bytes):
    sent = httpx.post(f"{stage.arena.url}/deletions", content=wire, headers=JSON, verify=PLAIN)

    assert refusal(sent) in {(422, "invalid_request"), (404, "unknown_code")}
    assert len(sent.content) < 500


def test_codes_cannot_be_tried_without_end(tmp_path: Path):
    limits = WIDE.model_copy(update={"sessions_per_minute_per_address": 3})
    with a_stage(tmp_path, limits=limits) as stage:
        code = a_code(stage.visitor)
        for _ in range(3):
            assert refusal(delete(stage.arena, "0" * 32)) == (404, "unknown_code")

        assert refusal(delete(stage.arena, code)) == (429, "limited")
        assert delete(stage.arena, code, address="198.51.100.4").status_code == 200


def test_codes_cannot_be_made_without_end(tmp_path: Path):
    limits = WIDE.model_copy(update={"sessions_per_minute_per_address": 3})
    with a_stage(tmp_path, limits=limits) as stage:
        made = [stage.visitor.post("/sessions/me/deletion-code") for _ in range(4)]

        assert [each.status_code for each in made] == [201, 201, 201, 429]
        assert delete(stage.arena, made[2].json()["code"]).status_code == 200


def test_a_deletion_is_done_to_its_end_also_if_whoever_asked_for_it_leaves(stage: Stage):
    stage.worker.plays([say(MARK), hang()])
    chat = stage.visitor.new("/conversations", model="model-one")
    services = stage.arena.services
    assert services is not None
    token = stage.visitor.headers["x-arena-session"]

    async def ask_and_leave() -> None:
        session = await services.sessions.known(token)
        asking = asyncio.create_task(services.deletions.of_session(session))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    with stage.visitor.answering(chat, text=MARK) as stream:
        stream.until(TextDelta)
        stage.arena.ask(ask_and_leave())
        stream.rest()
    stage.arena.ask(stage.arena.running.settle())

    assert [(turn.text, turn.answer) for turn in stage.arena.turns(chat)] == [("", "")]


def test_a_ledger_that_is_away_forgets_nobody_and_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: object, **__: object) -> None:
        raise LedgerError

    code = a_code(stage.visitor)
    services = stage.arena.services
    assert services is not None
    monkeypatch.setattr(services.deletions.ledger, "session_by_deletion_code", away)
    assert refusal(delete(stage.arena, code)) == (503, "ledger_unavailable")
    monkeypatch.undo()

    assert delete(stage.arena, code).status_code == 200


def test_what_may_have_been_forgotten_does_not_go_on_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def unconfirmed(*_: object, **__: object) -> None:
        raise Unconfirmed

    with a_stage(tmp_path, when_ledger_fails="go_on") as stage:
        stage.visitor.say(stage.visitor.new("/conversations", model="model-one"))
        services = stage.arena.services
        assert services is not None
        ledger = services.deletions.ledger
        assert isinstance(ledger, GoingOnLedger)
        hashed = token_hash(stage.visitor.headers["x-arena-session"])
        assert ledger.memory.session(hashed) is not None
        monkeypatch.setattr("controller.deletions.forget_session", unconfirmed)

        assert refusal(stage.visitor.delete("/sessions/me")) == (503, "unconfirmed")

        assert ledger.memory.session(hashed) is None


def test_neither_codes_nor_words_reach_a_log_line(stage: Stage, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    go_on = threading.Event()
    stage.worker.plays([say(MARK), wait_for(go_on), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")
    code = a_code(stage.visitor)
    with stage.visitor.answering(chat, text=MARK) as stream:
        stream.until(TextDelta)
        delete(stage.arena, code)
        go_on.set()
        stream.rest()

    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    said = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    assert MARK not in said
    assert code not in said
    assert plain_code(code) not in said
