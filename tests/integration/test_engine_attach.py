"""`arena worker attach`: somebody's server, registered while it is well."""

from pathlib import Path

import httpx
import pytest

from arena.chat import Finished
from arena.model import ModelKind
from tests.arenas import GATEWAY_KEY, Stage, a_model, an_arena, end_of
from tests.engines import a_registry, a_server, engine_worker, free_port
from tests.foreign_engines import FOREIGN, a_foreign_server
from tests.scripted_worker import a_worker
from tests.worker_scripts import respond


async def test_a_server_is_registered_under_our_name_while_it_is_well(tmp_path: Path):
    port = free_port()
    model = ("--url", f"http://127.0.0.1:{port}/v1/", "--model", "ours=their-name", "--slots", "9")
    key = ("--api-key-env", "THEIR_KEY")
    async with engine_worker(tmp_path, "attach", *model, *key, env={"THEIR_KEY": "their key"}) as worker:
        await worker.says(f"waiting for http://127.0.0.1:{port}")
        async with a_server(port):
            card = await worker.card()
            async with await worker.ask("repeat word", "their-name") as answer:
                assert answer.status == 200
        await worker.registry.hears("gone")
        async with a_server(port):
            await worker.registry.hears("registered")
            assert (await worker.card()).id == card.id
            worker.end()
            assert await worker.code() == 0
            await worker.registry.hears("gone")

    assert (card.url, card.slots) == (f"http://127.0.0.1:{port}", 9)
    assert (card.models, card.upstreams) == (("ours",), {"ours": "their-name"})
    assert card.key.get_secret_value() == "their key"


@pytest.mark.parametrize("name", FOREIGN)
async def test_each_kind_of_server_is_known_by_its_own_words(tmp_path: Path, name: str):
    kind = FOREIGN[name]
    async with a_foreign_server(kind) as server:
        server.is_loading = True
        told = ("--url", server.url, "--model", f"ours={kind.model}", "--api-key-env", "THEIR_KEY")
        async with engine_worker(tmp_path, "attach", *told, env={"THEIR_KEY": kind.key or "none"}) as worker:
            await worker.says(f"waiting for {server.url}")
            assert worker.registry.cards == {}
            server.is_loading = False
            card = await worker.card()
            beat = await worker.registry.beat()
            server.is_loading = True
            await worker.registry.hears("gone")
            worker.end()
            assert await worker.code() == 0
            said = await worker.rest()

    assert beat == kind.load
    assert card.upstreams == {"ours": kind.model}
    assert "does not list" not in said


async def test_a_name_that_the_server_does_not_list_is_told(tmp_path: Path):
    async with (
        a_foreign_server(FOREIGN["ollama"]) as server,
        engine_worker(tmp_path, "attach", "--url", server.url, "--model", "ours=qwen3") as worker,
    ):
        await worker.says(f"{server.url} does not list qwen3, but llama3.2:latest")
        await worker.card()


async def test_every_controller_is_told_of_it(tmp_path: Path):
    async with a_foreign_server(FOREIGN["tgi"]) as server, a_registry() as second:
        told = ("--url", server.url, "--model", "ours", "--controller", second.url)
        async with engine_worker(tmp_path, "attach", *told) as worker:
            await worker.card()
            assert await worker.registry.beat() == await second.beat() == FOREIGN["tgi"].load
            worker.end()
            assert await worker.code() == 0
        await second.hears("gone")


async def test_a_missing_key_is_one_line_and_exit_code_2(tmp_path: Path):
    wrong = ("--url", "http://127.0.0.1:9", "--model", "ours", "--api-key-env", "NOT_SET_ANYWHERE")
    async with engine_worker(tmp_path, "attach", *wrong) as worker:
        assert await worker.code() == 2
        assert (await worker.rest()).startswith("arena: the environment variable NOT_SET_ANYWHERE is not set")


def test_requests_are_sent_under_the_name_that_the_server_knows(stage: Stage):
    known = stage.worker.card().model_copy(update={"upstreams": {"model-one": "their-name"}})
    assert stage.arena.call("POST", "/workers", content=known.model_dump_json()).status_code == 204

    for model in ("model-one", "model-two"):
        events = stage.visitor.say(stage.visitor.new("/conversations", model=model))
        assert end_of(events) == Finished(reason="stop")
    httpx.post(
        f"{stage.arena.url}/v1/chat/completions",
        json={"model": "model-one", "messages": [], "stream": True, "some_field": 1},
        headers={"authorization": f"Bearer {GATEWAY_KEY}"},
    )

    assert [asked.body["model"] for asked in stage.worker.asked] == ["their-name", "model-two", "their-name"]
    assert stage.worker.asked[-1].body["some_field"] == 1


def test_so_are_those_for_embeddings(tmp_path: Path):
    model = a_model("ours", kind=ModelKind.EMBEDDING)
    with an_arena(tmp_path, model) as arena, a_worker("worker-1", "ours") as worker:
        worker.plays([respond(200, b'{"object":"list","data":[],"model":"their-name"}')])
        known = worker.card().model_copy(update={"upstreams": {"ours": "their-name"}})
        assert arena.call("POST", "/workers", content=known.model_dump_json()).status_code == 204
        asked = {"model": "ours", "input": ["a"], "dimensions": 8}
        answer = arena.call("POST", "/v1/embeddings", key=GATEWAY_KEY, json=asked)

    assert answer.status_code == 200
    assert worker.asked[0].body == asked | {"model": "their-name"}
