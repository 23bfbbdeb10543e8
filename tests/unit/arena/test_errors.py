from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.error_wire import from_openai, from_problem, openai_status, to_openai, to_problem
from arena.errors import (
    ArenaError,
    ContentRefused,
    ContextTooLong,
    LimitError,
    ProviderNoCredit,
    ProviderRateLimited,
    TooManyTurns,
    WorkersBusy,
    error_classes,
)

KINDS = st.sampled_from(sorted(error_classes().values(), key=lambda kind: kind.code))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["code", "detail", "retry_after", "error"]), inner),
)


@given(KINDS, st.none() | st.text(min_size=1), st.none() | st.floats(min_value=0, max_value=1e6))
def test_a_problem_is_read_back_as_the_class_that_was_raised(
    kind: type[ArenaError], detail: str | None, retry_after: float | None
):
    sent = kind(detail, retry_after=retry_after)

    received = from_problem(to_problem(sent))

    assert (type(received), str(received), received.retry_after) == (kind, str(sent), retry_after)


@given(KINDS)
def test_an_error_in_openais_shape_is_read_back_as_the_class_that_was_raised(kind: type[ArenaError]):
    received = from_openai(to_openai(kind(retry_after=2)))

    assert isinstance(received, kind)
    assert (type(received), received.retry_after) == (kind, 2)


@given(JSON)
def test_any_json_can_be_read_as_a_problem(problem: object):
    assert isinstance(from_problem(problem), ArenaError)


@given(JSON)
def test_a_foreign_error_is_not_taken_for_ours(body: object):
    assert from_openai(body) is None or isinstance(from_openai(body), ArenaError)


@pytest.mark.parametrize("kind", error_classes().values())
def test_every_error_has_a_message_a_person_can_read(kind: type[ArenaError]):
    assert str(kind()).endswith(".")
    assert "high traffic" not in str(kind()).lower()


def test_no_two_errors_share_a_code():
    def tree(kind: type[ArenaError]) -> list[type[ArenaError]]:
        return [kind, *(each for child in kind.__subclasses__() for each in tree(child))]

    codes = [kind.code for kind in tree(ArenaError)]

    assert len(codes) == len(set(codes))


def test_a_detail_takes_the_place_of_the_message():
    assert str(TooManyTurns("Twenty a minute are enough.")) == "Twenty a minute are enough."


def test_limits_and_rate_limits_are_429():
    assert {LimitError.status, TooManyTurns.status, ProviderRateLimited.status} == {429}


@pytest.mark.parametrize("kind", error_classes().values())
def test_openais_clients_never_see_a_status_they_do_not_know(kind: type[ArenaError]):
    assert openai_status(kind()) in {400, 401, 403, 404, 405, 429, 500, 502, 503, 504}


def test_a_busy_worker_writes_openais_shape():
    assert to_openai(WorkersBusy()) == {
        "error": {"message": str(WorkersBusy()), "type": "server_error", "param": None, "code": "busy"}
    }


@pytest.mark.parametrize(
    ("kind", "status", "type_", "code"),
    [
        (ProviderNoCredit, 429, "insufficient_quota", "insufficient_quota"),
        (ContentRefused, 400, "invalid_request_error", "content_filter"),
        (ContextTooLong, 400, "invalid_request_error", "context_length_exceeded"),
    ],
)
def test_what_openais_clients_know_by_name_has_that_name(kind: type[ArenaError], status: int, type_: str, code: str):
    error: Any = to_openai(kind())["error"]

    assert (openai_status(kind()), error["type"], error["code"]) == (status, type_, code)


def test_what_no_other_try_can_mend_says_so():
    assert not ProviderNoCredit.retryable
    assert not ContentRefused.retryable


@pytest.mark.parametrize("wild", [10**400, float("nan"), float("inf"), -1, "5", [5]])
def test_a_wild_retry_after_is_left_out(wild: object):
    assert from_problem({"code": "limited", "retry_after": wild}).retry_after is None
