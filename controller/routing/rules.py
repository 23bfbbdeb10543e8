"""The numbers that an operator may set."""

from dataclasses import dataclass

from arena.settings import ControllerSection


@dataclass(frozen=True, slots=True)
class Rules:
    """How the pool queues and retries. The defaults are those of `[controller]` in `arena.toml`."""

    queue_length: int = 100
    """Requests that may wait, per model."""
    queue_seconds: float = 60.0
    """The longest that one of them waits."""
    deadline_seconds: float = 900.0
    """The longest that one request takes, waiting and writing together."""
    retry_share: float = 0.2
    """Of all requests so many may be tried again elsewhere."""
    hedge_seconds: float = 0.0
    """After so long without a first word a second worker is asked too; 0: never."""

    @classmethod
    def of(cls, section: ControllerSection) -> "Rules":
        """Return what `arena.toml` says."""
        return cls(
            queue_length=section.queue_length,
            queue_seconds=section.queue_seconds,
            deadline_seconds=section.deadline_seconds,
            retry_share=section.retry_share,
            hedge_seconds=section.hedge_seconds,
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one model may use at once and in a minute, over all its workers; None: as much as they have."""

    concurrency: int | None = None
    tokens_per_minute: int | None = None
