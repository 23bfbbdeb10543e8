"""What Prometheus may see: counts and times, never a text, a key or an address.

Labels are bounded: a model that is not in the catalogue is `other`, and so is every word that we do not know.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from arena.errors import ArenaError

OTHER = "other"
FIRST_WORD_BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 120)
WORD_BUCKETS = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4, 0.8, 2)
WAIT_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)
WRITE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

SURFACES = frozenset({"visitor", "gateway"})
STATUS_CLASSES = frozenset({"2xx", "4xx", "5xx", "left"})
"""`left`: whoever asked went away before the end."""
ENDINGS = frozenset({"completed", "failed", "cancelled", "lost"})
MODES = frozenset({"direct", "side_by_side", "battle"})
OUTCOMES = frozenset({"model_a", "model_b", "tie", "both_bad"})
KINDS = frozenset({"prompt", "completion"})
BREAKER_STATES = frozenset({"closed", "open", "half_open"})

Surface = Literal["visitor", "gateway"]


def status_class(status: int) -> str:
    """Return the class of an HTTP status, such as `4xx`."""
    return f"{status // 100}xx"


def codes(kind: type[ArenaError] = ArenaError) -> Iterator[str]:
    """Yield the codes of all our errors."""
    yield kind.code
    for child in kind.__subclasses__():
        yield from codes(child)


def _among(known: Collection[str], word: str) -> str:
    return word if word in known else OTHER


def _nothing_is_listed(_: str) -> bool:
    return False


class Metrics:
    """The controller's own metrics, in a registry of their own.

    `is_listed` says whether the catalogue has a model of that name now. Every method costs a few microseconds: call
    them once per request or answer, never per word.
    """

    def __init__(self, is_listed: Callable[[str], bool] = _nothing_is_listed) -> None:
        self._is_listed = is_listed
        self._reasons = frozenset(codes())
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._count_requests()
        self._time_answers()
        self._watch_pool()
        self._count_use()

    def _count_requests(self) -> None:
        self._requests = self._counter(
            "arena_requests", "Requests for an answer, by the class of their status", "surface", "model", "status"
        )
        self._turns = self._counter("arena_turns", "Turns, by how they ended", "model", "ending")
        self._votes = self._counter("arena_votes", "Votes", "mode", "outcome")
        self._retries = self._counter("arena_retries", "Requests tried again at another worker", "model", "reason")
        self._running = self._gauge("arena_running_turns", "Turns running now")

    def _time_answers(self) -> None:
        self._first_word = self._histogram(
            "arena_first_word_seconds", "From the request to the first word", FIRST_WORD_BUCKETS, "surface", "model"
        )
        self._word = self._histogram(
            "arena_word_seconds", "Between two words of an answer, its mean after the first", WORD_BUCKETS, "model"
        )
        self._wait = self._histogram("arena_queue_wait_seconds", "Waited for a worker's slot", WAIT_BUCKETS, "model")
        self._ledger = self._histogram("arena_ledger_write_seconds", "To write a turn's end", WRITE_BUCKETS)
        self._spooled = self._gauge("arena_ledger_spooled", "Turns that wait on disk for the ledger")
        self._away = self._gauge("arena_ledger_away", "1 while the ledger is taken to be away")
        self._dropped = self._counter("arena_ledger_dropped", "Turns that waited and were not taken", "reason")

    def _watch_pool(self) -> None:
        self._queue = self._gauge("arena_queue_length", "Requests that wait for a slot now", "model")
        self._workers = self._gauge("arena_workers", "Workers in the pool")
        self._leases = self._gauge("arena_leases", "Worker slots leased now")
        self._leased = self._gauge("arena_model_leases", "Worker slots leased now for a model", "model")
        self._slots = self._gauge("arena_model_slots", "Slots of the workers that serve a model", "model")
        self._breakers = self._gauge("arena_breakers", "Workers, by their circuit breaker", "state")
        self._draining = self._gauge("arena_draining_workers", "Workers that get nothing new")
        self._silent = self._counter("arena_workers_fallen_silent", "Workers that left because they fell silent")
        self._heartbeat = self._gauge("arena_oldest_heartbeat_seconds", "Since the most silent worker was heard")

    def _count_use(self) -> None:
        self._tokens = self._counter("arena_tokens", "Tokens, as workers count them", "model", "kind")
        self._spent = self._counter("arena_spent_dollars", "US dollars, at the catalogue's prices", "model")
        self._today = self._gauge("arena_spent_today_dollars", "Since midnight UTC, all controllers", "model")
        self._stop = self._gauge("arena_spend_stop_dollars", "At which nothing more is asked today", "model")

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self._registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=self._registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, what, labels, buckets=buckets, registry=self._registry)

    def _model(self, name: str) -> str:
        return name if self._is_listed(name) else OTHER

    def request_ended(self, surface: Surface, model: str, status: str) -> None:
        """Count a request for an answer; `status` is the class of its status (`status_class`), or `left`."""
        status = _among(STATUS_CLASSES, status)
        self._requests.labels(_among(SURFACES, surface), self._model(model), status).inc()

    def turn_ended(self, model: str, ending: str, first_word_seconds: float | None) -> None:
        """Count a visitor's turn, and how long its first word took: `first_word` is for the gateway then."""
        self._turns.labels(self._model(model), _among(ENDINGS, ending)).inc()
        if first_word_seconds is not None:
            self.first_word("visitor", model, first_word_seconds)

    def first_word(self, surface: Surface, model: str, seconds: float) -> None:
        """Note how long the first word took, waiting for a slot included."""
        self._first_word.labels(_among(SURFACES, surface), self._model(model)).observe(max(0.0, seconds))

    def word_time(self, model: str, seconds_per_word: float) -> None:
        """Note an answer's mean time between two words. Called once per answer."""
        self._word.labels(self._model(model)).observe(max(0.0, seconds_per_word))

    def queued(self, model: str, n: int) -> None:
        """Say how many requests wait for a slot of this model now."""
        self._queue.labels(self._model(model)).set(n)

    def queue_waited(self, model: str, seconds: float) -> None:
        """Note how long a request waited for its slot, however that ended."""
        self._wait.labels(self._model(model)).observe(max(0.0, seconds))

    def retried(self, model: str, reason: str) -> None:
        """Count a request that is tried again elsewhere; the reason is the code of the error that came first."""
        self._retries.labels(self._model(model), _among(self._reasons, reason)).inc()

    def tokens(self, model: str, kind: Literal["prompt", "completion"], n: int) -> None:
        """Count tokens read or written."""
        self._tokens.labels(self._model(model), _among(KINDS, kind)).inc(max(0, n))

    def spent(self, model: str, dollars: float) -> None:
        """Count what an answer cost."""
        self._spent.labels(self._model(model)).inc(max(0.0, dollars))

    def spending(self, today: Mapping[str, float], stops: Mapping[str, float]) -> None:
        """Say what was spent since midnight UTC, and where the daily stops are: US dollars by model."""
        self._set_all(self._today, today)
        self._set_all(self._stop, stops)

    def voted(self, mode: str, outcome: str) -> None:
        """Count a vote."""
        self._votes.labels(_among(MODES, mode), _among(OUTCOMES, outcome)).inc()

    def ledger_wrote(self, seconds: float) -> None:
        """Note how long a turn's end took to reach the ledger, retries included."""
        self._ledger.observe(max(0.0, seconds))

    def spooled(self, turns: int, *, is_away: bool) -> None:
        """Say how many turns wait on disk, and whether the ledger is away."""
        self._spooled.set(turns)
        self._away.set(is_away)

    def dropped(self, reason: str, turns: int) -> None:
        """Count turns that waited on disk and that the ledger refused; the reason is the error's code."""
        self._dropped.labels(_among(self._reasons, reason)).inc(turns)

    def fell_silent(self, workers: int) -> None:
        """Count workers that left the pool because nothing was heard of them."""
        self._silent.inc(workers)

    def breaker(self, worker_count_by_state: Mapping[str, int]) -> None:
        """Say how many workers' breakers are `closed`, `open` and `half_open` now."""
        for state in BREAKER_STATES:
            self._breakers.labels(state).set(worker_count_by_state.get(state, 0))

    def leases(self, in_use: Mapping[str, int], slots: Mapping[str, int]) -> None:
        """Say how many slots are leased by model now, and how many the workers that serve each have."""
        self._set_all(self._leased, in_use)
        self._set_all(self._slots, slots)

    def heard(self, oldest_seconds: float, draining: int) -> None:
        """Say how long the most silent worker has been silent, and how many workers are being drained."""
        self._heartbeat.set(max(0.0, oldest_seconds))
        self._draining.set(draining)

    def _set_all(self, gauge: Gauge, values: Mapping[str, float]) -> None:
        """Replace all values of a gauge: what is gone is not shown any more."""
        totals: dict[str, float] = {}
        for model, value in values.items():
            name = self._model(model)
            totals[name] = totals.get(name, 0) + value
        gauge.clear()
        for name, value in totals.items():
            gauge.labels(name).set(value)

    def text(self, *, running: int, workers: int, leases: int) -> bytes:
        """Return everything in Prometheus's text format."""
        self._running.set(running)
        self._workers.set(workers)
        self._leases.set(leases)
        return generate_latest(self._registry)
