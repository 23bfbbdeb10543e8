"""Which worker takes a request.

Two rules. The first is the shortest expected delay, as in the Linux Virtual Server's scheduler of that name: the work
that is outstanding there and the new request, over the slots, times the seconds that a usual answer takes there. The
second is affinity: the worker that wrote the conversation's last answer still has it in its prefix cache, and where
it is not there any more, all requests with one prefix agree on another by weighted rendezvous hashing (D. Thaler and
C. Ravishankar, 1998; the weights after C. Schindelhauer and G. Schomaker, 2005). Affinity yields to load: no worker
gets more than `BOUND` times its share of what is outstanding, but for a few that cost nothing (consistent hashing with
bounded loads, V. Mirrokni, M. Thorup and M. Zadimoghaddam, 2016); what is above goes by the first rule.
"""

import hashlib
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from controller.routing.speed import expected

BOUND = 1.25
ALWAYS = 0.25
"""Of a worker's own slots affinity may always fill so many: where little runs, one request more costs nothing."""


@dataclass(slots=True)
class Candidate:
    """A worker that could take the request, now or when a slot is free there."""

    id: str
    outstanding: int
    """Requests there that have not ended: ours, and as far as is known those of others."""
    slots: int
    is_free: bool
    seconds: float | None = None
    """How long a usual answer takes there, where it was measured."""
    age: float = 0.0
    """Seconds since it was measured."""
    leased_last: float = 0.0
    """When it was last asked: of equals, the one that was asked the longest ago is asked."""


def choose(candidates: Sequence[Candidate], prefix: str, before: str | None) -> Candidate | None:
    """Return the one that takes the request, or None if no one is free."""
    free = [each for each in candidates if each.is_free]
    if len(free) <= 1:
        return free[0] if free else None
    preferred = _preferred(candidates, prefix, before)
    if preferred is not None and preferred.is_free and preferred.outstanding < bound(preferred, candidates):
        return preferred
    usual = usual_seconds(candidates)
    return min(free, key=lambda each: (delay(each, usual), each.leased_last))


def usual_seconds(candidates: Sequence[Candidate]) -> float:
    """Return the median of what was measured: what to expect of the others."""
    measured = [each.seconds for each in candidates if each.seconds is not None]
    return statistics.median(measured) if measured else 1.0


def delay(candidate: Candidate, usual: float) -> float:
    """Return the delay to expect at a worker that takes one more request."""
    seconds = expected(candidate.seconds, candidate.age, usual)
    return (candidate.outstanding + 1) / max(1, candidate.slots) * max(seconds, 1e-6)


def bound(candidate: Candidate, candidates: Sequence[Candidate]) -> int:
    """Return how many requests affinity may bring to a worker, this one included."""
    outstanding = sum(each.outstanding for each in candidates)
    slots = sum(max(1, each.slots) for each in candidates)
    fair = BOUND * (outstanding + 1) * max(1, candidate.slots) / slots
    return math.ceil(max(fair, ALWAYS * candidate.slots))


def _preferred(candidates: Sequence[Candidate], prefix: str, before: str | None) -> Candidate | None:
    for each in candidates:
        if each.id == before:
            return each
    return max(candidates, key=lambda each: rendezvous(prefix, each.id, each.slots)) if prefix else None


def rendezvous(prefix: str, worker: str, slots: int) -> float:
    """Return how much a prefix is drawn to a worker. The same everywhere, and independent of the other workers."""
    digest = hashlib.blake2b(f"{worker}\0{prefix}".encode(), digest_size=8).digest()
    uniform = (int.from_bytes(digest) + 0.5) / 2.0**64
    return -max(1, slots) / math.log(uniform)
