"""What Prometheus may see. Labels are bounded: the catalogue's models, and how a turn can end."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 120)


class Metrics:
    """The controller's own metrics, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._turns = Counter("arena_turns", "Turns, by how they ended", ["model", "ending"], registry=self._registry)
        self._first_word = Histogram(
            "arena_first_word_seconds", "From the open turn to the first word", ["model"], buckets=BUCKETS,
            registry=self._registry,
        )  # fmt: skip
        self._votes = Counter("arena_votes", "Votes", ["mode", "outcome"], registry=self._registry)
        self._running = Gauge("arena_running_turns", "Turns running now", registry=self._registry)
        self._workers = Gauge("arena_workers", "Workers in the pool", registry=self._registry)
        self._leases = Gauge("arena_leases", "Worker slots leased now", registry=self._registry)

    def turn_ended(self, model: str, ending: str, first_word_seconds: float | None) -> None:
        """Count a turn."""
        self._turns.labels(model, ending).inc()
        if first_word_seconds is not None:
            self._first_word.labels(model).observe(max(0.0, first_word_seconds))

    def voted(self, mode: str, outcome: str) -> None:
        """Count a vote."""
        self._votes.labels(mode, outcome).inc()

    def text(self, *, running: int, workers: int, leases: int) -> bytes:
        """Return everything in Prometheus's text format."""
        self._running.set(running)
        self._workers.set(workers)
        self._leases.set(leases)
        return generate_latest(self._registry)
