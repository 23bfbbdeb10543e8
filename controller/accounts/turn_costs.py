"""What visitors' turns cost."""

import asyncio
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from arena.model import ModelEntry
from controller.accounts.prices import tokens_in
from controller.accounts.spending import Spending
from controller.draft import Draft

Paid = Callable[[str, Mapping[str, Any], Draft], AbstractContextManager[None]]
"""Holds what an answer costs while it is written: of which model, what it was asked, what it wrote."""


def free(model: str, body: Mapping[str, Any], draft: Draft) -> AbstractContextManager[None]:  # noqa: ARG001
    """Let everything be written, and count nothing."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class TurnCosts:
    """Checks the model's daily stop before a turn, counts the turn while it runs, and what it used at its end."""

    spending: Spending
    entry_of: Callable[[str], ModelEntry | None]

    @contextmanager
    def paid(self, model: str, body: Mapping[str, Any], draft: Draft) -> Generator[None]:
        """Hold the turn's estimated cost while inside. Raises `SpendStopped`.

        What the worker did not count is estimated by its length. What failed before its first word costs nothing.
        """
        entry, asked = self.entry_of(model), _asked(body)
        if entry is None:  # it was taken off the list; what follows says so
            yield
            return
        with self.spending.hold(entry, None, asked, int(body.get("max_tokens", 0))):
            has_failed = True
            try:
                yield
                has_failed = False
            except asyncio.CancelledError:
                has_failed = False
                raise
            finally:
                is_counted = draft.prompt_tokens is not None or draft.completion_tokens is not None
                if draft.worker is not None and (is_counted or _written(draft) or not has_failed):
                    self.spending.add(model, None, *_used(draft, asked))


def _used(draft: Draft, asked: int) -> tuple[int, int]:
    read = asked if draft.prompt_tokens is None else draft.prompt_tokens
    return read, _written(draft) if draft.completion_tokens is None else draft.completion_tokens


def _asked(body: Mapping[str, Any]) -> int:
    return tokens_in(sum(len(str(message.get("content", ""))) for message in body.get("messages", ())))


def _written(draft: Draft) -> int:
    return tokens_in(sum(map(len, draft.texts)) + sum(map(len, draft.reasonings)))
