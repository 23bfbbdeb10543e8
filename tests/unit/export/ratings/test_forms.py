"""Votes in the forms that releases have."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from export.ratings.analysis import analyse
from export.ratings.choosing import Condition
from export.ratings.counts import count
from export.ratings.reading import read_votes
from export.ratings.recipe import Recipe, Weights
from export.ratings.vote_table import VoteTable
from export.release.arena_battles import SCHEMA as ARENA_BATTLES
from export.release.full import SCHEMA as FULL
from export.release.preference_140k import SCHEMA as PREFERENCE

VOTES = [
    ("a", "b", "model_a", "s1"),
    ("b", "a", "model_a", "s2"),
    ("b", "c", "both_bad", "s1"),
    ("c", "b", "model_b", "s3"),
]


def _write(folder: Path, schema: pa.Schema, rows: list[dict[str, Any]]) -> Path:
    (folder / "data").mkdir(parents=True)
    parquet.write_table(pa.Table.from_pylist(rows, schema), folder / "data" / "train-00000-of-00001.parquet")
    return folder


def _sides(*, probability: float | None = 0.2) -> list[dict[str, Any]]:
    """Both conversations of each battle, as `full` has them, a battle without a vote and a chat."""
    rows: list[dict[str, Any]] = [{"model": "c", "mode": "direct"}, {"model": "d", "other_model": "a", "side": "a"}]
    for number, (a, b, winner, session) in enumerate(VOTES):
        told = {
            "winner": winner,
            "session": session,
            "is_anonymous": True,
            "vote_reasons": ["stopped_answer"] if number == 3 else [],
            "vote_number": number,
            "voted_on": np.datetime64("2026-01-03", "D").astype(object),
            "pair_probability": probability,
            "language": "German",
            "conversation": [{"role": "user", "content": "Hallo"}, {"role": "assistant", "content": "Ja"}],
        }
        rows += [told | {"side": "b", "model": b, "other_model": a}, told | {"side": "a", "model": a, "other_model": b}]
    return rows


def _metadata(tokens: int) -> dict[str, Any]:
    of_sides = [
        {
            f"sum_assistant_{side}_tokens": tokens * more,
            f"header_count_{side}": {"h1": 1, "h2": more},
            f"list_count_{side}": {"ordered": None, "unordered": 4},
            f"bold_count_{side}": {"**": 0, "__": 0},
        }
        for side, more in (("a", 1), ("b", 2))
    ]
    return of_sides[0] | of_sides[1]


def _preferences() -> list[dict[str, Any]]:
    return [
        {"model_a": a, "model_b": b, "winner": winner, "evaluation_session_id": who, "conv_metadata": _metadata(100)}
        for a, b, winner, who in VOTES
    ]


def _battles() -> list[dict[str, Any]]:
    said = {"both_bad": "tie (bothbad)"}
    return [
        {"model_a": a, "model_b": b, "winner": said.get(winner, winner), "judge": who, "anony": True, "tstamp": 5.0}
        for a, b, winner, who in VOTES
    ]


def _told(table: VoteTable) -> list[tuple[str, str, int]]:
    each = table.battles
    rows = zip(each.a.tolist(), each.b.tolist(), each.winner.tolist(), strict=True)
    return [(each.models[a], each.models[b], winner) for a, b, winner in rows]


def test_a_release_by_conversation_tells_each_vote_once(tmp_path: Path):
    table = read_votes([_write(tmp_path, FULL, _sides())])
    others = read_votes([_write(tmp_path / "other", ARENA_BATTLES, _battles())])

    assert _told(table) == _told(others)[:3]
    assert table.left_out == {"stopped_answer": 1}
    assert table.times is not None
    assert table.voters is not None
    assert (set(table.times.tolist()), table.voters.tolist()) == ({1_767_398_400.0}, [0, 1, 0])


def test_it_also_tells_the_probabilities_of_the_pairs(tmp_path: Path):
    table = read_votes([_write(tmp_path, FULL, _sides())])

    assert table.probabilities is not None
    assert table.probabilities.tolist() == [0.2] * 3
    assert analyse(table, Recipe(weights=Weights.PROPENSITY)).weighting is not None


def test_it_is_filtered_by_the_names_of_its_own_columns_and_by_those_of_votes(tmp_path: Path):
    folder = _write(tmp_path, FULL, _sides())

    for text, votes in (("language=German", 3), ("language=English", 0), ("model_a=b", 2), ("other_model=b", 1)):
        assert len(read_votes([folder], [Condition.parse(text)]).battles.a) == votes, text


def test_the_newer_form_tells_style_in_its_metadata(tmp_path: Path):
    style = read_votes([_write(tmp_path, PREFERENCE, _preferences())]).style

    assert {name: (a.tolist()[0], b.tolist()[0]) for name, (a, b) in style.items()} == {
        "length": (100, 200),
        "headers": (2, 3),
        "lists": (4, 4),
        "bold": (0, 0),
    }


def test_metadata_that_is_missing_is_unknown_and_not_none_at_all(tmp_path: Path):
    rows = _preferences()
    rows[1]["conv_metadata"] = None
    table = read_votes([_write(tmp_path, PREFERENCE, rows)])

    assert np.isnan(table.style["headers"][0]).tolist() == [False, True, False, False]
    assert table.with_style().left_out == {"style_unknown": 1}


@pytest.mark.parametrize(
    ("forms", "with_style"),
    [
        (("arena-battles", "full"), False),
        (("full", "preference-140k"), True),
        (("arena-battles", "preference-140k"), False),
    ],
)
def test_of_a_release_in_several_forms_each_vote_is_read_once(forms: tuple[str, ...], with_style: bool, tmp_path: Path):
    made = {
        "arena-battles": (ARENA_BATTLES, _battles()),
        "full": (FULL, _sides()),
        "preference-140k": (PREFERENCE, _preferences()),
    }
    for form in forms:
        _write(tmp_path / form, *made[form])
    table = read_votes([tmp_path])

    assert count(table.battles).total == 4
    assert bool(table.style) is with_style
