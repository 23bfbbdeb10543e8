from email.utils import formatdate

import pytest

from arena.errors import (
    ArenaError,
    ContentRefused,
    ContextTooLong,
    ProviderBroke,
    ProviderError,
    ProviderLacksModel,
    ProviderNoCredit,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ProviderTimeout,
)
from model_worker.providers.failures import meaning, retry_after
from model_worker.providers.telling import providers_id


def error(kind: str = "", code: object = None, message: str = "SECRET") -> dict[str, object]:
    return {"type": kind, "code": code, "message": message}


def anthropics(kind: str, message: str, **details: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message, "details": details}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, None, ProviderRefusedKey),
        (403, "SECRET", ProviderRefusedKey),
        (402, {}, ProviderNoCredit),
        (429, error("insufficient_quota"), ProviderNoCredit),
        (429, error("x", "billing_not_active"), ProviderNoCredit),
        (400, error("x", "billing_hard_limit_reached"), ProviderNoCredit),
        (400, anthropics("invalid_request_error", "Your credit balance is too low to access this."), ProviderNoCredit),
        (
            400,
            anthropics("invalid_request_error", "You have reached your specified API usage limits."),
            ProviderNoCredit,
        ),
        (403, anthropics("billing_error", "SECRET"), ProviderNoCredit),
        (429, anthropics("rate_limit_error", "x", error_code="enforced_spend_limit_reached"), ProviderNoCredit),
        (429, anthropics("rate_limit_error", "x", error_code="ramp_limit_exceeded"), ProviderRateLimited),
        (403, {"message": "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: SECRET"}, ProviderNoCredit),
        (
            403,
            [{"error": {"code": 403, "message": "This API method requires billing to be enabled."}}],
            ProviderNoCredit,
        ),
        (429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}], ProviderRateLimited),
        (429, error("rate_limit_exceeded"), ProviderRateLimited),
        (400, error("x", "context_length_exceeded"), ContextTooLong),
        (400, error("x", None, "This model's maximum context length is 8 tokens"), ContextTooLong),
        (400, error("exceed_context_size_error", 400), ContextTooLong),
        (500, error("exceed_context_size_error", 500), ContextTooLong),
        (400, error("BadRequestError", 400, "However, the model's context length is only 8 tokens."), ContextTooLong),
        (400, error("x", 400, "the request exceeds the available context size. try increasing it"), ContextTooLong),
        (422, {"error": "x", "message": "Input validation error: `inputs` tokens + 9 must be <= 8"}, ContextTooLong),
        (400, error("invalid_request_error", "string_above_max_length"), ContextTooLong),
        (400, {"message": "Input is too long for requested model."}, ContextTooLong),
        (
            400,
            anthropics("invalid_request_error", "input length and `max_tokens` exceed context limit"),
            ContextTooLong,
        ),
        (
            400,
            [{"error": {"message": "The input token count (9) exceeds the maximum number of tokens"}}],
            ContextTooLong,
        ),
        (429, error("tokens", "rate_limit_exceeded", "Request too large: too many tokens"), ProviderRateLimited),
        (200, error("throttlingException", None, "Too many tokens, please wait"), ProviderRateLimited),
        (
            400,
            {"type": "error", "error": error("invalid_request_error", None, "prompt is too long: 9 > 8")},
            ContextTooLong,
        ),
        (413, {}, ContextTooLong),
        (400, error("x", "content_filter"), ContentRefused),
        (400, error("x", "content_policy_violation"), ContentRefused),
        (400, error("invalid_request_error", "invalid_prompt"), ContentRefused),
        (400, {"code": "BadRequest", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, ContentRefused),
        (400, anthropics("invalid_request_error", "Output blocked by content filtering policy"), ContentRefused),
        (403, error("x", 403, "Your chosen model requires moderation and your input was flagged"), ContentRefused),
        (400, error("invalid_request_error"), ProviderRefusedRequest),
        (400, error("invalid_request_error", None, "no such tool: credit_balance_too_low"), ProviderRefusedRequest),
        (404, {}, ProviderLacksModel),
        (404, error("x", "DeploymentNotFound"), ProviderLacksModel),
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
    ("status", "name", "expected"),
    [
        (403, "AccessDeniedException:http://internal.amazon.com/", ProviderRefusedKey),
        (400, "ThrottlingException", ProviderRateLimited),
        (400, "ServiceQuotaExceededException", ProviderRateLimited),
        (400, "ValidationException", ProviderRefusedRequest),
        (424, "ModelErrorException", ProviderError),
    ],
)
def test_amazon_names_an_error_in_a_header(status: int, name: str, expected: type[ArenaError]):
    assert type(meaning(status, {"message": "SECRET"}, {"x-amzn-errortype": name})) is expected


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"x-request-id": "req_011CSHoEeqs5C35K2UUqR7Fy"}, "req_011CSHoEeqs5C35K2UUqR7Fy"),
        ({"apim-request-id": "0b9a3b6e-5c5f-4d5e-8f7e-1a2b3c4d5e6f"}, "0b9a3b6e-5c5f-4d5e-8f7e-1a2b3c4d5e6f"),
        ({"x-request-id": "sk-SECRET"}, "-"),
        ({"x-request-id": "0123456789abcdef0123456789abcdef"}, "-"),
        ({}, "-"),
    ],
)
def test_of_a_providers_headers_only_an_id_is_told(headers: dict[str, str], told: str):
    assert providers_id(headers) == told


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
