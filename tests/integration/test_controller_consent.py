"""What visitors allow is kept as they said it, holds from then on, and can be changed at any time."""

import json
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending, Finished, TextDelta
from arena.session import AgeGroup, Scope
from arena.terms import TERMS, TERMS_VERSION
from logging_store.facts import ConsentFact
from logging_store.tables import sessions
from tests.arenas import PAGE_KEY, PLAIN, WIDE, Arena, Stage, Visitor, a_stage, an_arena, end_of, text_of
from tests.visiting import allow, refusal
from tests.worker_scripts import finish, hang, say, wait_for

JSON = {"content-type": "application/json"}
BOTH = [Scope.SERVE, Scope.LOG]


def kept(stage: Stage) -> ConsentFact:
    """Return the visitor's latest consent as the ledger has it."""
    token = stage.visitor.headers["x-arena-session"]
    services = stage.arena.services
    assert services is not None
    session = stage.arena.ask(services.sessions.known(token))
    consent = stage.arena.ask(stage.arena.kept.consent_of(session.id))
    assert consent is not None
    return consent


def cohorts(arena: Arena) -> list[str]:
    """Return the group of each session, in the order in which they were opened."""

    async def ask(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(select(sessions.c.cohort).order_by(sessions.c.id))).scalars())

    return arena.ask(arena.kept.database.read(ask))


@pytest.mark.parametrize("age_group", AgeGroup)
@pytest.mark.parametrize("covers_past", [True, False])
def test_a_consent_is_kept_and_told_with_its_age_group_and_whether_it_covers_the_past(
    stage: Stage, age_group: AgeGroup, covers_past: bool
):
    told = allow(stage.visitor, *BOTH, covers_past=covers_past, age_group=age_group, language="pt-BR").json()

    assert (told["age_group"], told["covers_past"], told["language"]) == (age_group, covers_past, "pt-BR")
    assert stage.visitor.get("/sessions/me").json()["consent"] == told
    consent = kept(stage).consent
    assert (consent.age_group, consent.covers_past, consent.scopes) == (age_group, covers_past, frozenset(BOTH))


@pytest.mark.parametrize(
    "wrong",
    [
        {"age_group": "ancient"},
        {"age_group": 17},
        {"age_group": None},
        {"covers_past": "perhaps"},
        {"covers_past": None},
        {"accepted_at": 1.0},
        {"language": "x" * 36},
        {"scopes": "serve"},
        {"scopes": [["serve"]]},
        {"terms_version": None},
    ],
)
def test_a_consent_that_makes_no_sense_is_refused_and_changes_nothing(stage: Stage, wrong: dict[str, Any]):
    before = kept(stage)
    wanted = {"terms_version": TERMS_VERSION, "scopes": BOTH} | wrong

    assert refusal(stage.visitor.put("/sessions/me/consent", json=wanted)) == (422, "invalid_request")
    assert kept(stage) == before


def test_an_answer_goes_on_under_the_consent_it_began_with(tmp_path: Path):
    with a_stage(tmp_path, unlogged_chat=True) as stage:
        go_on = threading.Event()
        stage.worker.plays([say("Half"), wait_for(go_on), say(" whole"), finish()])
        first = kept(stage)
        chat = stage.visitor.new("/conversations", model="model-one")
        with stage.visitor.answering(chat) as stream:
            stream.until(TextDelta)
            allow(stage.visitor, Scope.SERVE)
            go_on.set()
            events = stream.rest()

        assert (text_of(events), end_of(events)) == ("Half whole", Finished(reason="stop"))
        (turn,) = stage.arena.turns(chat)
        assert (turn.consent_id, turn.answer, turn.ending) == (first.id, "Half whole", Ending.COMPLETED)
        assert refusal(stage.visitor.post(f"{chat}/turns", json={"text": "hi"})) == (403, "consent_required")


@pytest.mark.parametrize("path", ["/conversations", "/battles"])
def test_taking_back_that_messages_are_sent_to_models_stops_what_is_being_written(stage: Stage, path: str):
    stage.worker.plays([say("Half"), hang()])
    chat = stage.visitor.new(path, **({"model": "model-one"} if path == "/conversations" else {}))
    with stage.visitor.answering(chat) as stream:
        stream.until(TextDelta)
        assert allow(stage.visitor, Scope.LOG, Scope.RELEASE).status_code == 200
        events = stream.rest()

    assert {event.reason for event in events if isinstance(event, Finished)} == {"cancelled"}
    stage.worker.until(lambda worker: worker.open == 0)
    for what, wanted in (("turns", {"text": "hi"}), ("regenerate", {})):
        assert refusal(stage.visitor.post(f"{chat}/{what}", json=wanted)) == (403, "consent_required")


def test_taking_it_back_stops_nobody_elses_answer(stage: Stage):
    go_on = threading.Event()
    stage.worker.plays([say("Half"), wait_for(go_on), finish()])
    with stage.arena.visitor() as other:
        chat = other.new("/conversations", model="model-one")
        with other.answering(chat) as stream:
            stream.until(TextDelta)
            allow(stage.visitor, Scope.LOG)
            go_on.set()
            events = stream.rest()

    assert end_of(events) == Finished(reason="stop")


def test_earlier_terms_are_asked_again_and_their_consent_stays_what_it_was(stage: Stage):
    earlier = min(TERMS)
    before = kept(stage)
    stage.arena.ask(_accepted_before(stage, before, earlier))

    assert refusal(stage.visitor.post("/battles", json={})) == (409, "terms_outdated")
    seen = stage.visitor.get("/sessions/me").json()
    assert (seen["consent"]["terms_version"], seen["terms_version"]) == (earlier, TERMS_VERSION)
    wanted = {"terms_version": earlier, "scopes": BOTH}
    assert refusal(stage.visitor.put("/sessions/me/consent", json=wanted)) == (409, "terms_outdated")

    allow(stage.visitor, *BOTH)
    assert stage.visitor.post("/battles", json={}).status_code == 201


async def _accepted_before(stage: Stage, latest: ConsentFact, version: str) -> None:
    """Let the visitor's latest consent be one to earlier terms."""
    update = {"terms_version": version, "accepted_at": latest.consent.accepted_at + 1}
    consent = latest.consent.model_copy(update=update)
    await stage.arena.kept.add_consent(ConsentFact("0" * 31 + "1", latest.session_id, consent))


def test_minds_are_not_changed_without_end(tmp_path: Path):
    limits = WIDE.model_copy(update={"sessions_per_minute_per_address": 3})
    with a_stage(tmp_path, limits=limits) as stage:
        answers = [allow(stage.visitor, *BOTH) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_the_page_names_a_group_and_nobody_else_does(tmp_path: Path):
    with an_arena(tmp_path) as arena:
        page = {"authorization": f"Bearer {PAGE_KEY}"}
        for headers, body in ((page, {"cohort": "school-7"}), ({}, {"cohort": "school-7"}), (page, None), (page, {})):
            opened = httpx.post(f"{arena.url}/sessions", headers=headers, json=body, verify=PLAIN)
            assert opened.status_code == 201

        assert cohorts(arena) == ["school-7", "", "", ""]


@pytest.mark.parametrize(
    "wire",
    [
        b'{"cohort": "a b"}',
        b'{"cohort": "\\u0000"}',
        b'{"cohort": "' + b"x" * 61 + b'"}',
        b'{"cohort": 7}',
        b'{"cohort": "school-7\\n"}',
        b'{"group": "school-7"}',
        b"[]",
        b"{",
    ],
)
def test_a_group_without_a_proper_name_opens_no_session(tmp_path: Path, wire: bytes):
    with an_arena(tmp_path) as arena:
        headers = JSON | {"authorization": f"Bearer {PAGE_KEY}"}
        refused = httpx.post(f"{arena.url}/sessions", headers=headers, content=wire, verify=PLAIN)

        assert refusal(refused) in {(422, "invalid_request"), (400, "malformed_json")}
        assert cohorts(arena) == []


@pytest.fixture
def two_visitors(stage: Stage) -> Generator[tuple[Stage, Visitor]]:
    with stage.arena.visitor() as other:
        yield stage, other


@pytest.mark.parametrize("path", ["/conversations", "/battles"])
def test_the_latest_choice_about_a_release_is_shown_and_all_are_kept(stage: Stage, path: str):
    chat = stage.visitor.new(path, **({"model": "model-one"} if path == "/conversations" else {}))
    stage.visitor.say(chat)
    seen = [stage.visitor.get(chat).json()["is_withheld"]]

    for allowed in (False, False, True, False):
        assert stage.visitor.put(f"{chat}/release", json={"allowed": allowed}).status_code == 204
        seen.append(stage.visitor.get(chat).json()["is_withheld"])

    assert seen == [False, True, True, False, True]
    sides = 1 if path == "/conversations" else 2
    assert stage.arena.counts()["release_choices"] == 4 * sides


def test_a_choice_about_a_battle_is_one_about_both_of_its_conversations(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.put(f"{battle}/release", json={"allowed": False})

    record = stage.arena.record(battle).battle
    for side in (record.conversation_a, record.conversation_b):
        assert stage.arena.ask(stage.arena.kept.release_choice_of(side)) is False


def test_a_choice_can_be_made_while_an_answer_is_written_and_after_the_vote(stage: Stage):
    stage.worker.plays([say("Half"), hang()])
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        assert stage.visitor.put(f"{battle}/release", json={"allowed": False}).status_code == 204
        stage.visitor.post(f"{battle}/stop")
        stream.rest()
    stage.worker.plays([say("Whole"), finish()])
    stage.visitor.regenerate(battle)
    assert stage.visitor.vote(battle).status_code == 200

    assert stage.visitor.get(battle).json()["is_withheld"] is True
    assert stage.visitor.put(f"{battle}/release", json={"allowed": True}).status_code == 204
    assert stage.visitor.get(battle).json()["is_withheld"] is False


@pytest.mark.parametrize("path", ["/conversations", "/battles"])
def test_nobody_chooses_for_others(two_visitors: tuple[Stage, Visitor], path: str):
    stage, other = two_visitors
    chat = other.new(path, **({"model": "model-one"} if path == "/conversations" else {}))

    assert refusal(stage.visitor.put(f"{chat}/release", json={"allowed": True})) == (403, "not_yours")
    assert refusal(httpx.put(f"{stage.arena.url}{chat}/release", json={"allowed": True})) == (401, "session_required")
    assert stage.arena.counts()["release_choices"] == 0


def test_a_side_of_a_battle_is_not_chosen_for_alone(stage: Stage):
    battle = stage.visitor.new("/battles")
    side = stage.arena.record(battle).battle.conversation_a

    refused = stage.visitor.put(f"/conversations/{side}/release", json={"allowed": False})

    assert refusal(refused) == (404, "not_found")


@pytest.mark.parametrize("path", ["/conversations/nothing", f"/conversations/{'0' * 32}", f"/battles/{'0' * 32}"])
def test_a_choice_about_nothing_is_not_found(stage: Stage, path: str):
    assert refusal(stage.visitor.put(f"{path}/release", json={"allowed": True})) == (404, "not_found")


@pytest.mark.parametrize("body", [{}, {"allowed": None}, {"allowed": "perhaps"}, {"allowed": True, "by": "me"}, [], 1])
def test_a_choice_that_makes_no_sense_is_refused(stage: Stage, body: object):
    chat = stage.visitor.new("/conversations", model="model-one")

    refused = stage.visitor.put(f"{chat}/release", content=json.dumps(body), headers=JSON)

    assert refusal(refused) == (422, "invalid_request")
    assert stage.arena.counts()["release_choices"] == 0


def test_choices_are_not_made_without_end(tmp_path: Path):
    with a_stage(tmp_path, limits=WIDE.model_copy(update={"turns_per_minute": 3})) as stage:
        chat = stage.visitor.new("/conversations", model="model-one")

        answers = [stage.visitor.put(f"{chat}/release", json={"allowed": False}) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
