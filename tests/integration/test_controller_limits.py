"""How much one visitor may ask for: refused with 429 and when to come back, whoever the visitor claims to be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from arena.chat import Failed, Finished, TextDelta
from arena.settings import Limits
from tests.arenas import PAGE_KEY, WIDE, WORKER_KEY, Stage, a_stage, an_arena
from tests.worker_scripts import hang, say


def limits(**given: int) -> Limits:
    return Limits(**{**WIDE.model_dump(), **given})


def check_refused(response: httpx.Response, code: str, longest: int = 60) -> None:
    assert (response.status_code, response.json()["code"]) == (429, code)
    assert 1 <= int(response.headers["retry-after"]) <= longest


def test_a_session_has_so_many_turns_a_minute_regenerated_ones_included(tmp_path: Path):
    with a_stage(tmp_path, limits=limits(turns_per_minute=3)) as stage:
        chat = stage.visitor.new("/conversations", model="model-one")
        stage.visitor.say(chat)
        stage.visitor.say(chat)
        stage.visitor.regenerate(chat)

        refused = stage.visitor.post(f"{chat}/turns", json={"text": "hi"})
        again = stage.visitor.post(f"{chat}/regenerate", json={})

        check_refused(refused, "too_many_turns")
        check_refused(again, "too_many_turns")
        assert stage.arena.counts()["turns"] == 3
        with stage.arena.visitor() as other:
            other.say(other.new("/conversations", model="model-one"))


def test_an_address_has_so_many_turns_a_minute_in_all_its_sessions(tmp_path: Path):
    with a_stage(tmp_path, limits=limits(turns_per_minute_per_address=2)) as stage:
        stage.visitor.say(stage.visitor.new("/conversations", model="model-one"))
        with stage.arena.visitor() as second, stage.arena.visitor(address="192.0.2.9") as elsewhere:
            chat = second.new("/conversations", model="model-one")
            second.say(chat)
            check_refused(second.post(f"{chat}/turns", json={"text": "hi"}), "too_many_turns")
            elsewhere.say(elsewhere.new("/conversations", model="model-one"))


def test_what_is_refused_for_another_reason_is_not_counted(tmp_path: Path):
    with a_stage(tmp_path, limits=limits(turns_per_minute=2)) as stage:
        battle = stage.visitor.new("/battles")
        for text in ("", "x" * 40_000):
            assert stage.visitor.post(f"{battle}/turns", json={"text": text}).status_code in {413, 422}
        assert stage.visitor.post(f"{battle}/regenerate", json={}).status_code == 409
        stage.visitor.say(battle)
        stage.visitor.say(battle)
        check_refused(stage.visitor.post(f"{battle}/turns", json={"text": "hi"}), "too_many_turns")


def test_a_session_has_so_many_answers_at_once_and_a_battle_needs_two(stage: Stage):
    stage.worker.plays([say("Slow"), hang()])
    first, second, third = (stage.visitor.new("/battles") for _ in range(3))
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(first) as one, stage.visitor.answering(second) as two:
        for stream in (one, two):
            stream.until(TextDelta)

        check_refused(stage.visitor.post(f"{third}/turns", json={"text": "hi"}), "too_many_streams")
        check_refused(stage.visitor.post(f"{chat}/turns", json={"text": "hi"}), "too_many_streams")

        stage.visitor.post(f"{first}/stop")
        with stage.visitor.answering(third) as three:
            three.until(TextDelta)


def test_a_second_message_to_a_battle_waits_for_the_first_ones_answers(stage: Stage):
    stage.worker.plays([say("Slow"), hang()])
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        for what, body in (("turns", {"text": "hi"}), ("regenerate", {})):
            refused = stage.visitor.post(f"{battle}/{what}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "turn_running")


@pytest.mark.parametrize("path", ["/battles", "/conversations"])
def test_of_messages_at_once_one_is_answered_and_every_other_one_is_told_why(stage: Stage, path: str):
    stage.worker.plays([say("Slow"), hang()])
    chat = stage.visitor.new(path, **({} if path == "/battles" else {"model": "model-one"}))
    together, told = threading.Barrier(8), threading.Barrier(9)

    def say_it(_: int) -> list[str]:
        with ExitStack() as stack:
            together.wait()
            visitor = stack.enter_context(httpx.Client(headers=stage.visitor.headers, timeout=20))
            url = f"{stage.arena.url}{chat}/turns"
            response = stack.enter_context(visitor.stream("POST", url, json={"text": "hi"}))
            told.wait()
            wire = response.read().decode()
            return [code for code in ("turn_running", "cancelled", "too_many_streams") if code in wire]

    with ThreadPoolExecutor(8) as pool:
        saying = pool.map(say_it, range(8))
        told.wait()
        stage.visitor.post(f"{chat}/stop")
        outcomes = sorted(saying)

    assert outcomes == [["cancelled"], *[["turn_running"]] * 7]
    assert stage.arena.counts()["turns"] == (2 if path == "/battles" else 1)


def test_an_address_opens_so_many_sessions_a_minute(tmp_path: Path):
    with an_arena(tmp_path, limits=limits(sessions_per_minute_per_address=2)) as arena:
        headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": "192.0.2.1"}
        for _ in range(2):
            assert httpx.post(f"{arena.url}/sessions", headers=headers).status_code == 201

        check_refused(httpx.post(f"{arena.url}/sessions", headers=headers), "limited")

        elsewhere = httpx.post(f"{arena.url}/sessions", headers=headers | {"x-arena-visitor": "192.0.2.2"})
        assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    "forged",
    ["x-arena-visitor", "x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "x-client-ip"],
)
def test_without_the_pages_key_no_header_makes_another_address(tmp_path: Path, forged: str):
    with an_arena(tmp_path, limits=limits(sessions_per_minute_per_address=2)) as arena:
        opened = [
            httpx.post(f"{arena.url}/sessions", headers={forged: f"192.0.2.{number}"}).status_code
            for number in range(4)
        ]
        assert opened == [201, 201, 429, 429]


def test_even_the_page_states_an_address_only_in_its_own_header(tmp_path: Path):
    with an_arena(tmp_path, limits=limits(sessions_per_minute_per_address=2)) as arena:
        headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": "192.0.2.1"}
        opened = [
            httpx.post(f"{arena.url}/sessions", headers=headers | {"x-forwarded-for": f"192.0.2.{number}"}).status_code
            for number in range(4)
        ]
        assert opened == [201, 201, 429, 429]


def test_addresses_in_one_network_of_version_six_are_one_visitor(tmp_path: Path):
    with an_arena(tmp_path, limits=limits(sessions_per_minute_per_address=2)) as arena:
        headers = {"authorization": f"Bearer {PAGE_KEY}"}
        addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1"]
        opened = [
            httpx.post(f"{arena.url}/sessions", headers=headers | {"x-arena-visitor": address}).status_code
            for address in addresses
        ]
        assert opened == [201, 201, 429, 201]


@pytest.mark.parametrize("key", ["wrong", WORKER_KEY, PAGE_KEY + " ", "\xff"])
def test_a_key_that_is_not_the_pages_is_refused_and_not_passed_over(stage: Stage, key: str):
    headers = [(b"authorization", f"Bearer {key}x".encode("latin-1")), (b"x-arena-visitor", b"192.0.2.77")]

    refused = httpx.post(f"{stage.arena.url}/sessions", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_key")


def test_openings_reactions_and_consents_have_limits_of_their_own(tmp_path: Path):
    with a_stage(tmp_path, limits=limits(turns_per_minute=3, sessions_per_minute_per_address=3)) as stage:
        chat = stage.visitor.new("/conversations", model="model-one")
        started = stage.visitor.say(chat)[0]
        stage.visitor.new("/battles")
        stage.visitor.new("/battles")
        check_refused(stage.visitor.post("/battles", json={}), "too_many_turns")
        check_refused(stage.visitor.post("/conversations", json={"model": "model-one"}), "too_many_turns")

        reaction = {"turn_id": getattr(started, "turn_id", ""), "kind": "up"}
        answers = [stage.visitor.post(f"{chat}/reaction", json=reaction) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [204, 204, 204, 429]

        seen = stage.visitor.get("/sessions/me").json()
        consent = {"terms_version": seen["terms_version"], "scopes": ["serve", "log"]}
        answers = [stage.visitor.put("/sessions/me/consent", json=consent) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_a_turn_refused_inside_its_stream_leaves_room_for_the_next(stage: Stage):
    """Failing streams must give back what they hold, however often they fail."""
    chat = stage.visitor.new("/conversations", model="model-two")
    stage.arena.call("DELETE", "/workers/worker-1")
    for _ in range(6):
        end = stage.visitor.say(chat)[-2]
        assert isinstance(end, Failed)
        assert end.code == "no_worker"

    stage.arena.take_in(stage.worker)

    assert isinstance(stage.visitor.say(chat)[-2], Finished)
