"""Looking into a pool of workers."""

from controller.pool.worker_pool import WorkerPool


def is_idle(pool: WorkerPool) -> bool:
    """Whether nothing is leased, nobody waits, and no probe is under way."""
    is_probed = any(
        breaker.is_probing
        for seat in pool.seats.values()
        for model in seat.card.models
        for breaker in seat.breakers(model)
    )
    is_leased = bool(pool.leases()) or any(seat.leased for seat in pool.seats.values())
    return not (is_leased or is_probed or pool.waiting() or pool.house.queued)
