"""What the operator is told of a provider's failure: names, a status, ids; not a word of what was said, and no key."""

import logging
import re
from collections.abc import Mapping

from arena.telemetry import current_request
from model_worker.providers.failures import Failure

log = logging.getLogger(__name__)

_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid", "apim-request-id")
_ID = re.compile(r"req_[A-Za-z0-9]{1,64}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4,12}){4}")
"""Only what looks like an id of a request is repeated: a header may hold anything."""


def tell(
    model: str,
    failure: Failure,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    cause: Exception | None = None,
) -> Failure:
    """Tell of a failure in one line; return it."""
    log.warning(
        "provider failed: model=%s code=%s status=%s cause=%s request=%s provider_request=%s",
        model,
        failure.code,
        status or "-",
        type(cause).__name__ if cause else "-",
        current_request() or "-",
        providers_id(headers or {}),
    )
    return failure


def providers_id(headers: Mapping[str, str]) -> str:
    """Return what the provider calls the request, for whoever asks its support about it."""
    found = (headers.get(name, "") for name in _ID_HEADERS)
    return next((each for each in found if _ID.fullmatch(each)), "-")
