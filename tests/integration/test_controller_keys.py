"""Programs' keys at a real controller, with the database of either kind and OpenAI's own client."""

import logging
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from arena.ids import new_api_key, token_hash
from arena.model import WorkerKind
from tests.arenas import GATEWAY_KEY, Arena, Stage, a_model, a_stage, an_arena
from tests.databases import postgres_server
from tests.kept import all_kept
from tests.keys import a_key_at, keys_at, keys_command
from tests.scripted_worker import a_worker
from tests.worker_scripts import Step, cut, finish, raw, reset, respond, say

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello?"}]
DEMO = a_model("demo", worker=WorkerKind.DEMO)
MODELS = a_model(), DEMO
WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "model-one",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
}
TEN_TOKENS: list[Step] = [say("Hello"), finish(prompt=7, completion=3)]


@pytest.fixture
def stage(tmp_path: Path, ledger_url: str) -> Generator[Stage]:
    with a_stage(tmp_path, *MODELS, store_url=ledger_url) as stage:
        stage.worker.plays(TEN_TOKENS)
        yield stage


def client(arena: Arena, key: str) -> OpenAI:
    return OpenAI(base_url=f"{arena.url}/v1", api_key=key, max_retries=0)


def ask(arena: Arena, key: str, model: str = "model-one") -> str:
    """Ask for a streamed answer; return what was said."""
    asked = client(arena, key).chat.completions.create(
        model=model, messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in asked if chunk.choices)


def brief(arena: Arena, key: str) -> int:
    """Ask for an answer of one token, so that its estimate fits into a small quota; return the status."""
    body = {"model": "model-one", "messages": HELLO, "stream": True, "max_tokens": 1}
    return arena.call("POST", "/v1/chat/completions", key, json=body).status_code


def test_a_key_made_by_the_command_opens_the_gateway_to_openais_client(stage: Stage, ledger_url: str):
    made = subprocess.run(
        [sys.executable, "-m", "arena.command", "keys", "create", "--name", "x", "--store", ledger_url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    key = made.stdout.strip()

    assert ask(stage.arena, key) == "Hello"
    assert {model.id for model in client(stage.arena, key).models.list()} == {"model-one", "demo"}
    assert key not in made.stderr
    with pytest.raises(openai.AuthenticationError):
        ask(stage.arena, key[:-1] + ("A" if key[-1] != "A" else "B"))


def test_a_key_without_the_scope_is_refused_by_name(stage: Stage, ledger_url: str):
    chat, models, admin = (a_key_at(ledger_url, "--scope", scope) for scope in ("chat", "models", "admin"))

    assert ask(stage.arena, chat) == "Hello"
    assert len(client(stage.arena, models).models.list().data) == 2
    for refused in (
        client(stage.arena, chat).models.list,
        lambda: ask(stage.arena, models),
        lambda: ask(stage.arena, admin, "demo"),
    ):
        with pytest.raises(openai.PermissionDeniedError) as caught:
            refused()
        assert caught.value.code == "scope_missing"
    statuses = [
        stage.arena.call("GET", "/admin/models", key).status_code for key in (admin, GATEWAY_KEY, chat, "wrong")
    ]
    assert statuses == [200, 200, 403, 401]


def test_a_key_for_some_models_sees_and_uses_only_these(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url, "--model", "model-one")

    assert [model.id for model in client(stage.arena, key).models.list()] == ["model-one"]
    assert ask(stage.arena, key) == "Hello"
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(stage.arena, key, "demo")
    assert caught.value.code == "model_forbidden"


def test_a_rate_that_is_reached_says_when_to_come_back(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url, "--requests-per-minute", "2")
    for _ in range(2):
        ask(stage.arena, key)

    with pytest.raises(openai.RateLimitError) as caught:
        ask(stage.arena, key)

    assert caught.value.code == "rate_limit_exceeded"
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 60
    assert len(stage.worker.asked) == 2


@contextmanager
def two_controllers(folder: Path, url: str, *models: Any) -> Generator[tuple[Arena, Arena]]:
    """Two controllers on one database, with one worker for both."""
    given = models or MODELS
    names = [model.name for model in given]
    with (
        an_arena(folder, *given, store_url=url, name="first") as first,
        an_arena(folder, *given, store_url=url, name="second") as second,
        a_worker("worker-1", *names) as worker,
    ):
        worker.plays(TEN_TOKENS)
        for arena in (first, second):
            arena.take_in(worker)
        yield first, second


def seconds_until(refused: type[openai.APIStatusError], arena: Arena, key: str) -> float:
    """Ask until it is refused; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < 20:
        try:
            client(arena, key).models.list()
        except refused:
            return time.monotonic() - began
        time.sleep(0.1)  # the pace of the questions; what is waited for is the refusal
    raise AssertionError("it was never refused")


def test_a_revoked_key_is_refused_at_every_controller_within_ten_seconds(tmp_path: Path, ledger_url: str):
    with two_controllers(tmp_path, ledger_url) as controllers:
        key = a_key_at(ledger_url)
        assert [ask(arena, key) for arena in controllers] == ["Hello", "Hello"]
        keys_command(ledger_url, "revoke", key)

        waited = [seconds_until(openai.AuthenticationError, arena, key) for arena in controllers]

        assert sum(waited) < 10
        with pytest.raises(openai.AuthenticationError, match="revoked"):
            ask(controllers[0], key, "demo")


def test_a_key_ends_when_it_expires(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url, "--expires", "1d")
    assert ask(stage.arena, key) == "Hello"
    assert stage.arena.services is not None
    stage.arena.services.callers.clock = lambda: time.time() + 86_400

    with pytest.raises(openai.AuthenticationError, match="expired"):
        ask(stage.arena, key)


def test_known_keys_go_on_while_the_database_is_away_and_unknown_ones_are_not_called_wrong(tmp_path: Path):
    with postgres_server() as server:
        url = server.fresh_database()
        known, unseen = a_key_at(url), a_key_at(url)
        with a_stage(tmp_path, *MODELS, store_url=url) as stage:
            stage.worker.plays(TEN_TOKENS)
            ask(stage.arena, known)
            server.stop()

            assert ask(stage.arena, known) == "Hello"
            with pytest.raises(openai.InternalServerError) as caught:
                ask(stage.arena, unseen)
            assert (caught.value.status_code, caught.value.code) == (503, "ledger_unavailable")
            assert ask(stage.arena, GATEWAY_KEY) == "Hello"
            server.start()
            stage.arena.wait_for_the_ledger()
            assert ask(stage.arena, unseen) == "Hello"


def test_behind_a_trusted_proxy_every_call_needs_a_key(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    with a_stage(tmp_path, *MODELS, trusted_proxies=(ip_network("192.0.2.0/24"),)) as stage:
        stage.worker.plays(TEN_TOKENS)
        for key, code in (("EMPTY", "wrong_key"), (new_api_key(), "wrong_key")):
            with pytest.raises(openai.AuthenticationError) as caught:
                ask(stage.arena, key, "demo")
            assert caught.value.code == code
        assert httpx.get(f"{stage.arena.url}/v1/models").json()["error"]["code"] == "key_required"
        assert ask(stage.arena, a_key_at(url), "demo") == "Hello"


def test_a_key_is_nowhere_in_plain_text(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    with caplog.at_level(logging.DEBUG), a_stage(tmp_path, *MODELS) as stage:
        key = a_key_at(url, "--scope", "chat", "--requests-per-minute", "3", "--log")
        secret = key.removeprefix(keys_at(url)[0].prefix)
        stage.worker.plays([respond(500)], TEN_TOKENS)
        said: list[str] = []
        for model in ("model-one", "nothing", "demo", "demo"):
            try:
                said.append(ask(stage.arena, key, model))
            except openai.APIStatusError as error:
                said.append(error.response.text + str(error.response.headers))
        keys_command(url, "revoke", key)
        metrics = httpx.get(f"{stage.arena.url}/metrics").text
        sent = [str(asked.headers) + asked.wire.decode() for asked in stage.worker.asked]
        held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    files = held + b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert token_hash(key).encode() in files
    assert len(stage.worker.asked) >= 2
    for place in (files.decode("latin-1"), caplog.text, metrics, *said, *sent):
        assert secret not in place


def logged(stage: Stage) -> list[tuple[str, str, str | None, bool]]:
    """Return text, answer, ending and whether it may be released, of all that the ledger holds."""
    stage.arena.ask(stage.arena.running.settle())
    records = stage.arena.ask(all_kept(stage.arena.kept))
    return [(turn.text, turn.answer, turn.ending, record.releasable) for record in records for turn in record.turns]


def test_only_what_a_key_allows_is_kept(stage: Stage, ledger_url: str):
    silent = a_key_at(ledger_url)
    for key in (silent, GATEWAY_KEY):
        ask(stage.arena, key)
    assert logged(stage) == []

    ask(stage.arena, a_key_at(ledger_url, "--log"))
    assert logged(stage) == [("Hello?", "Hello", "completed", False)]

    stage.worker.plays([respond(200, WHOLE)])
    open_key = a_key_at(ledger_url, "--log", "--release")
    client(stage.arena, open_key).chat.completions.create(model="model-one", messages=HELLO)
    assert logged(stage)[1:] == [("Hello?", "Hi", "completed", True)]


def test_what_broke_off_is_kept_as_far_as_it_came_and_what_never_began_is_not(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url, "--log")
    stage.worker.plays([say("Half"), reset()], [respond(400, {"error": {"message": "odd"}})])
    for kind in (openai.APIError, openai.BadRequestError):
        with pytest.raises(kind):
            ask(stage.arena, key)

    assert logged(stage) == [("Hello?", "Half", "failed", False)]


def test_a_daily_quota_is_one_for_all_controllers(tmp_path: Path, ledger_url: str):
    with two_controllers(tmp_path, ledger_url) as (first, second):
        key, other = a_key_at(ledger_url, "--tokens-per-day", "15"), a_key_at(ledger_url, "--tokens-per-day", "15")
        for arena in (first, second):
            assert brief(arena, key) == 200
        (known, _) = keys_at(ledger_url)
        for arena in (first, second):
            spending = arena.services.spending if arena.services else None
            assert spending is not None
            arena.until(lambda spending=spending: spending.tokens_today(known.id) == 20)

        assert [brief(arena, key) for arena in (first, second)] == [429, 429]
        assert brief(first, other) == 200


def test_a_quota_of_tokens_a_minute_is_openais_rate_limit_error(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url, "--tokens-per-minute", "15")
    assert [brief(stage.arena, key) for _ in range(3)] == [200, 200, 429]

    with pytest.raises(openai.RateLimitError, match="15 tokens per minute") as caught:
        ask(stage.arena, key)
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 60


def test_a_worker_that_does_not_count_is_not_free(stage: Stage, ledger_url: str):
    key = a_key_at(ledger_url)
    stage.worker.plays([respond(200, WHOLE)], [say("Hello, you there"), raw(b"data: [DONE]\n\n"), cut()])
    assert stage.arena.call("POST", "/v1/chat/completions", key, json={"model": "model-one"}).status_code == 200
    assert ask(stage.arena, key) == "Hello, you there"

    (known,) = keys_at(ledger_url)
    assert stage.arena.services is not None
    assert stage.arena.services.spending.tokens_today(known.id) >= 3
