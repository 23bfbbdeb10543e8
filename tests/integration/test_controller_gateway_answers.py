"""Around the models at `/v1`: embeddings, OpenAI's errors at every address, and the ids of requests."""

import json
import socket
from collections.abc import Generator
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI

from arena.errors import ProviderRateLimited
from arena.model import ModelKind
from tests.arenas import GATEWAY_KEY, PATIENCE, Stage, a_model, a_stage
from tests.worker_scripts import an_answer, refuse, respond

KEY = {"authorization": f"Bearer {GATEWAY_KEY}"}
VECTORS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
    "model": "vectors",
    "usage": {"prompt_tokens": 4, "total_tokens": 4},
}


@pytest.fixture
def gateway(tmp_path: Path) -> Generator[Stage]:
    with a_stage(tmp_path, a_model(), a_model("vectors", kind=ModelKind.EMBEDDING)) as stage:
        yield stage


def client(stage: Stage) -> OpenAI:
    return OpenAI(base_url=f"{stage.arena.url}/v1", api_key=GATEWAY_KEY, max_retries=0)


def call(stage: Stage, method: str, path: str, **given: str | bytes) -> httpx.Response:
    content = given.pop("content", b"")
    headers = KEY | {name.replace("_", "-"): str(value) for name, value in given.items()}
    return httpx.request(method, stage.arena.url + path, content=content, headers=headers, timeout=PATIENCE)


def test_openais_client_makes_embeddings(gateway: Stage):
    gateway.worker.plays([respond(200, VECTORS)])

    made = client(gateway).embeddings.create(model="vectors", input=["a", "b"], encoding_format="float")

    assert made.data[0].embedding == [0.5, 0.25]
    assert gateway.worker.asked[0].body["input"] == ["a", "b"]
    assert b"stream_options" not in gateway.worker.asked[0].wire


def test_a_model_is_asked_for_what_it_is_made_for(gateway: Stage):
    with pytest.raises(openai.BadRequestError, match="/v1/chat/completions"):
        client(gateway).embeddings.create(model="model-one", input="a")
    with pytest.raises(openai.BadRequestError, match="/v1/embeddings"):
        client(gateway).chat.completions.create(model="vectors", messages=[])

    assert gateway.worker.asked == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("DELETE", "/v1/embeddings", 405),
        ("POST", "/v1/models", 405),
        ("PUT", "/v1/models/model-one", 405),
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/completions", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("GET", "/v1/models/nothing", 404),
    ],
)
def test_errors_have_openais_shape_at_every_address(gateway: Stage, method: str, path: str, status: int):
    got = call(gateway, method, path)

    assert got.status_code == status
    assert set(got.json()["error"]) == {"message", "type", "param", "code"}
    assert got.headers["x-request-id"]


def test_a_body_that_is_too_large_is_refused_in_openais_shape_before_it_is_read(gateway: Stage):
    port = int(gateway.arena.url.rpartition(":")[2])
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {GATEWAY_KEY}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as raw:
        raw.sendall(f"{head}content-length: 99999999\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))

    head_of_it, _, body = answer.partition(b"\r\n\r\n")
    assert head_of_it.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error"]["code"] == "body_too_large"


@pytest.mark.parametrize("given", ["abc", "A.b_c-1" * 18])
def test_a_request_keeps_the_id_that_its_client_gave_it(gateway: Stage, given: str):
    gateway.worker.plays(an_answer("Hi"))
    body = json.dumps({"model": "model-one", "messages": [], "stream": True}).encode()

    got = call(gateway, "POST", "/v1/chat/completions", content=body, x_request_id=given)

    assert got.headers.get_list("x-request-id") == [given]
    assert gateway.worker.asked[0].headers["x-request-id"].startswith(given[:100])
    assert call(gateway, "GET", "/v1/models", x_request_id=given).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "\u00e9", "a;b"])
def test_an_id_that_could_be_anything_is_replaced(gateway: Stage, given: str):
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (KEY | {"x-request-id": given}).items()]

    got = httpx.get(f"{gateway.arena.url}/v1/models", headers=headers)

    assert got.headers["x-request-id"] not in {given, ""}
    assert len(got.headers["x-request-id"]) == 32


def test_openais_client_knows_the_id_of_what_failed_and_when_to_come_back(gateway: Stage):
    gateway.worker.plays([refuse(ProviderRateLimited(retry_after=3))])

    with pytest.raises(openai.RateLimitError) as caught:
        client(gateway).chat.completions.create(
            model="model-one", messages=[], stream=True, extra_headers={"x-request-id": "mine"}
        )

    assert caught.value.request_id == "mine"
    assert caught.value.response.headers["retry-after"] == "3"
