"""The worker as OpenAI's own client sees it."""

from collections.abc import Generator

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionUserMessageParam

from arena.model import ModelEntry, WorkerKind
from tests.workers import RunningWorker, running

HELLO: ChatCompletionUserMessageParam = {"role": "user", "content": "Hello world"}


@pytest.fixture(scope="module")
def worker() -> Generator[RunningWorker]:
    with running((ModelEntry(name="demo-echo", worker=WorkerKind.DEMO, slots=1),)) as worker:
        yield worker


@pytest.fixture
def client(worker: RunningWorker) -> Generator[OpenAI]:
    key = worker.worker.card.key.get_secret_value()
    with OpenAI(base_url=f"{worker.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def test_it_reads_a_whole_answer(client: OpenAI):
    answer = client.chat.completions.create(model="demo-echo", messages=[HELLO], seed=1, temperature=0)

    assert answer.choices[0].message.content == "Hello world"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 4


def test_it_reads_a_stream_with_its_usage(client: OpenAI):
    stream = client.chat.completions.create(
        model="demo-echo", messages=[HELLO], stream=True, stream_options={"include_usage": True}
    )
    seen = list(stream)

    assert "".join(chunk.choices[0].delta.content or "" for chunk in seen if chunk.choices) == "Hello world"
    assert seen[-1].usage is not None
    assert seen[-1].usage.completion_tokens == 2


def test_it_lists_the_models(client: OpenAI):
    assert [model.id for model in client.models.list()] == ["demo-echo"]


def test_it_raises_its_own_errors_for_ours(client: OpenAI, worker: RunningWorker):
    with pytest.raises(openai.NotFoundError, match="no model of this name"):
        client.chat.completions.create(model="nobody", messages=[HELLO])
    with pytest.raises(openai.BadRequestError, match="one answer at a time"):
        client.chat.completions.create(model="demo-echo", messages=[HELLO], n=2)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").models.list()
    with worker.worker.slots.lease("demo-echo"), pytest.raises(openai.InternalServerError, match="busy"):
        client.chat.completions.create(model="demo-echo", messages=[HELLO])
