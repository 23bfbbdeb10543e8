"""How the processes log: as text for people, or one JSON object a line. Never what people said, and no key."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

from arena.telemetry import current_request, current_span

LogFormat = Literal["text", "json"]
OUR_PACKAGES = ("arena", "controller", "model_worker", "web_ui", "logging_store", "export")
TROUBLE = (
    "; starting it again in ",
    " cannot start: ",
    "reload: nothing changed: ",
    "reload: the controller does not ",
)
"""By these words of the supervisor's a line is one that somebody should read."""
TEXT = "%(levelname)s %(name)s: %(message)s"
ACCESS = "arena.access"
"""The logger that tells of each request, where that is wanted."""


def set_up(form: LogFormat, process: str) -> None:
    """Write all log lines of this process to stderr in one form. `process` is its name in JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(process) if form == "json" else TextLines(TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in OUR_PACKAGES:
        logging.getLogger(package).setLevel(logging.INFO)
    logging.captureWarnings(form == "json")
    sys.excepthook = _log_last_words if form == "json" else sys.__excepthook__


def spoken(line: str) -> str:
    """Return a line of the supervisor's as this process writes: as it is, or as JSON.

    Its lines are `NAME | LINE` for a child's, and without a name for its own. A child's JSON stays one object, and
    tells the supervisor's name for it.
    """
    if not any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers):
        return line
    name, bar, rest = line.partition(" | ")
    process, message = (name, rest) if bar else ("up", line)
    level = "warning" if not bar and any(sign in line for sign in TROUBLE) else "info"
    plain = {"time": _stamp(time.time()), "level": level, "message": message}
    return json.dumps((_as_object(message) or plain) | {"process": process})


def _as_object(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class TextLines(logging.Formatter):
    """Lines for people. An exception is told by its place and class: its own text may repeat what was said."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        """Return where it broke, and as what."""
        return "\n".join(_places(ei[1]))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """Return the line."""
        record.message = _said(record)
        return super().formatMessage(record)


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.message = record.getMessage()
        span = current_span()
        told = {
            "time": _stamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            "message": _said(record),
            "request_id": current_request(),
            "trace_id": span.trace_id,
            "span_id": span.span_id,
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told |= {"error": type(error).__name__, "where": "\n".join(_places(error))}
        return json.dumps({name: value for name, value in told.items() if value})


def _said(record: logging.LogRecord) -> str:
    """Return a record's message. asyncio adds whole tasks to its own, and with them the texts of their errors."""
    return record.message.partition("\n")[0] if record.name == "asyncio" else record.message


def _places(error: BaseException) -> Iterator[str]:
    """Yield where an error and those that led to it were raised, and their classes. No text, no values."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _places(before)
        yield "which led to:"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    yield type(error).__name__ + _system_says(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield "with:"
            yield from _places(each)


def _system_says(error: BaseException) -> str:
    """Return the operating system's own words: they quote nobody."""
    return f": {error.strerror}" if isinstance(error, OSError) and isinstance(error.errno, int) else ""


def _log_last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("arena").critical("The process broke", exc_info=(kind, error, trace))


def _stamp(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
