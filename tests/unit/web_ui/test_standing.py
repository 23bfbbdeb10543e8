"""Which controller is asked."""

from hypothesis import given
from hypothesis import strategies as st

from web_ui.standing import RETURN_SECONDS, Standing

A, B, C = "http://a:1", "http://b:1", "http://c:1"


def test_the_first_one_is_asked_first_and_the_others_in_its_place():
    assert Standing([A + "/", B, A]).order() == [A, B]


def test_one_that_failed_is_asked_last():
    standing = Standing([A, B, C])
    standing.failed(A)

    assert standing.order() == [B, C, A]


def test_the_one_that_is_asked_stays_so_while_it_is_well():
    standing = Standing([A, B, C])
    standing.failed(A)
    standing.failed(C)
    standing.seen_well(C, 0.0)

    assert standing.asked == B


def test_one_that_was_named_earlier_is_asked_again_only_when_it_has_been_well_for_a_while():
    standing = Standing([A, B])
    standing.failed(A)
    standing.seen_well(A, 100.0)
    standing.seen_well(A, 99.0 + RETURN_SECONDS)
    assert standing.asked == B
    standing.seen_well(A, 100.0 + RETURN_SECONDS)

    assert standing.asked == A


def test_one_that_comes_and_goes_is_let_be():
    standing = Standing([A, B])
    for moment in range(0, 1000, 10):
        standing.failed(A)
        standing.seen_well(A, float(moment))
        standing.seen_well(A, float(moment + 9))

    assert standing.asked == B


def test_when_all_have_failed_the_first_that_is_well_again_is_asked():
    standing = Standing([A, B])
    standing.failed(A)
    standing.failed(B)
    assert sorted(standing.order()) == [A, B]
    standing.seen_well(A, 5.0)

    assert standing.asked == A


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.booleans())))
def test_whatever_happens_all_are_tried_and_who_is_well_before_who_is_not(heard: list[tuple[str, bool]]):
    standing, well = Standing([A, B, C]), {A, B, C}
    for moment, (url, is_well) in enumerate(heard):
        if is_well:
            standing.seen_well(url, float(moment))
            well.add(url)
        else:
            standing.failed(url)
            well.discard(url)

    assert sorted(standing.order()) == [A, B, C]
    assert set(standing.order()[: len(well)]) == well
