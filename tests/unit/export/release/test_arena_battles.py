from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given

from arena.battle import Mode, Outcome
from export.moderation.verdict import CATEGORIES
from export.release.arena_battles import SCHEMA, ArenaBattles
from export.release.forms import Released
from export.release.steps import Bundle, Dropped, Row
from logging_store.withholding import Withholding
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle, a_side, a_verdict, battles

MESSAGES = "list<item: struct<content: string, role: string>>"


def _row(bundle: Bundle) -> dict[str, Any]:
    (released,) = ArenaBattles().rows(bundle, RELEASE)
    assert isinstance(released, Released)
    return pa.Table.from_pylist([released.columns], schema=SCHEMA).to_pylist()[0]


def _reason(bundle: Bundle) -> tuple[str, str]:
    (dropped,) = ArenaBattles().rows(bundle, RELEASE)
    assert isinstance(dropped, Dropped)
    return dropped.ledger_id, dropped.reason


def test_the_columns_are_those_of_the_original_in_its_order():
    leaves = "struct<" + ", ".join(f"{name}: {{0}}" for name in CATEGORIES) + ">"

    assert [(field.name, str(field.type)) for field in SCHEMA] == [
        ("question_id", "string"),
        ("model_a", "string"),
        ("model_b", "string"),
        ("winner", "string"),
        ("judge", "string"),
        ("conversation_a", MESSAGES),
        ("conversation_b", MESSAGES),
        ("turn", "int64"),
        ("anony", "bool"),
        ("language", "string"),
        ("tstamp", "double"),
        (
            "openai_moderation",
            f"struct<categories: {leaves.format('bool')}, category_scores: {leaves.format('double')}, flagged: bool>",
        ),
        (
            "toxic_chat_tag",
            "struct<roberta-large: struct<flagged: bool, probability: double>, "
            "t5-large: struct<flagged: bool, score: double>>",
        ),
    ]


def test_a_voted_battle_is_one_row():
    row = _row(a_battle_bundle())

    assert (row["model_a"], row["model_b"], row["winner"]) == ("echo", "doctor", "model_a")
    assert [each["content"] for each in row["conversation_a"]] == ["Hello?", "I am a!"]
    assert [each["content"] for each in row["conversation_b"]] == ["Hello?", "I am b!"]
    assert (row["turn"], row["anony"], row["language"]) == (1, True, "unknown")
    assert row["tstamp"] == 1_790_000_000.5
    assert row["judge"].startswith("arena_user_")
    assert row["toxic_chat_tag"] is None


@pytest.mark.parametrize(
    ("outcome", "winner"),
    [(Outcome.MODEL_B, "model_b"), (Outcome.TIE, "tie"), (Outcome.BOTH_BAD, "tie (bothbad)")],
)
def test_an_outcome_is_written_as_in_the_original(outcome: Outcome, winner: str):
    assert _row(a_battle_bundle(outcome=outcome))["winner"] == winner


def test_side_by_side_is_released_as_not_anonymous():
    assert _row(a_battle_bundle(mode=Mode.SIDE_BY_SIDE, is_anonymous=False))["anony"] is False


def test_a_battle_without_a_vote_is_left_out():
    assert _reason(a_battle_bundle(outcome=None, voted_at=None)) == ("ca", "no_vote")


def test_a_side_takes_the_whole_battle_along():
    gone = Dropped("cb", "personal_data_email")

    assert _reason(a_battle_bundle(b=gone)) == ("ca", "personal_data_email")
    assert _reason(a_battle_bundle(Dropped("ca", "minor"), gone)) == ("ca", "minor")
    assert _reason(replace(a_battle_bundle(Dropped("ca", "cohort"), gone), battle=None)) == ("ca", "cohort")


def test_what_was_taken_back_is_said_before_all_else():
    kept_back, taken_back = Dropped("ca", "model_withheld"), Dropped("cb", Withholding.WITHDRAWN)

    assert _reason(a_battle_bundle(kept_back, taken_back)) == ("ca", "consent_withdrawn")


def test_a_battle_of_which_one_side_broke_off_is_left_out():
    longer = a_side("a", ("one", "1"), ("two", "2"))

    assert _reason(a_battle_bundle(longer)) == ("ca", "unequal_sides")


def test_a_battle_whose_sides_answered_other_messages_is_left_out():
    a, b = a_side("a", ("one", "1")), a_side("b", ("two", "2"))

    assert _reason(a_battle_bundle(a, b)) == ("ca", "unequal_sides")


def test_moderation_is_gathered_over_all_messages_of_both_sides():
    worse = a_verdict(
        flagged=True,
        categories={name: name == "hate" for name in CATEGORIES},
        scores=dict.fromkeys(CATEGORIES, 0.5) | {"hate": 0.9},
    )
    a, b = a_side("a", verdicts=(a_verdict(), worse)), a_side("b", verdicts=(a_verdict(), a_verdict()))

    said = _row(a_battle_bundle(a, b))["openai_moderation"]

    assert said["flagged"] is True
    assert [name for name, is_so in said["categories"].items() if is_so] == ["hate"]
    assert said["category_scores"]["hate"] == 0.9
    assert said["category_scores"]["violence"] == 0.5


def test_one_message_that_nobody_moderated_leaves_all_null():
    a = a_side("a", verdicts=(a_verdict(flagged=True), None))
    nothing = {
        "categories": dict.fromkeys(CATEGORIES),
        "category_scores": dict.fromkeys(CATEGORIES),
        "flagged": None,
    }

    assert _row(a_battle_bundle(a, a_side("b", verdicts=(a_verdict(),) * 2)))["openai_moderation"] == nothing
    assert _row(a_battle_bundle())["openai_moderation"] == nothing


@given(battles())
def test_both_sides_are_as_long_as_each_other_and_begin_alike(bundle: Bundle):
    for each in ArenaBattles().rows(bundle, RELEASE):
        if isinstance(each, Released):
            a, b = each.columns["conversation_a"], each.columns["conversation_b"]
            assert [one["content"] for one in a[::2]] == [other["content"] for other in b[::2]]
            assert len(a) == len(b) == 2 * each.columns["turn"]
        else:
            assert any(not isinstance(row, Row) for row in bundle.rows) or each.reason == "no_vote"
