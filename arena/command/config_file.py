"""Reads `arena.toml`, and says in one line what is wrong with it."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from arena.errors import SetupError
from arena.model import DEMO_MODELS
from arena.settings import ArenaFile, Section

DEFAULT_FILE = Path("arena.toml")


def config_file(path: Path | None) -> Path | None:
    """Return the file to read: the one asked for, or `./arena.toml` if present, or none."""
    return path or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


def read_config(path: Path | None) -> ArenaFile:
    """Read and check the configuration; without any file it is the demo models and the defaults."""
    file = config_file(path)
    document: dict[str, Any] = _read_toml(file) if file else {"models": DEMO_MODELS}
    # Absent tables are made explicit, so that an error in a variable is found at the same place as one in the file.
    document = {"models": (), **{name: {} for name in _sections()}, **document}
    try:
        return ArenaFile.model_validate(document)
    except ValidationError as error:
        where = str(file) if file else "built-in configuration"
        raise SetupError(_one_line(where, error.errors()[0], document)) from error


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{file}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets in thousands of brackets
        raise SetupError(f"{file}: {error}") from error


def _sections() -> dict[str, type[Section]]:
    kinds = {name: field.annotation for name, field in ArenaFile.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Section)}


def _one_line(where: str, error: ErrorDetails, document: dict[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            problem = "unknown key"
        case "missing":
            problem = "is missing"
        case _:
            problem = error["msg"].removeprefix("Value error, ")
    if variable := _variable(error["loc"]):
        return f"{variable}: {problem}"
    key = ".".join(_named(error["loc"], document))
    return f"{where}: {key}: {problem}" if key else f"{where}: {problem}"


def _variable(loc: tuple[int | str, ...]) -> str | None:
    """Return the environment variable that a wrong value came from, if it did."""
    if len(loc) < 2 or (section := _sections().get(str(loc[0]))) is None:
        return None
    name = f"{section.model_config.get('env_prefix', '')}{loc[1]}".upper()
    return name if any(each.upper() == name for each in os.environ) else None


def _named(loc: tuple[int | str, ...], document: dict[str, Any]) -> list[str]:
    """Write a place in the file in words: a model by its name, or else by its number, counted from 1."""
    parts = [str(part + 1) if isinstance(part, int) else part for part in loc]
    if len(loc) > 1 and loc[0] == "models" and isinstance(loc[1], int):
        entry = document["models"][loc[1]]
        name = entry.get("name") if isinstance(entry, dict) else None
        parts[1] = name if isinstance(name, str) and name else parts[1]
    return parts
