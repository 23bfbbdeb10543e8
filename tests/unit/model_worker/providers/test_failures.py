from email.utils import formatdate

import pytest

from arena.errors import (
    ArenaError,
    ContextTooLong,
    ProviderBroke,
    ProviderError,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ProviderTimeout,
)
from model_worker.providers.failures import meaning, retry_after


def error(kind: str = "", code: object = None, message: str = "SECRET") -> dict[str, object]:
    return {"type": kind, "code": code, "message": message}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, None, ProviderRefusedKey),
        (403, "SECRET", ProviderRefusedKey),
        (402, {}, ProviderRefusedKey),
        (429, error("insufficient_quota"), ProviderRefusedKey),
        (429, error("rate_limit_exceeded"), ProviderRateLimited),
        (400, error("x", "context_length_exceeded"), ContextTooLong),
        (400, error("x", None, "This model's maximum context length is 8 tokens"), ContextTooLong),
        (400, error("exceed_context_size_error", 400), ContextTooLong),
        (
            400,
            {"type": "error", "error": error("invalid_request_error", None, "prompt is too long: 9 > 8")},
            ContextTooLong,
        ),
        (413, {}, ContextTooLong),
        (400, error("x", "content_filter"), ProviderRefusedRequest),
        (400, error("invalid_request_error"), ProviderRefusedRequest),
        (404, {}, ProviderRefusedRequest),
        (418, {}, ProviderRefusedRequest),
        (408, {}, ProviderTimeout),
        (504, {}, ProviderTimeout),
        (503, {}, ProviderOverloaded),
        (529, {}, ProviderOverloaded),
        (500, {}, ProviderError),
        (599, {}, ProviderError),
        (200, error("overloaded_error"), ProviderOverloaded),
        (200, {"error": error("api_error")}, ProviderError),
        (200, error("", 500), ProviderBroke),
        (200, None, ProviderBroke),
        (200, [1], ProviderBroke),
    ],
)
def test_status_and_names_decide_what_a_failure_means(status: int, body: object, expected: type[ArenaError]):
    failure = meaning(status, body, now=0)

    assert type(failure) is expected
    assert "SECRET" not in str(failure)


def test_bad_keys_and_refusals_are_not_worth_another_try():
    assert not meaning(401, None).retryable
    assert not meaning(400, None).retryable
    assert meaning(503, None).retryable


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": formatdate(1060, usegmt=True)}, 60),
        ({"retry-after": formatdate(900, usegmt=True)}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_a_provider_may_say_in_seconds_or_by_the_clock_when_to_come_back(
    headers: dict[str, str], seconds: float | None
):
    assert retry_after(headers, now=1000) == seconds
    assert meaning(429, None, headers, now=1000).retry_after == seconds
