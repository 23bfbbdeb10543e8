"""Who calls the gateway, and what they may use."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from arena.errors import AccessError, KeyRequired, WrongKey
from arena.model import ModelEntry, WorkerKind
from controller.access import bearer, is_key, is_plain_loopback


@dataclass(frozen=True, slots=True)
class Caller:
    """Without a key only demo models can be reached, and only from this very machine."""

    lacks: type[AccessError] | None
    """What is wrong with its key; None if it is the right one."""

    @classmethod
    def of(cls, headers: Mapping[str, str], peer: str, key: SecretStr) -> "Caller":
        """Say who calls; refuse calls from elsewhere without the right key.

        From this machine a wrong key is as good as none: OpenAI's own clients cannot send none.
        """
        given = bearer(headers)
        if is_key(given, key):
            return cls(lacks=None)
        lacks = KeyRequired if given is None else WrongKey
        if not is_plain_loopback(headers, peer):
            raise lacks
        return cls(lacks)

    def may_use(self, entry: ModelEntry) -> bool:
        """Whether this caller may use a model."""
        return self.lacks is None or entry.worker is WorkerKind.DEMO
