"""How busy an engine is, read from the metrics it publishes for Prometheus. No I/O."""

import re

from pydantic import BaseModel, ConfigDict

from arena.worker import Heartbeat

_SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{[^\n]*\})?[ \t]+(\S+)", re.MULTILINE)
RUNNING = frozenset(
    {"vllm:num_requests_running", "sglang:num_running_reqs", "tgi_batch_current_size", "llamacpp:requests_processing"}
)
WAITING = frozenset(
    {"vllm:num_requests_waiting", "sglang:num_queue_reqs", "tgi_queue_size", "llamacpp:requests_deferred"}
)
CACHE = frozenset({"vllm:kv_cache_usage_perc", "sglang:token_usage"})
"""Shares, 0 to 1, in spite of the name."""


class Load(BaseModel):
    """What an engine does now."""

    model_config = ConfigDict(frozen=True)

    running: int = 0
    """Requests it answers."""
    waiting: int = 0
    """Requests in its queue."""
    cache: float = 0.0
    """The share of its cache that is in use, 0 to 1."""

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for anything."""
        return self.running + self.waiting == 0

    def heartbeat(self, *, is_draining: bool = False) -> Heartbeat:
        """Return it as controllers hear it."""
        return Heartbeat(busy=self.running, waiting=self.waiting, cache=self.cache, is_draining=is_draining)


def read_load(metrics: str) -> Load | None:
    """Read an engine's metrics; None if they are not those of an engine we know.

    The engines of a data-parallel server count for themselves: their requests are added up, their caches averaged.
    """
    samples = [(name, number) for name, text in _SAMPLE.findall(metrics) if (number := _number(text)) is not None]
    running, waiting, cache = ([n for name, n in samples if name in known] for known in (RUNNING, WAITING, CACHE))
    if not running:
        return None
    share = sum(cache) / len(cache) if cache else 0.0
    return Load(running=round(sum(running)), waiting=round(sum(waiting)), cache=min(share, 1.0))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None
