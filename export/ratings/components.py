"""Which models can be compared: the parts that the graph of wins and ties falls into."""

import numpy as np

from export.ratings.counts import PairCounts
from export.ratings.scale import Integers


def connected(size: int, ends: Integers, others: Integers) -> Integers:
    """Return for each of `size` nodes the smallest node that edges, read both ways, lead to.

    Every label is hooked under the smaller label of a neighbour until none is left to hook.
    """
    label = np.arange(size)
    while True:
        left, right = label[ends], label[others]
        if (left == right).all():
            return label
        np.minimum.at(label, np.maximum(left, right), np.minimum(left, right))
        while (label[label] != label).any():
            label = label[label]


def _targets(size: int, sources: Integers, targets: Integers) -> list[list[int]]:
    order = np.argsort(sources, kind="stable")
    cuts = np.searchsorted(sources[order], np.arange(1, size))
    return [part.tolist() for part in np.split(targets[order], cuts)]


def _by_finish(reach: list[list[int]]) -> list[int]:
    """Return the nodes in the order in which a depth-first search leaves them. A leaving node is noted as `~node`."""
    finished: list[int] = []
    seen = [False] * len(reach)
    path = list(range(len(reach)))
    while path:
        node = path.pop()
        if node < 0:
            finished.append(~node)
        elif not seen[node]:
            seen[node] = True
            path.append(~node)
            path += reach[node]
    return finished


def strong(size: int, sources: Integers, targets: Integers) -> Integers:
    """Return for each of `size` nodes a label that two share if each can be reached from the other.

    Two searches, the second against the arrows (Sharir, A strong-connectivity algorithm, 1981), in linear time.
    """
    if not size:
        return np.empty(0, np.int64)
    back = _targets(size, targets, sources)
    label = [-1] * size
    for root in reversed(_by_finish(_targets(size, sources, targets))):
        path = [root]
        while path:
            node = path.pop()
            if label[node] < 0:
                label[node] = root
                path += back[node]
    return np.array(label)


def comparable(counts: PairCounts) -> Integers:
    """Label the models so that two share a label if wins and ties link them both ways.

    Only within such a part do ratings exist (Ford, Solution of a ranking problem, Amer. Math. Monthly 64, 1957).
    Pairs linked both ways at once are merged first, so that little is left to search.
    """
    size = len(counts.models)
    both = (counts.ties > 0) | ((counts.wins > 0) & (counts.losses > 0))
    merged = connected(size, counts.first[both], counts.second[both])
    one_way = ~both & (counts.battles > 0)  # of drawn votes, a pair may hold none
    first, second, won = merged[counts.first[one_way]], merged[counts.second[one_way]], counts.wins[one_way] > 0
    winner, loser = np.where(won, first, second), np.where(won, second, first)
    apart = winner != loser  # what leads from a merged part to itself tells nothing more, and is most of it
    return strong(size, winner[apart], loser[apart])[merged] if apart.any() else merged
