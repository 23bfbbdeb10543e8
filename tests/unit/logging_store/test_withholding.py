from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.session import AgeGroup
from logging_store.withholding import NO_PERMISSION, TAKEN_BACK, Given, Permission, Selection, Withholding, permission


@st.composite
def consents(draw: st.DrawFn) -> list[Given]:
    said = draw(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from(AgeGroup)), max_size=6))
    return [Given(f"consent {at}", *each) for at, each in enumerate(said)]


def _may_be_released(given: Sequence[Given], consent_id: str) -> bool:
    """The rule, said slowly: the last later consent that covers the past decides, else the turn's own."""
    for at, own in enumerate(given):
        if own.id == consent_id:
            reaching_back = [later for later in given[at + 1 :] if later.covers_past]
            return (reaching_back[-1] if reaching_back else own).release
    return False


def _why_not(**given: object) -> Withholding | None:
    default: dict[str, object] = {
        "is_forgotten": False,
        "is_wanted": True,
        "cohort": "",
        "permission": Permission(frozenset({"yes"})),
        "consent_ids": ["yes"],
        "finishes": [5.0],
    }
    selection = given.pop("selection", Selection(frozenset({"school"})))
    assert isinstance(selection, Selection)
    return selection.why_not(**default | given)  # pyright: ignore[reportArgumentType] (a builder)


@given(consents(), st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_a_conversation_is_covered_exactly_if_each_turns_governing_consent_allows_it(
    given: list[Given], turns: list[int]
):
    consent_ids = [f"consent {each}" for each in turns]

    assert permission(given).covers(consent_ids) is all(_may_be_released(given, each) for each in consent_ids)


@given(consents())
def test_whoever_once_said_to_be_a_minor_is_one(given: list[Given]):
    assert permission(given).is_minor is (AgeGroup.MINOR in [each.age_group for each in given])


@given(consents())
def test_without_turns_the_latest_consent_decides(given: list[Given]):
    assert permission(given).covers([]) is (given[-1].release if given else False)


def test_withdrawing_for_the_past_and_granting_it_again_for_the_future_leaves_the_past_withdrawn():
    given = [Given("a", True, False, ""), Given("b", False, True, ""), Given("c", True, False, "")]

    assert permission(given).covered == {"c"}


def test_without_a_consent_nothing_is_covered():
    assert not NO_PERMISSION.covers(["a"])
    assert permission([]) == NO_PERMISSION


def test_nothing_speaks_against_what_may_be_released():
    assert _why_not() is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"is_forgotten": True}, Withholding.FORGOTTEN),
        ({"permission": Permission(frozenset({"yes"}), is_minor=True)}, Withholding.MINOR),
        ({"cohort": "school"}, Withholding.COHORT),
        ({"consent_ids": ["yes", "no"]}, Withholding.NO_RELEASE_CONSENT),
        ({"permission": Permission(taken_back=frozenset({"yes"}))}, Withholding.WITHDRAWN),
        ({"is_wanted": False}, Withholding.NOT_WANTED),
        ({"selection": Selection(finished_from=5.5)}, Withholding.NOT_IN_PERIOD),
    ],
)
def test_each_reason_is_enough(given: dict[str, object], reason: Withholding):
    assert _why_not(**given) is reason


def test_the_first_reason_is_the_one_that_is_counted():
    everything = {"is_forgotten": True, "is_wanted": False, "cohort": "school", "consent_ids": ["no"]}

    assert _why_not(**everything) is Withholding.FORGOTTEN
    assert _why_not(**everything | {"is_forgotten": False}) is Withholding.NOT_WANTED
    assert _why_not(**everything | {"is_forgotten": False, "is_wanted": True}) is Withholding.COHORT


@pytest.mark.parametrize(
    "given",
    [
        {"is_forgotten": True},
        {"is_wanted": False},
        {"permission": Permission(is_minor=True)},
        {"permission": Permission(taken_back=frozenset({"yes"}))},
    ],
)
def test_what_was_taken_back_is_told_of_every_period(given: dict[str, object]):
    assert _why_not(**given, selection=Selection(finished_from=9.0)) in TAKEN_BACK


@given(consents(), st.integers(0, 5))
def test_taken_back_is_what_might_have_been_released_at_some_time_and_may_not_any_more(given: list[Given], at: int):
    consent_id = f"consent {at}"

    once = any(_may_be_released(given[:until], consent_id) for until in range(len(given) + 1))

    assert permission(given).withdraws([consent_id]) is (once and not _may_be_released(given, consent_id))


def test_what_began_with_turns_that_were_allowed_was_taken_back_also_if_it_went_on_without_permission():
    given = [Given("a", True, False, ""), Given("b", False, False, ""), Given("c", False, True, "")]

    assert permission(given).withdraws(["a"])
    assert permission(given).withdraws(["a", "b"])
    assert not permission(given).withdraws(["b", "a"])


@pytest.mark.parametrize(
    ("finishes", "is_read"),
    [([1.0, 4.9], False), ([5.0], True), ([7.9, 1.0], True), ([8.0], False), ([6.0, None], True), ([None], False)],
)
def test_the_last_finish_says_whether_it_is_in_the_period(finishes: list[float | None], is_read: bool):
    reason = _why_not(selection=Selection(finished_from=5.0, finished_to=8.0), finishes=finishes)

    assert (reason is None) is is_read
