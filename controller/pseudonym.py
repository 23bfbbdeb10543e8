"""Addresses become pseudonyms: keyed hashes that cannot be turned back without the key, which lives for one period."""

import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from arena.addresses import network_of
from arena.errors import ArenaError, SetupError
from arena.periods import PeriodLength, period_of

logger = logging.getLogger(__name__)


def pseudonym(address: str, key: SecretStr) -> str:
    """Return 32 hex digits of HMAC-SHA256 over the address's network; what is no address is one pseudonym."""
    try:
        network = network_of(address)
    except ValueError:
        network = "unknown"
    return hmac.digest(key.get_secret_value().encode(), network.encode(), "sha256").hex()[:32]


@dataclass(frozen=True, slots=True)
class PeriodKey:
    """The key with which addresses are hashed in one period."""

    period: str
    key: SecretStr


class PeriodKeys:
    """Knows the key of the period that it is now. `read` is asked once for each; the key before is forgotten."""

    def __init__(
        self, length: PeriodLength, read: Callable[[str], SecretStr], clock: Callable[[], float] = time.time
    ) -> None:
        self._length: PeriodLength = length
        self._read = read
        self._clock = clock
        self._kept: PeriodKey | None = None

    def now(self) -> PeriodKey:
        """Return the key in force. Raises `ArenaError` when a new one can be neither read nor made."""
        period = period_of(self._clock(), self._length)
        if self._kept is None or self._kept.period != period:
            self._kept = None
            try:
                self._kept = PeriodKey(period, self._read(period))
            except SetupError as error:
                logger.error("Addresses cannot be hashed: %s", error)  # noqa: TRY400 (the line says it all)
                raise ArenaError from error
        return self._kept
