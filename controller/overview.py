"""The workers and models as the operator is shown them."""

from collections import Counter
from urllib.parse import urlsplit, urlunsplit

from arena.admin import ModelState, ModelStates, WorkerState, WorkerStates
from controller.catalogue import Catalogue
from controller.pool.worker_pool import Seat, WorkerPool


def worker_states(pool: WorkerPool, now: float) -> WorkerStates:
    """Return every worker, in the order of their ids. `now` is monotonic."""
    return WorkerStates(workers=tuple(_worker(seat, now) for _, seat in sorted(pool.seats.items())))


def _worker(seat: Seat, now: float) -> WorkerState:
    card, reported = seat.card, seat.reported
    return WorkerState(
        id=card.id,
        url=without_credentials(card.url),
        models=card.models,
        slots=card.slots,
        leased=seat.leased,
        busy=reported.busy,
        waiting=reported.waiting,
        breaker=seat.state(now).value,
        left_alone=seat.left_alone(now),
        is_draining=seat.is_resting,
        heard_seconds=round(max(0.0, now - seat.heard_at), 3),
    )


def without_credentials(url: str) -> str:
    """Return an address without the user and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def model_states(catalogue: Catalogue, revision: str) -> ModelStates:
    """Return every listed model, and how many workers serve it."""
    served = Counter(model for seat in catalogue.pool.seats.values() for model in set(seat.card.models))
    return ModelStates(
        revision=revision,
        models=tuple(ModelState(entry=entry, workers=served[entry.name]) for entry in catalogue.entries),
    )
