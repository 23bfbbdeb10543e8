import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import (
    ArenaError,
    ContentRefused,
    ContextTooLong,
    LedgerError,
    ProviderNoCredit,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    RequestError,
    ShuttingDown,
    WorkerBroke,
    WorkerError,
    WorkerLacksModel,
    WorkersBusy,
    WorkerTimeout,
    WorkerUnreachable,
    error_classes,
)
from controller.routing.faults import LONGEST_WORD, Reach, is_worth_another, judge


@pytest.mark.parametrize(
    ("error", "reach", "is_certain"),
    [
        (WorkerUnreachable(), Reach.WORKER, True),
        (ShuttingDown(), Reach.WORKER, True),
        (WorkerBroke(), Reach.WORKER, False),
        (WorkerTimeout(), Reach.WORKER, False),
        (WorkerLacksModel(), Reach.MODEL, True),
        (ProviderRefusedKey(), Reach.MODEL, True),
        (ProviderNoCredit(), Reach.MODEL, True),
        (ProviderRateLimited(), Reach.MODEL, True),
        (ProviderOverloaded(), Reach.MODEL, False),
        (WorkerError(), Reach.MODEL, False),
        (WorkersBusy(), Reach.SLOTS, False),
        (ProviderRefusedRequest(), Reach.REQUEST, False),
        (ContentRefused(), Reach.REQUEST, False),
        (ContextTooLong(), Reach.REQUEST, False),
        (LedgerError(), Reach.NOTHING, False),
    ],
)
def test_a_failure_reaches_as_far_as_it_says_something(error: ArenaError, reach: Reach, is_certain: bool):
    fault = judge(error, is_proxy=False)
    assert (fault.reach, fault.is_certain, fault.seconds) == (reach, is_certain, None)


def test_a_proxy_that_is_silent_may_wait_for_one_model():
    assert judge(WorkerTimeout(), is_proxy=True).reach is Reach.MODEL


def test_how_long_a_rate_limit_lasts_is_believed_within_reason():
    assert judge(ProviderRateLimited(retry_after=9), is_proxy=True).seconds == 9
    assert judge(ProviderRateLimited(retry_after=1e8), is_proxy=True).seconds == LONGEST_WORD


@given(st.sampled_from(sorted(error_classes().values(), key=lambda kind: kind.code)), st.booleans())
def test_what_is_no_use_elsewhere_is_held_against_no_worker(kind: type[ArenaError], is_proxy: bool):
    error = kind()
    if isinstance(error, RequestError | ProviderRefusedRequest):
        assert not is_worth_another(error)
        assert judge(error, is_proxy=is_proxy).reach is Reach.REQUEST
