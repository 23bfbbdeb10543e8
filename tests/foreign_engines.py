"""What servers of others answer, as their documentation shows it: health, model list, metrics."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from arena.worker import Heartbeat


@dataclass(frozen=True)
class Foreign:
    """One kind of server. What it does not have is answered with 404."""

    model: str
    """What it calls its model."""
    health: int | None
    metrics: str | None
    load: Heartbeat
    """What those metrics say."""
    no_metrics: int = 404
    key: str = ""
    also: dict[str, Any] = field(default_factory=dict[str, Any])
    """More that it says of its model."""


FOREIGN = {
    "vllm": Foreign(
        "Qwen/Qwen3-8B",
        200,
        'vllm:num_requests_running{engine="0",model_name="Qwen/Qwen3-8B"} 3.0\n'
        'vllm:num_requests_waiting{engine="0",model_name="Qwen/Qwen3-8B"} 2.0\n'
        'vllm:kv_cache_usage_perc{engine="0",model_name="Qwen/Qwen3-8B"} 0.5\n',
        Heartbeat(busy=3, waiting=2, cache=0.5),
        key="its key",
        also={"root": "Qwen/Qwen3-8B", "max_model_len": 32768},
    ),
    "sglang": Foreign(
        "meta-llama/Llama-3.1-8B-Instruct",
        200,
        "# TYPE sglang:num_running_reqs gauge\n"
        'sglang:num_running_reqs{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"} 3.0\n'
        'sglang:num_running_reqs{engine_type="unified",model_name="m",pp_rank="0",tp_rank="1"} 3.0\n'
        'sglang:num_queue_reqs{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"} 2.0\n'
        'sglang:token_usage{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"} 0.28\n'
        'sglang:gen_throughput{model_name="m"} 86.5\n',
        Heartbeat(busy=3, waiting=2, cache=0.28),
    ),
    "tgi": Foreign(
        "/data/model",
        200,
        "# TYPE tgi_queue_size gauge\ntgi_queue_size 2\n# TYPE tgi_batch_current_size gauge\ntgi_batch_current_size 3",
        Heartbeat(busy=3, waiting=2),
    ),
    "llama.cpp": Foreign(
        "model.gguf",
        200,
        "# TYPE llamacpp:requests_processing gauge\nllamacpp:requests_processing 3\nllamacpp:requests_deferred 2\n",
        Heartbeat(busy=3, waiting=2),
        also={"owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}},
    ),
    "llama.cpp without metrics": Foreign("model.gguf", 200, None, Heartbeat(), no_metrics=501),
    "ollama": Foreign("llama3.2:latest", None, None, Heartbeat(), also={"owned_by": "library"}),
}


class ForeignServer:
    """Somebody's server, on a port of its own. `is_loading` makes it say that it is not ready yet."""

    def __init__(self, kind: Foreign) -> None:
        self.kind = kind
        self.is_loading = False
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self.kind.key and request.headers.get("authorization") != f"Bearer {self.kind.key}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        match request.path:
            case "/health" if self.kind.health is not None:
                return web.Response(status=503 if self.is_loading else self.kind.health)
            case "/v1/models":
                model = {"id": self.kind.model, "object": "model", "created": 1, **self.kind.also}
                return web.json_response({"object": "list", "data": [model]}, status=503 if self.is_loading else 200)
            case "/metrics":
                text, status = self.kind.metrics, 200 if self.kind.metrics else self.kind.no_metrics
                return web.Response(text=text or "", status=status)
            case _:
                return web.Response(status=404)


@asynccontextmanager
async def a_foreign_server(kind: Foreign) -> AsyncGenerator[ForeignServer]:
    """Serve while inside."""
    server = ForeignServer(kind)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
