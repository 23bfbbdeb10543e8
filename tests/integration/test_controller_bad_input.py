"""Whatever is sent gets its own clear answer; nothing is written, nothing breaks, and nothing of it is repeated."""

import http.client
import json
import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from arena.chat import Started
from arena.terms import TERMS_VERSION
from tests.arenas import PAGE_KEY, WORKER_KEY, Stage, end_of
from tests.visiting import refusal
from tests.worker_scripts import finish, raw, say

JSON = {"content-type": "application/json"}
MARK = "zebra-17"


@pytest.mark.parametrize("path", ["/conversations", "/battles"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (422, "empty_text")),
        (" \n\t ", (422, "empty_text")),
        ("\x00\x01\x7f", (422, "empty_text")),
        ("x" * 200_000, (413, "text_too_long")),
    ],
)
def test_a_text_that_cannot_be_answered_is_refused(stage: Stage, path: str, text: str, expected: tuple[int, str]):
    chat = stage.visitor.new(path, **({"model": "model-one"} if path == "/conversations" else {}))

    sent = stage.visitor.post(f"{chat}/turns", json={"text": text})

    assert refusal(sent) == expected
    assert stage.arena.counts()["turns"] == 0


def test_control_characters_are_taken_out_and_lone_surrogates_replaced(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")
    wire = rb'{"text": "a\u0000b\u0007\r\nc\ud83d d\ud83d\ude00 \u001b[31m"}'

    sent = stage.visitor.post(f"{chat}/turns", content=wire, headers=JSON)

    assert sent.status_code == 200
    (turn,) = stage.arena.turns(chat)
    assert turn.text == "ab\nc\ufffd d\U0001f600 [31m"
    assert stage.worker.asked[0].body["messages"][-1]["content"] == turn.text


@pytest.mark.parametrize(
    "piece",
    [rb"cut \ud83d in two", rb"a \u0000 inside", rb"\ud83d\ude00", "naïve ﷽ \u202e".encode()],
)
def test_whatever_characters_a_model_writes_arrive_and_are_kept(stage: Stage, piece: bytes):
    event = b'data: {"choices": [{"index": 0, "delta": {"content": "' + piece + b'"}}]}\n\n'
    stage.worker.plays([raw(event) if b"u0000" not in piece else say(json.loads(b'"' + piece + b'"')), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")

    events = stage.visitor.say(chat)

    assert end_of(events).kind == "finished"
    expected = json.loads(b'"' + piece + b'"').replace("\x00", "\ufffd")
    assert stage.arena.turns(chat)[0].answer == expected.encode("utf-8", "replace").decode().replace("?", "\ufffd")


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"", (422, "invalid_request")),
        (b"{", (400, "malformed_json")),
        (b'{"text": "a"', (400, "malformed_json")),
        (b"\xff\xfe", (400, "malformed_json")),
        (b'{"text": "\xff"}', (400, "malformed_json")),
        (b"[" * 100_000, (400, "malformed_json")),
        (b"null", (422, "invalid_request")),
        (b"[]", (422, "invalid_request")),
        (b'"zebra-17"', (422, "invalid_request")),
        (b"{}", (422, "invalid_request")),
        (b'{"text": 17}', (422, "invalid_request")),
        (b'{"text": ["zebra-17"]}', (422, "invalid_request")),
        (b'{"text": null}', (422, "invalid_request")),
        (b'{"text": "zebra-17", "history": []}', (422, "invalid_request")),
        (b'{"text": "hi", "zebra-17": 1}', (422, "invalid_request")),
        (b'{"text": "hi", "\\ud800": 1}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"temperature": 3}}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"temperature": NaN}}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"temperature": 1e999}}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"max_tokens": 0}}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"max_tokens": 5000}}', (422, "invalid_request")),
        (b'{"text": "hi", "parameters": {"max_tokens": "many"}}', (422, "invalid_request")),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_and_not_repeated(stage: Stage, wire: bytes, expected: tuple[int, str]):
    chat = stage.visitor.new("/conversations", model="model-one")

    sent = stage.visitor.post(f"{chat}/turns", content=wire, headers=JSON)

    assert refusal(sent) == expected
    assert MARK not in sent.text
    assert stage.arena.counts()["turns"] == 0


def test_an_unknown_model_is_refused_by_name(stage: Stage):
    for name in ("model-three", "", "model-one ", "../model-one"):
        assert refusal(stage.visitor.post("/conversations", json={"model": name})) == (404, "unknown_model")
        side_by_side = {"mode": "side_by_side", "model_a": "model-one", "model_b": name}
        assert refusal(stage.visitor.post("/battles", json=side_by_side)) == (404, "unknown_model")
    assert stage.arena.counts()["conversations"] == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"mode": "battle", "model_a": "model-one"},
        {"mode": "battle", "model_a": "model-one", "model_b": "model-two"},
        {"mode": "direct"},
        {"mode": "side_by_side"},
        {"mode": "side_by_side", "model_a": "model-one"},
        {"mode": "zebra-17"},
        {"models": ["model-one", "model-two"]},
    ],
)
def test_the_models_of_a_battle_are_drawn_and_those_of_a_side_by_side_are_chosen(stage: Stage, wanted: dict[str, str]):
    assert refusal(stage.visitor.post("/battles", json=wanted)) == (422, "invalid_request")
    assert stage.arena.counts()["battles"] == 0


def test_parameters_cannot_be_chosen_in_a_battle(stage: Stage):
    battle = stage.visitor.new("/battles")

    sent = stage.visitor.post(f"{battle}/turns", json={"text": "hi", "parameters": {"temperature": 0}})

    assert refusal(sent) == (422, "invalid_request")
    assert stage.arena.counts()["turns"] == 0


def _pieces(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield b" " * 1_000_000


@pytest.mark.parametrize(("path", "status"), [("/conversations", 413), ("/v1/chat/completions", 400)])
def test_fifty_megabytes_are_refused_whether_declared_or_not(stage: Stage, path: str, status: int):
    declared = _sent_raw(stage, path, content_length=50_000_000)
    streamed = stage.visitor.post(path, content=_pieces(50), headers=JSON)

    assert (declared[0], streamed.status_code) == (status, status)
    for said in (json.loads(declared[1]), streamed.json()):
        assert said.get("error", said)["code"] == "body_too_large"
    assert httpx.get(f"{stage.arena.url}/health/live").status_code == 200


def _sent_raw(stage: Stage, path: str, content_length: int) -> tuple[int, bytes]:
    """Declare a body, and wait for the answer before any of it is sent."""
    place = urlsplit(stage.arena.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.putrequest("POST", path)
    for name, value in {**dict(stage.visitor.headers), "content-length": str(content_length)}.items():
        if name not in {"host", "accept-encoding"}:
            connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return response.status, response.read()


def test_what_does_not_exist_says_so_in_the_shape_of_its_callers(stage: Stage):
    visitor = stage.visitor
    assert refusal(visitor.get("/nothing")) == (404, "not_found")
    assert refusal(visitor.put("/battles")) == (405, "method_not_allowed")
    assert visitor.put("/battles").headers["allow"] == "POST"
    assert refusal(visitor.get(f"/conversations/{'0' * 32}")) == (404, "not_found")
    assert visitor.get("/v1/nothing").json()["error"]["code"] == "not_found"


def test_a_side_of_a_battle_cannot_be_used_as_a_conversation(stage: Stage):
    battle = stage.visitor.new("/battles")
    side = stage.arena.record(battle).battle.conversation_a

    assert refusal(stage.visitor.get(f"/conversations/{side}")) == (404, "not_found")
    assert refusal(stage.visitor.post(f"/conversations/{side}/turns", json={"text": "hi"})) == (404, "not_found")


def test_a_reaction_is_taken_only_to_ones_own_answers(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")
    started = stage.visitor.say(chat)[0]
    assert isinstance(started, Started)

    with stage.arena.visitor() as stranger:
        other = stranger.new("/conversations", model="model-one")
        for path, expected in ((chat, (403, "not_yours")), (other, (404, "not_found"))):
            sent = stranger.post(f"{path}/reaction", json={"turn_id": started.turn_id, "kind": "up"})
            assert refusal(sent) == expected
    made_up = stage.visitor.post(f"{chat}/reaction", json={"turn_id": started.turn_id, "kind": "love"})
    assert refusal(made_up) == (422, "invalid_request")
    assert stage.arena.counts()["reactions"] == 0


def test_nothing_can_be_regenerated_before_the_first_message(stage: Stage):
    for path in (stage.visitor.new("/battles"), stage.visitor.new("/conversations", model="model-one")):
        assert refusal(stage.visitor.post(f"{path}/regenerate", json={})) == (409, "nothing_to_regenerate")


def test_without_a_session_nothing_is_said(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")
    for token in ({}, {"x-arena-session": ""}, {"x-arena-session": "0" * 32}, {"x-arena-session": "\xff" * 32}):
        headers = {"authorization": f"Bearer {PAGE_KEY}"} | token
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        sent = httpx.post(f"{stage.arena.url}{chat}/turns", json={"text": "hi"}, headers=encoded)
        assert refusal(sent) == (401, "session_required")
    assert stage.arena.counts()["turns"] == 0


def test_no_text_is_written_without_a_consent_to_the_terms_in_force_that_covers_it(stage: Stage):
    with stage.arena.visitor(agreed=False) as visitor:

        def consent(version: str, *scopes: str) -> httpx.Response:
            return visitor.put("/sessions/me/consent", json={"terms_version": version, "scopes": scopes})

        def opened() -> tuple[int, str] | int:
            answer = visitor.post("/battles", json={})
            return 201 if answer.status_code == 201 else refusal(answer)

        assert opened() == (403, "consent_required")
        assert refusal(consent("1999-01-01", "serve", "log")) == (409, "terms_outdated")
        assert refusal(consent(TERMS_VERSION)) == (422, "invalid_request")
        assert refusal(consent(TERMS_VERSION, "everything")) == (422, "invalid_request")
        assert opened() == (403, "consent_required")
        assert consent(TERMS_VERSION, "serve", "release").status_code == 200
        assert opened() == (403, "consent_required")
        assert consent(TERMS_VERSION, "serve", "log").status_code == 200
        battle = visitor.new("/battles")
        assert consent(TERMS_VERSION, "release").status_code == 200
        assert refusal(visitor.post(f"{battle}/turns", json={"text": "hi"})) == (403, "consent_required")
    assert stage.arena.counts()["turns"] == 0


@pytest.mark.parametrize(("told", "kept"), [("pt-BR", "pt-BR"), ("*", ""), ("en\x00", ""), ("", "")])
def test_a_language_is_kept_only_in_the_shape_of_one(stage: Stage, told: str, kept: str):
    wire = json.dumps({"terms_version": TERMS_VERSION, "scopes": ["serve", "log"], "language": told})

    sent = stage.visitor.put("/sessions/me/consent", content=wire, headers=JSON)

    assert (sent.status_code, sent.json()["language"]) == (200, kept)


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"id": "w", "url": "ftp://127.0.0.1/", "models": ["model-one"], "slots": 1},
        {"id": "w", "url": "http://user:pass@127.0.0.1/", "models": ["model-one"], "slots": 1},
        {"id": "w", "url": "http://127.0.0.1/", "models": [], "slots": 1},
        {"id": "w", "url": "http://127.0.0.1/", "models": ["model-one"], "slots": 0},
    ],
)
def test_a_card_that_makes_no_sense_is_refused(stage: Stage, card: dict[str, object]):
    assert refusal(stage.arena.call("POST", "/workers", WORKER_KEY, json=card)) == (422, "invalid_request")
    assert stage.arena.workers() == {"worker-1"}


def test_what_visitors_and_models_write_reaches_no_log_line(stage: Stage, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    stage.worker.plays([say(MARK), raw(b"data: {" + MARK.encode() + b"}\n\n")])
    chat = stage.visitor.new("/conversations", model="model-one")

    stage.visitor.say(chat, MARK)
    stage.visitor.post(f"{chat}/turns", json={"text": 1, MARK: MARK})

    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert MARK not in "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
