"""The echo: says what it was told, word for word. For tests."""

import re
from collections.abc import Iterator, Sequence

from arena.chat import Message
from model_worker.demo.parameters import Chance

_REPEAT = re.compile(r"\[repeat (\d{1,5})\]\s*")
"""At the beginning of a text, `[repeat 200]` makes the echo say the rest that often, so that a test has time."""


class Echo:
    """Repeats the last user message."""

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:  # noqa: ARG002 (no choices here)
        """Yield the text as it came; after `[repeat N]` the rest of it N times."""
        text = [message.content for message in messages if message.role == "user"][-1]
        if (repeat := _REPEAT.match(text)) is None:
            yield text
            return
        rest = text[repeat.end() :]
        for number in range(int(repeat[1])):
            yield f" {rest}" if number else rest
