"""Whose fault a failure is, and how far it reaches. Only a worker's own faults close it."""

from dataclasses import dataclass
from enum import Enum, auto

from arena.errors import (
    ArenaError,
    LedgerError,
    ProviderLacksModel,
    ProviderNoCredit,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    RequestError,
    ShuttingDown,
    WorkerBroke,
    WorkerError,
    WorkerLacksModel,
    WorkersBusy,
    WorkerTimeout,
    WorkerUnreachable,
)


class Reach(Enum):
    """What a failure says something about."""

    NOTHING = auto()
    """It is our own fault."""
    REQUEST = auto()
    """The request was refused, by a worker that is well."""
    SLOTS = auto()
    """The worker is well, and full."""
    MODEL = auto()
    """This model at this worker: its other models may be well."""
    WORKER = auto()
    """The worker as a whole: its connection, its process."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What follows from a failure."""

    reach: Reach
    is_certain: bool = False
    """One such failure is enough."""
    seconds: float | None = None
    """How long it will last, where the other side said so."""


LONGEST_WORD = 600.0
"""Seconds: however long a vendor asks us to stay away, after so many it is tried again."""


def judge(error: ArenaError, *, is_proxy: bool) -> Fault:
    """Say what a failure of a worker means for it."""
    match error:
        case WorkersBusy():
            return Fault(Reach.SLOTS)
        case ProviderRefusedRequest() | RequestError():
            return Fault(Reach.REQUEST)
        case LedgerError():
            return Fault(Reach.NOTHING)
        case WorkerUnreachable() | ShuttingDown():
            return Fault(Reach.WORKER, is_certain=True)
        case WorkerLacksModel() | ProviderRefusedKey() | ProviderNoCredit() | ProviderLacksModel():
            return Fault(Reach.MODEL, is_certain=True)
        case ProviderRateLimited():
            seconds = None if error.retry_after is None else min(error.retry_after, LONGEST_WORD)
            return Fault(Reach.MODEL, is_certain=True, seconds=seconds)
        case WorkerTimeout():
            # A proxy that is silent may wait for one vendor's model, an engine that is silent hangs.
            return Fault(Reach.MODEL if is_proxy else Reach.WORKER)
        case WorkerBroke():
            return Fault(Reach.WORKER)
        case _:
            return Fault(Reach.MODEL)


def is_worth_another(error: ArenaError) -> bool:
    """Whether another worker may do better: not when the request itself was refused."""
    is_refused = judge(error, is_proxy=False).reach is Reach.REQUEST
    return not is_refused and (error.retryable or isinstance(error, WorkerError))
