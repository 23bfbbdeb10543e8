import asyncio
import gc
import json
import logging
import sys
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from arena.command import logs
from arena.command.logs import JsonLines, TextLines, spoken
from arena.telemetry import begin_request

SECRET = "what the visitor said"


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    """Give logging back as it was."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def broken() -> BaseException:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        return error


def a_record(message: str = "It broke: %s", *values: object, **given: Any) -> logging.LogRecord:
    default: dict[str, Any] = {"name": "controller.turns", "level": logging.ERROR, "pathname": "", "lineno": 1}
    return logging.LogRecord(**default | given, msg=message, args=values or ("x",), exc_info=given.get("exc_info"))


def test_text_is_what_people_read(capsys: pytest.CaptureFixture[str]):
    logs.set_up("text", "controller")
    logging.getLogger("controller.turns").info("Turn %s", "t1")
    logging.getLogger("somebody.else").info("chatter")

    assert capsys.readouterr().err == "INFO controller.turns: Turn t1\n"


async def test_json_is_one_object_a_line_and_names_the_request(capsys: pytest.CaptureFixture[str]):
    logs.set_up("json", "controller")
    begin_request("request-1")
    logging.getLogger("controller.turns").warning("Two\nlines of %s", "ü")

    (line,) = said(capsys)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "controller.turns",
        "process": "controller",
        "message": "Two\nlines of ü",
        "request_id": "request-1",
    }


@pytest.mark.parametrize("form", [TextLines(logs.TEXT), JsonLines("controller")])
def test_an_error_is_told_by_place_and_class_and_never_by_its_text(form: logging.Formatter):
    error = broken()
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, "It broke", (), (type(error), error, None))

    line = form.format(record)

    assert SECRET not in line
    assert "KeyError" in line
    assert "ValueError" in line
    assert "in broken" in line


def test_what_the_system_says_is_kept(tmp_path: Path):
    with pytest.raises(OSError, match="No such file") as caught:
        (tmp_path / SECRET).read_text()
    record = logging.LogRecord("x", logging.ERROR, "", 1, "It broke", (), (OSError, caught.value, None))

    line = json.loads(JsonLines("web").format(record))

    assert line["error"] == "FileNotFoundError"
    assert line["where"].endswith("FileNotFoundError: No such file or directory")
    assert SECRET not in line["where"]


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_lost_task_says_nothing_of_what_broke_it(form: logs.LogFormat, capsys: pytest.CaptureFixture[str]):
    logs.set_up(form, "controller")

    async def breaks() -> None:
        raise ValueError(SECRET)

    task = asyncio.create_task(breaks())
    await asyncio.wait({task})
    del task
    gc.collect()

    told = capsys.readouterr().err
    assert "Task exception was never retrieved" in told
    assert "ValueError" in told
    assert SECRET not in told


def test_warnings_and_last_words_are_json_too(capsys: pytest.CaptureFixture[str]):
    logs.set_up("json", "export")
    warnings.warn("old", stacklevel=1)
    error = broken()
    sys.excepthook(type(error), error, error.__traceback__)

    first, second = said(capsys)
    assert (first["logger"], first["level"]) == ("py.warnings", "warning")
    assert (second["level"], second["error"]) == ("critical", "KeyError")


def test_the_supervisor_repeats_text_as_it_came():
    logs.set_up("text", "up")

    assert spoken("web | {hello") == "web | {hello"


def test_for_machines_the_supervisor_says_all_in_json_and_keeps_what_is():
    logs.set_up("json", "up")
    lines = ("ready: http://here", 'worker demo | {"time": "t", "process": "worker"}', "web | {half", "web | [1]")

    ready, passed, half, array = (json.loads(spoken(line)) for line in lines)

    assert (ready["process"], ready["message"], ready["level"]) == ("up", "ready: http://here", "info")
    assert passed == {"time": "t", "process": "worker demo"}
    assert (half["process"], half["message"]) == ("web", "{half")
    assert array["message"] == "[1]"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("controller was killed by SIGKILL; starting it again in 0.5 s", "warning"),
        ("worker vllm cannot start: it is not installed; the one before goes on", "warning"),
        ("reload: nothing changed: arena.toml: Invalid value", "warning"),
        ("reload: added priced", "info"),
        ("worker demo: starting", "info"),
        ("worker demo | a visitor's; starting it again in ", "info"),
    ],
)
def test_what_went_wrong_with_a_process_or_a_file_is_a_warning_for_machines(line: str, level: str):
    logs.set_up("json", "up")

    assert json.loads(spoken(line))["level"] == level
