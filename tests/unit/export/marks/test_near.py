import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from export.marks.near import Signatures, near_groups
from export.marks.sketch import PERMUTATIONS, signature

SIMILAR = 0.7


def signatures(texts: list[list[str]]) -> Signatures:
    made = [signature(" ".join(text)) for text in texts]
    assert None not in made
    return np.frombuffer(b"".join(each for each in made if each), dtype="<u2").reshape(-1, PERMUTATIONS)


def edited(text: list[str], edits: int, chance: random.Random) -> list[str]:
    changed = list(text)
    for _ in range(edits):
        changed[chance.randrange(len(changed))] = f"new{chance.randrange(10_000)}"
    return changed


def test_edited_texts_are_found_and_others_are_not():
    chance = random.Random(1)
    texts = [[f"w{chance.randrange(5_000)}" for _ in range(chance.randint(10, 60))] for _ in range(1_000)]
    both = texts + [edited(text, chance.randint(0, 2), chance) for text in texts]

    first, _ = near_groups(signatures(both), SIMILAR)

    found = first[1_000:] == np.arange(1_000)
    assert found.mean() >= 0.97
    assert (first[:1_000] == np.arange(1_000)).mean() >= 0.98
    assert (found | (first[1_000:] == np.arange(1_000, 2_000))).mean() >= 0.98


def test_thousands_of_one_template_are_grouped_in_a_moment():
    frame = [f"w{number}" for number in range(30)]
    texts = [[*frame, f"a{number}", f"b{number}"] for number in range(3_000)]

    first, share = near_groups(signatures(texts), SIMILAR)

    assert (first == 0).mean() > 0.95
    assert share.min() >= SIMILAR


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=6, max_size=9, unique=True), max_size=30))
def test_every_group_is_a_star(texts: list[list[str]]):
    made = signatures(texts)
    first, share = near_groups(made, SIMILAR)

    for at, leader in enumerate(first):
        assert leader <= at
        assert first[leader] == leader
        assert share[at] == np.float32((made[at] == made[leader]).mean())
        assert share[at] >= SIMILAR
