"""Errors on the wire: problem details (RFC 9457), and OpenAI's shape. What was raised here is raised there."""

from collections.abc import Mapping

from arena.errors import ArenaError, error_classes


def to_problem(error: ArenaError) -> dict[str, object]:
    """Write an error as problem details (RFC 9457) with our `code`."""
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": type(error).__name__,
        "status": error.status,
        "detail": str(error),
        "code": error.code,
    }
    if error.retry_after is not None:
        problem["retry_after"] = error.retry_after
    return problem


def _revive(code: object, detail: object, retry_after: object) -> ArenaError:
    kind = error_classes().get(code, ArenaError) if isinstance(code, str) else ArenaError
    seconds = None
    if isinstance(retry_after, int | float) and 0 <= retry_after < 1e9:  # it comes from elsewhere
        seconds = float(retry_after)
    return kind(detail if isinstance(detail, str) else None, retry_after=seconds)


def from_problem(problem: object) -> ArenaError:
    """Read problem details back as the class that was raised; anything else is an `ArenaError`."""
    if not isinstance(problem, Mapping):
        return ArenaError()
    fields: Mapping[str, object] = problem
    return _revive(fields.get("code"), fields.get("detail"), fields.get("retry_after"))


_OPENAI_NAMES = {
    "provider_no_credit": "insufficient_quota",
    "rate_limited": "rate_limit_exceeded",
    "spend_stopped": "insufficient_quota",
    "content_refused": "content_filter",
    "context_too_long": "context_length_exceeded",
}
"""Codes for which OpenAI's clients know another name. Ours then stands beside it, as `arena_code`."""
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


def openai_status(error: ArenaError) -> int:
    """Return the HTTP status that OpenAI's API gives to such an error: its clients choose the exception by it."""
    return 400 if error.status in (409, 413, 422) else error.status


def to_openai(error: ArenaError) -> dict[str, object]:
    """Write an error in the shape of OpenAI's API: `{"error": {message, type, param, code}}`."""
    status = openai_status(error)
    kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    code = _OPENAI_NAMES.get(error.code, error.code)
    if code == "insufficient_quota":
        kind = code  # both say so: a client that only looks at 429 would try again
    body: dict[str, object] = {"message": str(error), "type": kind, "param": None, "code": code}
    if code != error.code:
        body["arena_code"] = error.code
    if error.retry_after is not None:
        body["retry_after"] = error.retry_after
    return {"error": body}


def from_openai(body: object) -> ArenaError | None:
    """Read an OpenAI-shaped error that one of our own workers wrote; None if its code is not ours."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    code = error.get("arena_code", error.get("code"))
    if not isinstance(code, str) or code not in error_classes():
        return None
    return _revive(code, error.get("message"), error.get("retry_after"))
