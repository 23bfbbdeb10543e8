"""Claude at Bedrock and Vertex AI, through the SDK's own classes and the vendors' own credentials, on local servers."""

import json
import logging
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import ModelEntry, WorkerKind
from model_worker.accounts import served_models
from model_worker.config import WorkerSettings
from tests.wire_clouds import BEDROCK_REFUSALS, bedrock_app, vertex_app
from tests.wire_servers import WireServer, wire_server
from tests.workers import RunningWorker, entries, eventually, running

REGION = "eu-west-1"
ACCESS_KEY, SECRET_KEY = "AKIASECRET", "SECRETSECRET"
INVOKED = [f"{how}-v1:0" for how in ("ok", "tools", "thinking", "error-first", "error-later", "cut", "bad-key")]
REFUSED = {
    "denied": (502, "provider_refused_key"),
    "unpaid": (429, "insufficient_quota"),
    "throttled": (429, "provider_rate_limited"),
    "context": (400, "context_length_exceeded"),
    "broken": (502, "provider_failed"),
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    assert "SECRET" not in caplog.text
    assert "Hello" not in caplog.text


@pytest.fixture(scope="module")
def wire() -> Generator[WireServer]:
    with wire_server(bedrock_app) as server:
        yield server


@pytest.fixture
def bedrock(wire: WireServer, credentials: None) -> Generator[RunningWorker]:
    upstreams = [*INVOKED, *(f"{how}-v1:0" for how in BEDROCK_REFUSALS), *BEDROCK_REFUSALS, "ok", "error-later"]
    models = entries(WorkerKind.BEDROCK, wire.url, *upstreams, region=REGION)
    with running(models, silence_seconds=1) as worker:
        yield worker
        assert eventually(lambda: worker.worker.slots.busy == 0, within=0.5)


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(block.removeprefix("data: ")) for block in text.split("\n\n") if block and "[DONE]" not in block]


def is_signed(wire: WireServer, service: str) -> bool:
    """Whether the last request bears the signature that our secret gives, over all that the header names."""
    request = wire.requests[-1]
    given = request.headers["authorization"]
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name: request.headers[name] for name in names}
    again = AWSRequest("POST", str(request.url), headers, data=wire.raws[-1])
    again.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), service, REGION)
    signature = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    return f"Credential={ACCESS_KEY}/" in given and given.endswith(f"Signature={signature}")


def test_an_older_model_at_bedrock_is_invoked_signed_under_its_version(bedrock: RunningWorker, wire: WireServer):
    answer = bedrock.ask("our-ok-v1:0", stream=True, stream_options={"include_usage": True}, temperature=0.5)
    *_, usage = events(answer.text)

    assert '"content":"Hello"' in answer.text
    assert usage["usage"]["total_tokens"] == 9
    assert wire.requests[-1].url.path == "/model/ok-v1:0/invoke-with-response-stream"
    body = wire.bodies[-1]
    assert (body["anthropic_version"], body["temperature"]) == ("bedrock-2023-05-31", 0.5)
    assert "model" not in body
    assert is_signed(wire, "bedrock")


def test_a_newer_model_at_bedrock_is_asked_as_anthropic_is(bedrock: RunningWorker, wire: WireServer):
    answer = bedrock.ask("our-ok", temperature=0.5).json()

    assert answer["choices"][0]["message"]["content"] == "Hello world"
    assert wire.requests[-1].url.path == "/v1/messages"
    assert wire.bodies[-1]["model"] == "ok"
    assert "temperature" not in wire.bodies[-1]
    assert is_signed(wire, "bedrock-mantle")


def test_a_key_for_bedrock_alone_takes_the_place_of_a_signature(wire: WireServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "key-SECRET")
    for upstream in ("ok-v1:0", "ok"):
        with running(entries(WorkerKind.BEDROCK, wire.url, upstream, region=REGION)) as worker:
            assert worker.ask(f"our-{upstream}").status_code == 200
        assert wire.headers[-1]["authorization"] == "Bearer key-SECRET"


def test_tools_and_thoughts_come_through_bedrock(bedrock: RunningWorker):
    call = bedrock.ask("our-tools-v1:0").json()["choices"][0]
    thought = bedrock.ask("our-thinking-v1:0").json()["choices"][0]["message"]

    assert call["message"]["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a":1}'}
    assert thought["reasoning_content"] == "Hm."


@pytest.mark.parametrize("version", ["", "-v1:0"])
@pytest.mark.parametrize(("how", "status", "code"), [(how, *expected) for how, expected in REFUSED.items()])
def test_bedrocks_failures_have_our_codes(bedrock: RunningWorker, how: str, status: int, code: str, version: str):
    answer = bedrock.ask(f"our-{how}{version}", stream=True)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("how", ["broken", "broken-v1:0", "throttled", "throttled-v1:0"])
def test_bedrock_is_asked_once_since_the_router_tries_again_elsewhere(
    bedrock: RunningWorker, wire: WireServer, how: str
):
    before = len(wire.requests)
    bedrock.ask(f"our-{how}")

    assert len(wire.requests) == before + 1


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("error-later-v1:0", "provider_rate_limited"),
        ("error-later", "provider_overloaded"),
        ("cut-v1:0", "provider_broke"),
    ],
)
def test_bedrock_breaking_off_is_the_last_event(bedrock: RunningWorker, how: str, code: str):
    *_, word, last = events(bedrock.ask(f"our-{how}", stream=True).text)

    assert word["choices"][0]["delta"] == {"content": "Hello"}
    assert last["error"]["code"] == code
    assert "SECRET" not in str(last)


def test_a_throttled_stream_has_its_status_before_the_first_word(bedrock: RunningWorker):
    assert bedrock.ask("our-error-first-v1:0", stream=True).status_code == 429


@pytest.mark.parametrize("upstream", ["ok-v1:0", "ok"])
def test_without_credentials_the_operator_has_to_mend_it(
    wire: WireServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upstream: str
):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    # Sessions are kept by region: another one, since those of the other tests know credentials.
    with running(entries(WorkerKind.BEDROCK, wire.url, upstream, region=f"xx-{len(upstream)}")) as worker:
        answer = worker.ask(f"our-{upstream}")

    assert answer.json()["error"]["code"] == "provider_refused_key"


@pytest.fixture(scope="module")
def google() -> Generator[WireServer]:
    with wire_server(vertex_app) as server:
        yield server


@pytest.fixture
def vertex(google: WireServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[RunningWorker]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    account = {
        "type": "service_account",
        "project_id": "some-project",
        "private_key_id": "k",
        "private_key": pem.decode(),
        "client_email": "arena@example.com",
        "token_uri": f"{google.url}/token",
    }
    file = tmp_path / "service-account.json"
    file.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    upstreams = ("ok", "tools", "declined", "exhausted", "bad-key", "too-large", "error-later")
    models = entries(WorkerKind.VERTEX, f"{google.url}/v1", *upstreams, region="europe-west1", project="some-project")
    with running(models, silence_seconds=1) as worker:
        yield worker
        assert eventually(lambda: worker.worker.slots.busy == 0, within=0.5)


def test_vertex_is_asked_with_a_token_that_google_gave(vertex: RunningWorker, google: WireServer):
    answer = vertex.ask("our-ok", temperature=0.5)

    assert answer.json()["choices"][0]["message"]["content"] == "Hello world"
    path = "/v1/projects/some-project/locations/europe-west1/publishers/anthropic/models/ok:streamRawPredict"
    assert google.requests[-1].url.path == path
    assert google.headers[-1]["authorization"] == "Bearer ya29.SECRET"
    assert google.bodies[-1]["anthropic_version"]
    assert "temperature" not in google.bodies[-1]


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("declined", 400, "content_filter"),
        ("exhausted", 429, "provider_rate_limited"),
        ("bad-key", 502, "provider_refused_key"),
        ("too-large", 400, "context_length_exceeded"),
    ],
)
def test_vertexs_failures_have_our_codes(vertex: RunningWorker, google: WireServer, how: str, status: int, code: str):
    before = len(google.requests)
    answer = vertex.ask(f"our-{how}", stream=True)

    assert len(google.requests) == before + 1, "the router tries again, elsewhere"
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "SECRET" not in answer.text


def test_without_credentials_of_google_the_operator_has_to_mend_it(
    google: WireServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "SECRET"))
    models = entries(WorkerKind.VERTEX, f"{google.url}/v1", "ok", region="global", project="p")
    with running(models) as worker:
        answer = worker.ask("our-ok")

    assert answer.json()["error"]["code"] == "provider_refused_key"
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ModelEntry(name="m", worker=WorkerKind.BEDROCK, upstream="x-v1:0"), "region: .* AWS_REGION"),
        (ModelEntry(name="m", worker=WorkerKind.BEDROCK), "region: .* AWS_REGION"),
        (ModelEntry(name="m", worker=WorkerKind.VERTEX), "region: .* CLOUD_ML_REGION"),
        (ModelEntry(name="m", worker=WorkerKind.VERTEX, region="global"), "project: .* ANTHROPIC_VERTEX_PROJECT_ID"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    entry: ModelEntry, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(SetupError, match=said):
        served_models(WorkerSettings(models=(entry,)), lambda _: SecretStr(""))


@pytest.mark.parametrize(
    ("worker", "library", "extra"),
    [(WorkerKind.BEDROCK, "boto3", "bedrock"), (WorkerKind.VERTEX, "google.auth", "vertex")],
)
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, worker: WorkerKind, library: str, extra: str):
    def without(name: str, path: object = None, target: object = None) -> None:
        if name == library:
            raise ModuleNotFoundError

    class Absent:
        find_spec = staticmethod(without)

    monkeypatch.delitem(sys.modules, library, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent, *sys.meta_path])
    entry = ModelEntry(name="m", worker=worker, region=REGION, project="p" if worker == "vertex" else "")

    with pytest.raises(SetupError, match=rf"pip install 'chat-arena\[{extra}\]'"):
        served_models(WorkerSettings(models=(entry,)), lambda _: SecretStr(""))
