"""How things stand at the moment when Prometheus asks."""

from collections import Counter
from collections.abc import Iterable

from controller.routing.seat import Seat
from controller.services import Services


def measured(services: Services, now: float) -> bytes:
    """Return the metrics in Prometheus's text format. `now` is monotonic."""
    pool, metrics = services.pool, services.metrics
    seats, leases = pool.seats.values(), pool.leases()
    metrics.breaker(pool.breakers())
    metrics.leases(leases, _slots(seats))
    metrics.heard(
        oldest_seconds=max((now - seat.heard_at for seat in seats), default=0.0),
        draining=sum(seat.is_resting for seat in seats),
    )
    metrics.spooled(services.outage.ledger.spool.waiting, is_away=services.outage.watch.is_away)
    return metrics.text(running=len(services.running), workers=len(seats), leases=sum(leases.values()))


def _slots(seats: Iterable[Seat]) -> Counter[str]:
    """Return the slots of the workers that serve each model."""
    slots: Counter[str] = Counter()
    for seat in seats:
        for model in seat.card.models:
            slots[model] += seat.card.slots
    return slots
