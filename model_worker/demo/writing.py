"""Writing: what stands between a demo model's text and its reader: words, the longest length, the stop strings."""

from collections.abc import Iterator, Sequence
from typing import Literal

from model_worker.demo.tokens import TOKEN, count_tokens, words


class Writing:
    """One answer, word by word. Ends before the first stop string, also when that comes in several words."""

    def __init__(self, fragments: Iterator[str], longest: int | None = None, stops: Sequence[str] = ()) -> None:
        self._fragments = fragments
        self._longest = longest
        self._stops = stops
        self._said: list[str] = []
        self.finish_reason: Literal["stop", "length"] = "stop"

    @property
    def tokens(self) -> int:
        """How many tokens were said so far."""
        return count_tokens("".join(self._said))

    def __iter__(self) -> Iterator[str]:
        """Yield what may be said. To be gone through once."""
        held = ""
        for word in self._limited(words(self._fragments)):
            held += word
            if (cut := first_stop(held, self._stops)) is not None:
                self.finish_reason = "stop"
                yield from self._say(held[:cut])
                return
            safe = len(held) - longest_beginning(held, self._stops)
            yield from self._say(held[:safe])
            held = held[safe:]
        yield from self._say(held)

    def _say(self, text: str) -> Iterator[str]:
        if text:
            self._said.append(text)
            yield text

    def _limited(self, pieces: Iterator[str]) -> Iterator[str]:
        left = self._longest
        for piece in pieces:
            if left is not None:
                tokens = list(TOKEN.finditer(piece))
                if len(tokens) > left:
                    self.finish_reason = "length"
                    if left:
                        yield piece[: tokens[left - 1].end()]
                    return
                left -= len(tokens)
            yield piece


def first_stop(text: str, stops: Sequence[str]) -> int | None:
    """Return where the stop string begins that is complete first; the longer one of two that end together."""
    found = [(text.find(stop) + len(stop), text.find(stop)) for stop in stops if stop in text]
    return min(found)[1] if found else None


def longest_beginning(text: str, stops: Sequence[str]) -> int:
    """Return how many characters at the end of a text may be the beginning of a stop string."""
    longest = max(map(len, stops), default=0) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(stop.startswith(text[-length:]) for stop in stops):
            return length
    return 0
