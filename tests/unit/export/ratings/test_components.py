"""Finding what can be compared."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from export.ratings.components import comparable, connected, strong
from export.ratings.counts import count
from export.ratings.scale import Integers
from tests.unit.export.ratings.made import ROWS, Row, coded, counted

Edges = list[tuple[int, int]]
SIZE = 9
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


def _arrays(edges: Edges) -> tuple[Integers, Integers]:
    table = np.array(edges, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _reachable(edges: Edges) -> list[list[bool]]:
    """Who reaches whom, found the slow way (Warshall)."""
    reach = [[a == b or (a, b) in edges for b in range(SIZE)] for a in range(SIZE)]
    for middle in range(SIZE):
        for a in range(SIZE):
            for b in range(SIZE):
                reach[a][b] |= reach[a][middle] and reach[middle][b]
    return reach


def _parts(label: Integers) -> list[list[bool]]:
    return (label[:, None] == label).tolist()


@given(EDGES)
def test_two_nodes_share_a_label_if_each_reaches_the_other(edges: Edges):
    reach = _reachable(edges)

    assert _parts(strong(SIZE, *_arrays(edges))) == [
        [reach[a][b] and reach[b][a] for b in range(SIZE)] for a in range(SIZE)
    ]


@given(EDGES)
def test_two_nodes_are_connected_if_a_way_leads_between_them_in_any_direction(edges: Edges):
    both_ways = edges + [(b, a) for a, b in edges]

    assert _parts(connected(SIZE, *_arrays(edges))) == _reachable(both_ways)


@given(ROWS)
def test_merging_pairs_first_does_not_change_what_can_be_compared(battles: list[Row]):
    pairs = count(coded(battles))
    beat_or_tied: Edges = []
    for at in range(len(pairs.first)):
        first, second = int(pairs.first[at]), int(pairs.second[at])
        beat_or_tied += [(first, second)] * bool(pairs.wins[at] or pairs.ties[at])
        beat_or_tied += [(second, first)] * bool(pairs.losses[at] or pairs.ties[at])

    assert _parts(comparable(pairs)) == _parts(strong(len(pairs.models), *_arrays(beat_or_tied)))


def test_a_long_chain_and_a_long_ring_are_no_trouble():
    size = 100_000
    nodes = np.arange(size)

    assert len(set(strong(size, nodes[:-1], nodes[1:]).tolist())) == size
    assert len(set(strong(size, nodes, np.roll(nodes, 1)).tolist())) == 1


def test_nothing_falls_into_no_parts():
    assert len(comparable(counted())) == 0


def test_a_pair_without_battles_links_nobody():
    pairs = counted("a>b", "b>a", "a>c", "c>a")
    drawn = replace(pairs, wins=np.array([1.0, 0.0]), losses=np.array([1.0, 0.0]))

    assert _parts(comparable(drawn)) == _parts(np.array([0, 0, 2]))
