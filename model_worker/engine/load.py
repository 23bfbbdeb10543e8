"""How busy an engine is, read from the metrics it publishes for Prometheus. No I/O."""

import re

from pydantic import BaseModel, ConfigDict

from arena.worker import Heartbeat

_SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{([^\n]*)\})?[ \t]+(\S+)", re.MULTILINE)
_RANK = re.compile(r'\b(?:tp|pp|ep|moe_ep)_rank="[^"]*",?')
"""Which part of one engine says it: with SGLang each may speak for the whole."""
RUNNING = frozenset(
    {"vllm:num_requests_running", "sglang:num_running_reqs", "tgi_batch_current_size", "llamacpp:requests_processing"}
)
WAITING = frozenset(
    {"vllm:num_requests_waiting", "sglang:num_queue_reqs", "tgi_queue_size", "llamacpp:requests_deferred"}
)
CACHE = frozenset(
    {
        "vllm:kv_cache_usage_perc",
        "vllm:gpu_cache_usage_perc",  # until 0.9
        "sglang:token_usage",
        "llamacpp:kv_cache_usage_ratio",
    }
)
"""Shares, 0 to 1, in spite of the names."""
_KNOWN = RUNNING | WAITING | CACHE


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

    The engines of a data-parallel server count for themselves: their requests are added up, their caches averaged. The
    parts of one engine, over which tensors or layers are spread, say the same: the most that one of them says counts.
    """
    said: dict[tuple[str, str], float] = {}
    for name, labels, text in _SAMPLE.findall(metrics):
        if name in _KNOWN and (number := _number(text)) is not None:
            engine = (name, _RANK.sub("", labels).strip(","))
            said[engine] = max(number, said.get(engine, 0.0))
    running, waiting, cache = ([n for (name, _), n in said.items() if name in ask] for ask in (RUNNING, WAITING, CACHE))
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
