"""`arena worker attach`: somebody's server, registered while it is well."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from arena.command.listening import listen
from tests import fake_engine
from tests.engines import engine_worker


def free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


@asynccontextmanager
async def a_server(port: int, key: str = "their key") -> AsyncGenerator[None]:
    """Somebody's server; it calls its model `their-name`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", fake_engine.__file__, "serve", "x", "--served-model-name", "their-name"),
        *("--host", "127.0.0.1", "--port", str(port)),
        env={"VLLM_API_KEY": key},
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


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


async def test_a_missing_key_is_one_line_and_exit_code_2(tmp_path: Path):
    wrong = ("--url", "http://127.0.0.1:9", "--model", "ours", "--api-key-env", "NOT_SET_ANYWHERE")
    async with engine_worker(tmp_path, "attach", *wrong) as worker:
        assert await worker.code() == 2
        assert (await worker.rest()).startswith("arena: the environment variable NOT_SET_ANYWHERE is not set")
