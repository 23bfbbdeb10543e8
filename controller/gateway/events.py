"""The events of a worker's stream, on their way to the client: what has to be known of them, and what is taken out.

As long as reads hold whole events, and nothing that concerns us, they pass untouched.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

from arena.errors import ArenaError, WorkerBroke
from controller.worker_words import count_of_tokens, error_said, read_json

LONGEST_EVENT = 4_000_000
"""Bytes; a worker that sends more without ending an event is broken."""
ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")
"""How an event can end (WHATWG HTML, section 9.2.5)."""
_BETWEEN = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)|(?<=\r\r)")
_DONE = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\]")


class Events:
    """Takes what was read, cut anywhere; returns what the client is to get of it: whole events only."""

    def __init__(self, *, hides_usage: bool, secret: bytes = b"") -> None:
        """`secret` is the key that the worker was called with: it never reaches a client."""
        self._secret = secret
        self._hides_usage = hides_usage
        self._pending = b""
        self._last = b""
        self.prompt_tokens: int | None = None
        self.completion_tokens: int | None = None
        self.number = 0
        """How many events have passed: about as many as tokens, where nothing better is known."""
        self.is_done = False
        """Whether the worker said that the answer is complete."""

    def feed(self, read: bytes) -> bytes:
        """Take more; return what is to be passed on. Raises `WorkerBroke` for one without end, or with the secret."""
        if self._pending or b'"usage"' in read or not read.endswith(ENDS):
            read = self._whole_events(read)
        if self._secret and self._secret in read:
            raise WorkerBroke
        if read:
            self.number += read.count(b"data:")
            if b"[DONE]" in read and _DONE.search(read):
                self.is_done = True
                self._last += read  # engines say that they are done also right after an error
            else:
                self._last = read
        return read

    def end(self) -> bytes:
        """Take the end of the stream; return what is still to be passed on."""
        rest, self._pending = self._pending, b""
        if self._secret and self._secret in rest:
            raise WorkerBroke
        if _DONE.search(rest):
            self.is_done = True
            return rest
        return b""

    def error(self) -> ArenaError | None:
        """Return the error that the last event tells, if it tells one."""
        return _error_in(reversed(_BETWEEN.split(self._last))) if b'"error"' in self._last else None

    def _whole_events(self, read: bytes) -> bytes:
        """Keep back an event whose end has not come; look at those that tell usage."""
        data = self._pending + read
        end = max(data.rfind(mark) + len(mark) if mark in data else 0 for mark in ENDS)
        self._pending = data[end:]
        if len(self._pending) > LONGEST_EVENT:
            raise WorkerBroke
        whole = data[:end]
        if b'"usage"' not in whole:
            return whole
        return b"".join(event for event in _BETWEEN.split(whole) if not self._is_hidden(event))

    def _is_hidden(self, event: bytes) -> bool:
        """Learn from an event; return whether it is one that the client did not ask for."""
        if b'"usage"' not in event:
            return False
        fields = _fields(event)
        usage = fields.get("usage")
        if not isinstance(usage, dict):
            return False
        read, written = (count_of_tokens(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
        self.prompt_tokens = self.prompt_tokens if read is None else read  # some tell one first and the other last
        self.completion_tokens = self.completion_tokens if written is None else written
        return self._hides_usage and fields.get("choices") == []


def first_told(events: bytes) -> dict[str, Any] | None:
    """Return what the first of these events tells, comments aside; None if none tells anything yet.

    Raises `WorkerBroke` when that makes no sense, and the error that it tells, if it tells one.
    """
    for data in filter(None, map(_data, _BETWEEN.split(events))):
        if data == b"[DONE]":
            return {}
        return read_answer(data)
    return None


def read_answer(wire: bytes) -> dict[str, Any]:
    """Read an event, or a whole answer. Raises `WorkerBroke` for garbage, and the error that it tells."""
    try:
        told: Any = read_json(wire)
    except (ValueError, RecursionError) as error:
        raise WorkerBroke from error
    if not isinstance(told, dict):
        raise WorkerBroke
    if told.get("error"):
        raise error_said(told)
    return told


def _error_in(events: Iterable[bytes]) -> ArenaError | None:
    for event in events:
        if told := _fields(event):
            return error_said(told) if told.get("error") else None
    return None


def _fields(event: bytes) -> dict[str, Any]:
    """Return what an event tells; nothing if it is no object."""
    try:
        told: Any = orjson.loads(_data(event))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _data(event: bytes) -> bytes:
    return b"\n".join(line[5:] for line in event.splitlines() if line.startswith(b"data:")).strip()
