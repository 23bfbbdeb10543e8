"""Azure OpenAI through OpenAI's own SDK, and embeddings, on a local server that speaks their wire."""

import json
import logging
from collections.abc import Generator
from typing import Any

import pytest

from arena.model import ModelKind, WorkerKind
from tests.wire_servers import WireServer, openai_app, wire_server
from tests.workers import RunningWorker, entries, running

VERSION = "2024-10-21"


@pytest.fixture(scope="module")
def wire() -> Generator[WireServer]:
    with wire_server(openai_app) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    assert "SECRET" not in caplog.text


def azure(wire: WireServer, *upstreams: str, path: str = "", **more: Any) -> Any:
    return running(entries(WorkerKind.AZURE, wire.url + path, *upstreams, **more), silence_seconds=1)


@pytest.mark.parametrize("path", ["", "/", "/openai", "/openai/v1", "/openai/v1/"])
def test_without_a_version_azure_is_asked_at_its_v1_address(wire: WireServer, path: str):
    with azure(wire, "ok", path=path) as worker:
        answer = worker.ask("our-ok", temperature=0.5)

    assert answer.json()["choices"][0]["message"]["content"] == "Hello world"
    assert wire.requests[-1].url.path == "/openai/v1/chat/completions"
    assert wire.requests[-1].url.query == ""
    assert wire.headers[-1]["authorization"] == "Bearer sk-SECRET"
    assert (wire.bodies[-1]["model"], wire.bodies[-1]["temperature"]) == ("ok", 0.5)


@pytest.mark.parametrize("stream", [True, False])
def test_with_a_version_each_deployment_has_an_address_of_its_own(wire: WireServer, stream: bool):
    with azure(wire, "ok", api_version=VERSION) as worker:
        answer = worker.ask("our-ok", stream=stream)

    assert "our-ok" in answer.text
    assert wire.requests[-1].url.path == "/openai/deployments/ok/chat/completions"
    assert wire.requests[-1].url.query == f"api-version={VERSION}"
    assert wire.headers[-1]["api-key"] == "sk-SECRET"
    assert "authorization" not in wire.headers[-1]


@pytest.mark.parametrize("version", ["", VERSION])
@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("azures-filter", 400, "content_filter"),
        ("used-up", 429, "insufficient_quota"),
        ("bad-key", 502, "provider_refused_key"),
        ("unknown-model", 502, "provider_lacks_model"),
        ("context", 400, "context_length_exceeded"),
        ("rate-limit", 429, "provider_rate_limited"),
    ],
)
def test_azures_failures_mean_what_openais_do(wire: WireServer, how: str, status: int, code: str, version: str):
    with azure(wire, how, api_version=version) as worker:
        answer = worker.ask(f"our-{how}", stream=True)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "SECRET" not in answer.text


def test_what_azures_filter_says_first_is_no_word_yet(wire: WireServer):
    with azure(wire, "azures-opening") as worker:
        answer = worker.ask("our-azures-opening", stream=True)

    assert answer.status_code == 503, "the failure that followed still has its status"
    assert answer.json()["error"]["code"] == "provider_overloaded"


def test_nobodys_organisation_reaches_azure(wire: WireServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-SECRET")
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "token-SECRET")
    for version in ("", VERSION):
        with azure(wire, "ok", api_version=version) as worker:
            worker.ask("our-ok")
        assert not {"org-SECRET", "Bearer token-SECRET"} & set(wire.headers[-1].values())


@pytest.fixture(scope="module")
def embedder(wire: WireServer) -> Generator[RunningWorker]:
    models = entries(WorkerKind.OPENAI, f"{wire.url}/v1", "ok", "used-up", "garbage", kind=ModelKind.EMBEDDING)
    with running((*models, *entries(WorkerKind.OPENAI, f"{wire.url}/v1", "chat"))) as worker:
        yield worker


def embed(worker: RunningWorker, model: str = "our-ok", **fields: Any) -> Any:
    return worker.http.post("/v1/embeddings", json={"model": model, "input": ["Hello", "world"], **fields})


def test_embeddings_pass_untouched_but_for_the_models_name(embedder: RunningWorker, wire: WireServer):
    answer = embed(embedder, dimensions=2, yet_unheard_of=True).json()

    assert [each["embedding"] for each in answer["data"]] == [[0.5, -1], [0.5, -1]]
    assert (answer["model"], answer["usage"]["total_tokens"]) == ("our-ok", 3)
    asked = {"model": "ok", "input": ["Hello", "world"], "dimensions": 2, "yet_unheard_of": True}
    assert wire.bodies[-1] == asked | {"encoding_format": "float"}


def test_embeddings_come_in_the_form_that_was_asked_for(embedder: RunningWorker, wire: WireServer):
    embed(embedder, encoding_format="base64", input="Hello")

    assert (wire.bodies[-1]["encoding_format"], wire.bodies[-1]["input"]) == ("base64", "Hello")


def test_azure_makes_embeddings_too(wire: WireServer):
    with azure(wire, "ok", kind=ModelKind.EMBEDDING, api_version=VERSION) as worker:
        assert embed(worker).status_code == 200

    assert wire.requests[-1].url.path == "/openai/deployments/ok/embeddings"


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("embeddings", {"model": "our-used-up", "input": "x"}, 429, "used up"),
        ("embeddings", {"model": "our-garbage", "input": "x"}, 502, "broke off"),
        ("embeddings", {"model": "our-chat", "input": "x"}, 400, "makes no embeddings"),
        ("embeddings", {"model": "our-ok", "input": []}, 400, "input: something"),
        ("embeddings", {"model": "our-ok"}, 400, "input: Field required"),
        ("embeddings", {"model": "nobody", "input": "x"}, 404, "no model of this name"),
        ("chat/completions", {"model": "our-ok", "messages": [{"role": "user"}]}, 400, "/v1/embeddings"),
    ],
)
def test_what_cannot_be_embedded_is_said(
    embedder: RunningWorker, path: str, body: dict[str, Any], status: int, said: str
):
    answer = embedder.http.post(f"/v1/{path}", content=json.dumps(body))

    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert "SECRET" not in answer.text
    assert embedder.worker.slots.busy == 0


@pytest.mark.parametrize(("given", "kept"), [("req-1.a_B", True), ("two words", False), ("x" * 200, False)])
def test_every_answer_names_its_request(embedder: RunningWorker, given: str, kept: bool):
    for path in ("embeddings", "nowhere"):
        headers = {"x-request-id": given}
        answer = embedder.http.post(f"/v1/{path}", json={"model": "our-ok", "input": "x"}, headers=headers)

        assert (answer.headers["x-request-id"] == given) is kept
        assert answer.headers["x-request-id"]


def test_a_failure_is_logged_under_the_requests_name(embedder: RunningWorker, caplog: pytest.LogCaptureFixture):
    embedder.http.post(
        "/v1/embeddings", json={"model": "our-used-up", "input": "Hello"}, headers={"x-request-id": "mine"}
    )

    (line,) = [record.getMessage() for record in caplog.records if "provider failed" in record.getMessage()]
    assert "model=our-used-up code=provider_no_credit status=429" in line
    assert "request=mine" in line
