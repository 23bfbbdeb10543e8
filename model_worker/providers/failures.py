"""What a provider's failure means. Decided by status and by the words in the body; the body itself goes nowhere."""

import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from arena.errors import (
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
    RequestError,
)

Failure = ProviderError | RequestError

UNREACHABLE = "The model's provider cannot be reached. Please try again in a minute, or choose another model."

_NO_CREDIT_NAMES = re.compile(
    r"insufficient_(?:quota|credits?|balance|funds)|billing_(?:error|not_active|hard_limit_reached)|spend_limit_reached"
    r"|credit_balance_too_low|billing_disabled|subscriptiondisabled"
)
_NO_CREDIT = re.compile(
    r"your credit balance is too low|you have reached your specified api usage limits"
    r"|your team .{0,80}used all available credits|model access is denied due to invalid_payment_instrument"
    r"|this api method requires billing"
)
"""How Anthropic, xAI, Bedrock and Google begin the sentence; further inside could stand what a visitor wrote."""
_CONTEXT = re.compile(
    r"context[_ ](?:length|size|window|limit)|maximum context|(?:prompt|input) is too long|too many (?:input )?tokens"
    r"|max_model_len|string_above_max_length|tokens_limit_reached|token count .{0,40}exceeds"
    r"|`inputs` (?:tokens|must have)"
)
_REFUSED_CONTENT = re.compile(
    r"content[_ ]filter|content[_ ]policy|content management policy|responsibleaipolicy|safety system|moderation"
    r"|usage polic|invalid_prompt|input was flagged"
)
_BY_NAME: Mapping[str, type[ProviderError]] = {
    "throttlingexception": ProviderRateLimited,
    "servicequotaexceededexception": ProviderRateLimited,
    "rate_limit_error": ProviderRateLimited,
    "rate_limit_exceeded": ProviderRateLimited,
    "resource_exhausted": ProviderRateLimited,
    "authentication_error": ProviderRefusedKey,
    "invalid_api_key": ProviderRefusedKey,
    "permission_error": ProviderRefusedKey,
    "accessdeniedexception": ProviderRefusedKey,
    "model_not_found": ProviderLacksModel,
    "not_found_error": ProviderLacksModel,
    "deploymentnotfound": ProviderLacksModel,
    "resourcenotfoundexception": ProviderLacksModel,
    "overloaded_error": ProviderOverloaded,
    "overloaded": ProviderOverloaded,
    "serviceunavailableexception": ProviderOverloaded,
    "modelnotreadyexception": ProviderOverloaded,
    "timeout_error": ProviderTimeout,
    "modeltimeoutexception": ProviderTimeout,
    "api_error": ProviderError,
    "server_error": ProviderError,
    "internalserverexception": ProviderError,
    "modelerrorexception": ProviderError,
    "modelstreamerrorexception": ProviderError,
}
_BY_STATUS: Mapping[int, type[ProviderError]] = {
    401: ProviderRefusedKey,
    403: ProviderRefusedKey,
    404: ProviderLacksModel,
    408: ProviderTimeout,
    424: ProviderError,
    429: ProviderRateLimited,
    500: ProviderError,
    502: ProviderError,
    503: ProviderOverloaded,
    504: ProviderTimeout,
    529: ProviderOverloaded,
}


def meaning(status: int, body: object, headers: Mapping[str, str] | None = None, now: float | None = None) -> Failure:
    """Return what an error status means. An error inside a running stream has no status of its own: pass 200."""
    names = set(_names(body)) | _amazons(headers or {})
    named_so, message = " ".join(sorted(names)), _message(body)
    words = f"{named_so} {message}"
    wait = retry_after(headers or {}, time.time() if now is None else now)
    if status == 402 or _NO_CREDIT_NAMES.search(named_so) or _NO_CREDIT.match(message):
        return ProviderNoCredit(retry_after=wait)
    named = next((_BY_NAME[name] for name in sorted(names) if name in _BY_NAME), None)
    if named is not ProviderRateLimited and status != 429:
        # A storm of requests is told in similar words: "too many tokens, please wait".
        if _CONTEXT.search(words if status in {200, 400, 413, 422} else named_so):
            return ContextTooLong()
        if status in {200, 400, 403, 422} and _REFUSED_CONTENT.search(words):
            return ContentRefused()
    if status == 413:
        return ContextTooLong()
    kind = _BY_STATUS.get(status) or named
    if kind is None:
        kind = ProviderBroke if status == 200 else ProviderRefusedRequest if 400 <= status < 500 else ProviderError
    return kind(retry_after=wait)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return for how many seconds the provider asks to be left alone: `Retry-After` holds seconds or a date."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) * scale
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - now)
    except ValueError:
        return None


def _names(body: object) -> Iterator[str]:
    """Yield what an error calls itself: by type, code or, at Google, status. Azure and Anthropic say more inside."""
    error = _error(body)
    inside = (error.get("innererror"), error.get("details"))
    for each in (error, *(part for part in inside if isinstance(part, Mapping))):
        for key in ("type", "code", "status", "error_code", "__type"):
            if isinstance(name := each.get(key), str):
                yield name.lower()


def _amazons(headers: Mapping[str, str]) -> set[str]:
    """Return what Bedrock calls an error: the name stands in a header, before a colon."""
    name = headers.get("x-amzn-errortype", "").partition(":")[0].lower()
    return {name} if name else set()


def _message(body: object) -> str:
    message = _error(body).get("message")
    return message.lower() if isinstance(message, str) else ""


def _error(body: object) -> Mapping[str, object]:
    """Return the innermost object that describes the error: OpenAI's SDK hands over that, the others all of it."""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body
