"""Texts and values of strangers, of which the recognisers' authors saw one half."""

from benchmarks._challenge_ids import IDS
from benchmarks.redaction import ALIKE, measured

CHECKED = ("card", "iban", "id", "wallet", "email", "ip", "mac")
GUESSED = ("phone", "address", "bareid", "account", "birth", "url")


def test_the_half_that_nobody_mended_by_is_found_as_the_goals_say() -> None:
    held = measured(seed=3, each=12).shares("held")

    assert {kind: held[kind] for kind in CHECKED if held[kind] < 0.97} == {}
    assert {kind: held[kind] for kind in GUESSED if held[kind] < 0.88} == {}, "the goal is .9; chance may take .02"
    assert held[ALIKE] <= 0.05


def test_more_than_fifty_numbers_of_states_are_made() -> None:
    assert len(IDS) > 50
