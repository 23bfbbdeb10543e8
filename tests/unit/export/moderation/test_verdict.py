from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.moderation.verdict import (
    CATEGORIES,
    EXTRA_CATEGORIES,
    Verdict,
    combined,
    extra_leaves,
    moderation_leaves,
    verdict_of,
)
from tests.moderation_api import a_result

NAMES = (*CATEGORIES, *EXTRA_CATEGORIES)
SCORES = st.floats(min_value=0, max_value=1)


@st.composite
def verdicts(draw: st.DrawFn, model: str = "omni") -> Verdict:
    names = draw(st.sampled_from([CATEGORIES, NAMES]))
    categories = {name: draw(st.booleans()) for name in names}
    return Verdict(model, any(categories.values()), categories, {name: draw(SCORES) for name in names})


@given(verdicts())
def test_eleven_categories_go_into_the_column_and_two_beside_it(verdict: Verdict):
    column, extra = moderation_leaves(verdict), extra_leaves(verdict)

    assert tuple(column["categories"]) == tuple(column["category_scores"]) == CATEGORIES
    assert column["flagged"] is verdict.flagged
    together = column["category_scores"] | extra["category_scores"]
    assert {name: score for name, score in together.items() if score is not None} == verdict.scores
    assert tuple(extra["categories"]) == EXTRA_CATEGORIES


def test_what_nothing_moderated_has_null_leaves():
    column = moderation_leaves(None)

    assert column["flagged"] is None
    assert {*column["categories"].values(), *column["category_scores"].values()} == {None}
    assert extra_leaves(None)["categories"] == {"illicit": None, "illicit/violent": None}


@given(st.lists(verdicts(), min_size=1, max_size=6))
def test_a_battle_has_what_any_of_its_messages_has_and_the_highest_scores(said: list[Verdict]):
    whole = combined(said)

    assert whole is not None
    assert whole.flagged is any(each.flagged for each in said)
    for name in CATEGORIES:
        assert whole.categories[name] is any(each.categories[name] for each in said)
        assert whole.scores[name] == max(each.scores[name] for each in said)


@given(st.lists(verdicts(), max_size=5), st.integers(min_value=0, max_value=5))
def test_a_battle_with_a_message_that_nothing_moderated_has_no_verdict(said: list[Verdict], at: int):
    holed = [*said[:at], None, *said[at:]]

    assert combined(holed) is None


def test_nothing_has_no_verdict_and_two_models_have_none_together():
    one, other = verdict_of("one", a_result("x")), verdict_of("other", a_result("x"))

    assert combined([]) is None
    assert combined([one, other]) is None


def test_a_category_that_the_model_does_not_know_is_left_out():
    result = a_result("x")
    result["categories"] |= {"illicit": None, "illicit/violent": None}
    result["category_scores"] |= {"illicit": None, "illicit/violent": None}

    assert tuple(verdict_of("old", result).categories) == CATEGORIES


@pytest.mark.parametrize(
    "wrong",
    [
        {"flagged": None},
        {"categories": None},
        {"category_scores": []},
        {"categories": {**a_result("x")["categories"], "hate": None}},
        {"categories": {**a_result("x")["categories"], "hate": "yes"}},
        {"category_scores": {**a_result("x")["category_scores"], "hate": True}},
        {"category_scores": {**a_result("x")["category_scores"], "hate": float("nan")}},
        {"category_scores": {**a_result("x")["category_scores"], "new": 0.5}},
    ],
)
def test_a_result_that_is_not_whole_is_no_verdict(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="a "):
        verdict_of("omni", a_result("x") | wrong)
