"""Real vLLMs that all tests share: a start takes half a minute."""

from collections.abc import Generator
from pathlib import Path

import openai
import pytest

from arena.model import ModelKind
from arena.settings import Limits
from tests.arenas import GATEWAY_KEY, Arena, a_model, an_arena
from tests.vllm.machine import START_SECONDS, gpus, make_tiny_model
from tests.vllm.real_engine import RealEngine, real_engine

LIMITS = Limits(
    turns_per_minute=10_000, turns_per_minute_per_address=10_000, streams_per_session=50, output_tokens=3_500
)
TOOLS = ("--enable-auto-tool-choice", "--tool-call-parser", "hermes")
MODELS = (
    a_model("tiny"),
    a_model("scripted"),
    a_model("tiny-wide"),
    a_model("tiny-embedding", kind=ModelKind.EMBEDDING),
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vllm")


@pytest.fixture(scope="session")
def model(folder: Path) -> Path:
    return make_tiny_model(folder)


@pytest.fixture(scope="session")
def arena(folder: Path) -> Generator[Arena]:
    with an_arena(folder, *MODELS, limits=LIMITS, first_word_seconds=60.0, between_words_seconds=30.0) as arena:
        yield arena


@pytest.fixture(scope="session")
def engine(arena: Arena, folder: Path, model: Path) -> Generator[RealEngine]:
    """A vLLM that is well."""
    with real_engine(arena, folder, model, "--slots", "16", vllms=TOOLS) as engine:
        engine.until(engine.is_starting)
        engine.was_known_while_starting = engine.is_known()
        engine.until(engine.is_known)
        yield engine


@pytest.fixture(scope="session")
def second(arena: Arena, folder: Path, model: Path, engine: RealEngine) -> Generator[RealEngine]:
    """Another one, for the same model. Tests that count what one engine does come before those that have two."""
    assert engine.is_known()
    with real_engine(arena, folder, model, "--slots", "16", vllms=TOOLS) as second:
        second.until(second.is_known)
        yield second


@pytest.fixture
def two_devices() -> None:
    """Leave a test out where there is only one GPU."""
    if gpus() == 1:
        pytest.skip("it takes two GPUs, or vLLM for CPUs")


@pytest.fixture
def client(arena: Arena) -> Generator[openai.OpenAI]:
    """OpenAI's own client, at the gateway. It tries nothing twice by itself."""
    with openai.OpenAI(base_url=f"{arena.url}/v1", api_key=GATEWAY_KEY, max_retries=0, timeout=START_SECONDS) as client:
        yield client
