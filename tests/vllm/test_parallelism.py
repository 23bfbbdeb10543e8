"""One model over two devices of a real vLLM: two GPUs where they are, else two CPU cores."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import openai
import psutil
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.arenas import Arena
from tests.vllm.machine import for_two_workers, gpus
from tests.vllm.real_engine import RealEngine, real_engine

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.timeout(700),
    pytest.mark.usefixtures("two_devices"),
]
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Go on."}]


@contextmanager
def wide(
    arena: Arena, folder: Path, model: Path, *vllms: str, env: dict[str, str] | None = None
) -> Generator[RealEngine]:
    ours = ("--name", "tiny-wide", "--slots", "8", *(("--devices", "0,1") if gpus() else ()))
    with real_engine(arena, folder, model, *ours, vllms=vllms, env=env) as engine:
        engine.until(engine.is_known)
        yield engine


def answer(client: openai.OpenAI) -> str | None:
    told = client.chat.completions.create(model="tiny-wide", messages=ASKED, max_tokens=50, temperature=0)
    return told.choices[0].finish_reason


def test_tensor_parallel(arena: Arena, folder: Path, model: Path, client: openai.OpenAI):
    with wide(arena, folder, model, "--tensor-parallel-size", "2", env=for_two_workers()) as engine:
        family = engine.family()
        workers = [each for each in family if "Worker_TP" in " ".join(each.cmdline())]
        reason = answer(client)
        workers[1].kill()
        gone_after = engine.until(lambda: not engine.is_known(), 15)
        _, left = psutil.wait_procs(family, timeout=20)

    assert len(workers) == 2
    assert reason == "length"
    assert gone_after < 10
    assert left == []


def test_data_parallel(arena: Arena, folder: Path, model: Path, client: openai.OpenAI):
    with wide(arena, folder, model, "--data-parallel-size", "2", "--api-server-count", "1") as engine:
        family = engine.family()
        cores = [each for each in family if "EngineCore_DP" in " ".join(each.cmdline())]
        told = engine.server().cmdline()
        reasons = [answer(client) for _ in range(4)]
        state = engine.state()
        engine.ask_to_end()
        code = engine.code()
        _, left = psutil.wait_procs(family, timeout=20)

    assert len(cores) == 2
    assert told[told.index("--max-num-seqs") + 1] == "4"
    assert state is not None
    assert state["slots"] == 8
    assert reasons == ["length"] * 4
    assert (code, left) == (0, [])
