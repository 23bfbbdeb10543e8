"""What a provider's failure means. Decided by status and by the names in the body; the body itself goes nowhere."""

import logging
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from arena.errors import (
    ContextTooLong,
    ProviderBroke,
    ProviderError,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ProviderTimeout,
    RequestError,
)

log = logging.getLogger(__name__)

Failure = ProviderError | RequestError

UNREACHABLE = "The model's provider cannot be reached. Please try again in a minute, or choose another model."
UNKNOWN_MODEL = "The provider does not know this model. Please choose another model; the operator has to mend it."
USED_UP = "This arena's account with the provider is used up. Please choose another model; the operator has to mend it."

_CONTEXT = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|prompt is too long|too many tokens|max_model_len"
)
_REFUSED_CONTENT = re.compile(r"content[_ ]filter|content[_ ]policy|content[_ ]management|safety|moderation")
_BY_NAME: Mapping[str, type[ProviderError]] = {
    "authentication_error": ProviderRefusedKey,
    "invalid_api_key": ProviderRefusedKey,
    "permission_error": ProviderRefusedKey,
    "rate_limit_error": ProviderRateLimited,
    "rate_limit_exceeded": ProviderRateLimited,
    "overloaded_error": ProviderOverloaded,
    "overloaded": ProviderOverloaded,
    "timeout_error": ProviderTimeout,
    "api_error": ProviderError,
    "server_error": ProviderError,
}
_BY_STATUS: Mapping[int, type[ProviderError]] = {
    401: ProviderRefusedKey,
    403: ProviderRefusedKey,
    408: ProviderTimeout,
    429: ProviderRateLimited,
    500: ProviderError,
    502: ProviderError,
    503: ProviderOverloaded,
    504: ProviderTimeout,
    529: ProviderOverloaded,
}


def meaning(status: int, body: object, headers: Mapping[str, str] | None = None, now: float | None = None) -> Failure:
    """Return what an error status means. An error inside a running stream has no status of its own: pass 200."""
    names, message = _names(body), _message(body)
    wait = retry_after(headers or {}, time.time() if now is None else now)
    if names & {"insufficient_quota", "billing_error", "credit_balance_too_low"} or status == 402:
        return ProviderRefusedKey(USED_UP)
    if status in {200, 400, 413, 422} and (_CONTEXT.search(message) or any(map(_CONTEXT.search, names))):
        return ContextTooLong()
    if status in {200, 400, 422} and any(map(_REFUSED_CONTENT.search, names)):
        return ProviderRefusedRequest()
    if status == 404 or names & {"model_not_found", "not_found_error"}:
        return ProviderRefusedRequest(UNKNOWN_MODEL)
    if status == 413:
        return ContextTooLong()
    named = next((_BY_NAME[name] for name in sorted(names) if name in _BY_NAME), None)
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


def tell(model: str, failure: Failure, status: int | None = None) -> None:
    """Tell the operator, without a word of what was said."""
    log.warning("provider failed: model=%s code=%s status=%s", model, failure.code, status or "-")


def _names(body: object) -> set[str]:
    error = _error(body)
    return {name.lower() for key in ("type", "code") if isinstance(name := error.get(key), str)}


def _message(body: object) -> str:
    message = _error(body).get("message")
    return message.lower() if isinstance(message, str) else ""


def _error(body: object) -> Mapping[str, object]:
    """Return the innermost object that describes the error: OpenAI's SDK hands over that, Anthropic's all of it."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body
