"""Answers to keys that allow it are copied on their way, and kept when they are over."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from arena.chat import Ending
from arena.model import ModelEntry, ModelKind
from controller.accounts.api_answer import said_in
from controller.accounts.api_log import Answered
from controller.accounts.callers import Caller
from controller.event_stream import Scope, Send
from controller.gateway.outlets import Outlet, Receive

MOST_COPIED = 16_000_000
"""Bytes. Of what is longer the rest is not kept."""
ENDINGS = {"2xx": Ending.COMPLETED, "left": Ending.CANCELLED}


def keeps(caller: Caller, entry: ModelEntry) -> bool:
    """Whether the answer to this caller is to be kept."""
    return caller.key is not None and caller.key.may_log and entry.kind is ModelKind.CHAT


class CopyingOutlet(Outlet):
    """An outlet that remembers what went through it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._opened_at = time.time()
        self._began = time.monotonic()
        self._begun_at: float | None = None
        self._copied = bytearray()

    async def write(self, body: bytes) -> None:
        """Send a piece of the body, and copy it."""
        self._copy(body)
        await super().write(body)

    @property
    def pass_on(self) -> Callable[[bytes], bool]:
        """What sends a piece of the body at once, and copies it."""
        send = super().pass_on

        def copy_and_send(body: bytes) -> bool:
            self._copy(body)
            return send(body)

        return copy_and_send

    def keep(self, last: bytes) -> None:
        """Send this with the end, and copy it."""
        self._copy(last)
        super().keep(last)

    async def whole(self, body: bytes) -> None:
        """Send a whole answer, and copy it."""
        self._copy(body)
        await super().whole(body)

    def answered(
        self,
        entry: ModelEntry,
        request: Mapping[str, Any],
        status: str,
        tokens: tuple[int | None, int | None],
        *,
        is_stream: bool,
    ) -> Answered | None:
        """Return what was asked and answered; None if nothing was. `status` as in the metrics."""
        if self._begun_at is None:
            return None
        said = said_in(bytes(self._copied), is_stream=is_stream)
        ending = ENDINGS.get(status, Ending.FAILED)
        return Answered(
            model=entry.name,
            request=request,
            answer=said.text,
            reasoning=said.reasoning,
            finish_reason=said.finish_reason,
            opened_at=self._opened_at,
            first_word_at=self._begun_at,
            finished_at=self._now(),
            ending=ending,
            prompt_tokens=tokens[0],
            completion_tokens=tokens[1],
        )

    def _now(self) -> float:
        """Return unix seconds, as if nobody had set the wall clock since the request came."""
        return self._opened_at + time.monotonic() - self._began

    def _copy(self, body: bytes) -> None:
        if self._begun_at is None:
            self._begun_at = self._now()
        self._copied += body[: MOST_COPIED - len(self._copied)]
