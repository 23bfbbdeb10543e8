"""What is written by hand to train with: carriers around names, and whole messages without any."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from zlib import crc32

ASIDE = 4
"""One in so many of the later carriers and clean messages is kept from the model."""


@cache
def carriers() -> dict[str, list[str]]:
    """Return what stands around names, by language and kind, as `de before`."""
    found: dict[str, list[str]] = {}
    for name, prefix in (("carriers_en.txt", "en "), ("carriers_more.txt", "")):
        _add_lines(found, name, prefix)
    for name in ("carriers_new_latin.txt", "carriers_new_scripts.txt"):
        _add_lines(found, name, "", kept=lambda section, line: not (_is_whole(section) and is_set_aside(line)))
    return found


def _is_whole(section: str) -> bool:
    return section.endswith((" whole", " none"))


def is_set_aside(line: str) -> bool:
    """Tell whether the model does not learn from a line, so that what it says can be weighed on it."""
    return crc32(line.encode()) % ASIDE == 0


@cache
def set_aside() -> list[tuple[str, str]]:
    """Return language and text of the whole carriers that the model does not learn from."""
    found: dict[str, list[str]] = {}
    for name in ("carriers_new_latin.txt", "carriers_new_scripts.txt"):
        _add_lines(found, name, "", kept=lambda section, line: _is_whole(section) and is_set_aside(line))
    return [(key.split()[0], line) for key, lines in found.items() for line in lines]


@cache
def clean_messages() -> list[tuple[str, str]]:
    """Return language and text of whole messages that hold no name."""
    found: dict[str, list[str]] = {}
    for name in ("clean_latin.txt", "clean_scripts.txt"):
        _add_lines(found, name, "")
    return [(key.split()[0], line) for key, lines in found.items() for line in lines]


def _add_lines(
    found: dict[str, list[str]], name: str, prefix: str, kept: Callable[[str, str], bool] | None = None
) -> None:
    section = ""
    for line in Path(__file__).with_name(name).read_text("utf-8").split("\n"):
        if re.fullmatch(r"\[[\w ]+\]", line):
            section = prefix + line.strip("[]")
        elif line and not (line.startswith("# ") and not section) and (kept is None or kept(section, line)):
            found.setdefault(section, []).append(line.replace("\\n", "\n").replace("{{", "{").replace("}}", "}"))
