"""What a request wants of the pool of workers."""

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first when slots are short. How much first: `controller.routing.line`."""

    VISITOR = 0
    """Somebody sits in front of the page and waits."""
    CLIENT = 1
    """A program that calls the API."""
    BATCH = 2
    """A program for which later is as good."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One request's wishes. All of it comes from the request and the ledger, so any controller makes the same one."""

    model: str
    priority: Priority = Priority.VISITOR
    prefix: str = ""
    """Requests with the same one profit from one worker's prefix cache; empty: there is nothing to profit from."""
    before: str | None = None
    """The id of the worker that answered the conversation's last turn."""
    tokens: int = 0
    """An estimate of what is read and may be written, for the model's budget of tokens."""
    key: str | None = None
    """The id of the API key that asks, if one does."""
