"""One real vLLM for all tests: a start takes half a minute."""

from collections.abc import Generator

import pytest

from arena.settings import Limits
from tests.arenas import a_model, an_arena
from tests.vllm.real_engine import RealEngine, make_tiny_model, real_engine

LIMITS = Limits(turns_per_minute=10_000, turns_per_minute_per_address=10_000, output_tokens=1_500)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Generator[RealEngine]:
    """A vLLM that is well, at a controller that knows another model besides."""
    folder = tmp_path_factory.mktemp("vllm")
    model = make_tiny_model(folder)
    models = (a_model("tiny"), a_model("scripted"))
    with (
        an_arena(folder, *models, limits=LIMITS, first_word_seconds=60.0, between_words_seconds=30.0) as arena,
        real_engine(arena, folder, model) as engine,
    ):
        engine.until(lambda: any("is starting" in line for line in engine.lines))
        engine.was_known_while_starting = engine.is_known()
        engine.until(engine.is_known)
        yield engine
