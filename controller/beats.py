"""Workers' proofs of life, taken before a task is made for them: there are more of them than of anything else."""

import time
from collections.abc import Sequence

from pydantic import ValidationError

from arena.errors import ArenaError
from arena.worker import Heartbeat
from controller.access import require_key
from controller.services import Services

AUTHORIZATION = b"authorization"
BEFORE, AFTER = b"/workers/", b"/heartbeat"


class Beats:
    """Takes a proof of life as the route would; with whatever is wrong, and with all else, it lets the routes deal.

    Satisfies `arena.asgi.AtOnce`.
    """

    longest = 10_000

    def __init__(self, services: Services) -> None:
        self._services = services

    def may_take(self, method: bytes, target: bytes) -> bool:
        """Whether a worker may be beating here."""
        return method == b"POST" and target.startswith(BEFORE) and target.endswith(AFTER)

    def is_taken(self, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Take a proof of life that is right."""
        key = next((value for name, value in headers if name == AUTHORIZATION), b"")
        try:
            require_key({"authorization": key.decode("latin-1")}, self._services.settings.worker_key)
            worker_id = target[len(BEFORE) : -len(AFTER)].decode("ascii")
            self._services.pool.beat(worker_id, Heartbeat.model_validate_json(body), time.monotonic())
        except (ArenaError, ValidationError, UnicodeDecodeError):
            return False
        return True
