"""Two workers of one name: which of them is it?

A worker is known by its id. The same id at the same address is the same worker, started anew or not: no two can listen
there. The same id from another address is taken for the same worker, moved, only when the known one seems gone: it
has been silent for longer than a beat and a half, or it does not take connections. Otherwise two of one name are
alive; the second is refused, and its own attempts to register bring it in as soon as the first is gone.
"""

from arena.worker import BEAT_SECONDS, WorkerCard

QUIET_SECONDS = 1.5 * BEAT_SECONDS


def is_taken(known: WorkerCard, quiet: float, new: WorkerCard, *, is_broken: bool) -> bool:
    """Whether a name belongs to another worker that is alive. `quiet`: seconds since its last sign of life."""
    return new.url.rstrip("/") != known.url.rstrip("/") and quiet <= QUIET_SECONDS and not is_broken
