"""A demo model as the worker serves it: parameters in, paced chunks out."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from arena.chat import Message
from model_worker.chat_request import ChatRequest
from model_worker.completion import Chunk, Completion, gather, new_form, token_usage
from model_worker.demo.parameters import Chance, chance_for, read_messages, read_parameters
from model_worker.demo.tokens import count_tokens
from model_worker.demo.writing import Writing


class DemoModel(Protocol):
    """Answers a conversation. What it remembers is the conversation itself."""

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:
        """Yield the answer's text in fragments of any size."""
        ...


def _fresh_seed() -> int:
    return secrets.randbits(63)


@dataclass(frozen=True)
class ServedDemo:
    """Speaks Chat Completions for a demo model."""

    model: DemoModel
    words_per_second: float = 30.0
    fresh_seed: Callable[[], int] = _fresh_seed

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk]:
        """Answer word by word."""
        parameters = read_parameters(request.body)
        messages = read_messages(request.messages)
        chance = chance_for(parameters, self.fresh_seed)
        writing = Writing(self.model.answer(messages, chance), parameters.longest, parameters.stops)
        pace = self.words_per_second if parameters.words_per_second is None else parameters.words_per_second
        form = new_form(request, time.time())
        yield form.delta({"role": "assistant", "content": ""})
        async with aclosing(paced(iter(writing), pace)) as words:
            async for word in words:
                yield form.delta({"content": word})
        yield form.delta({}, writing.finish_reason)
        if request.include_usage:
            prompt = sum(count_tokens(message.content) for message in messages)
            yield form.usage(token_usage(prompt, writing.tokens))

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer in one piece, after the same time."""
        return await gather(self.stream(request.with_usage()))

    async def close(self) -> None:
        """Nothing is open."""


async def paced(pieces: Iterator[str], per_second: float) -> AsyncGenerator[str]:
    """Yield pieces, so many a second by the clock; at 0 only giving others their turn in between."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number, piece in enumerate(pieces):
        due = start + number / per_second if per_second else 0.0
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield piece
