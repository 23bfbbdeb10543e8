"""A real vLLM that serves embeddings."""

from pathlib import Path

import openai
import pytest

from tests.arenas import Arena
from tests.vllm.real_engine import real_engine

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(700)]
WIDTH = 128


def test_a_model_of_kind_embedding_answers_there_and_nowhere_else(
    arena: Arena, folder: Path, model: Path, client: openai.OpenAI
):
    told = ("--name", "tiny-embedding", "--kind", "embedding", "--slots", "4")
    with real_engine(arena, folder, model, *told) as engine:
        engine.until(engine.is_known)
        made = client.embeddings.create(model="tiny-embedding", input=["hello", "hello", "goodbye"])
        floats = client.embeddings.create(model="tiny-embedding", input="hello", encoding_format="float")
        with pytest.raises(openai.APIStatusError) as refused:
            client.chat.completions.create(
                model="tiny-embedding", messages=[{"role": "user", "content": "Hello?"}], max_tokens=5
            )
        with arena.visitor() as visitor:
            offered = [each["name"] for each in visitor.get("/models").json()["models"]]
        engine.ask_to_end()
        assert engine.code() == 0

    one, same, other = (each.embedding for each in made.data)
    assert (len(one), [each.index for each in made.data]) == (WIDTH, [0, 1, 2])
    assert one == pytest.approx(same, abs=1e-4)
    assert one == pytest.approx(floats.data[0].embedding, abs=1e-4)
    assert one != pytest.approx(other, abs=1e-2)
    assert made.usage.prompt_tokens > 0
    assert 400 <= refused.value.status_code < 500
    assert "tiny-embedding" not in offered
