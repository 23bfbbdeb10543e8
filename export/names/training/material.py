"""What is written by hand to train with: carriers around names, and whole messages with and without any."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

from export.names import sections
from export.names.bench.cases import PEOPLE

ASIDE = 4
"""One in so many of the later carriers and clean messages is kept from the model."""
WRITTEN = ("messages_latin.txt", "messages_east.txt", "messages_other.txt")
ALL_ASIDE = "messages_aside.txt"
"""Those of it are all kept from the model."""
_MARKED = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
Written = tuple[str, str, tuple[tuple[int, int], ...]]
"""A message's language, its text, and where names stand in it."""


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


@cache
def messages() -> list[Written]:
    """Return whole messages as people write them, with the names that they hold."""
    return _written(WRITTEN)


def messages_apart() -> list[Written]:
    """Return those that the model does not learn from."""
    return [*(each for each in messages() if is_apart(each)), *_written((ALL_ASIDE,))]


def _written(files: Sequence[str]) -> list[Written]:
    found: dict[str, list[str]] = {}
    for name in files:
        _add_lines(found, name, "")
    return [(language, *_unmarked(line)) for language, lines in found.items() for line in lines]


def is_apart(message: Written) -> bool:
    """Tell whether the model does not learn from a message: some are set aside, and all that have a bench's name."""
    _, text, spans = message
    return is_set_aside(text) or any(not _people().isdisjoint(text[start:end].lower().split()) for start, end in spans)


@cache
def _people() -> frozenset[str]:
    return frozenset(
        word.lower() for each in sections.read(PEOPLE).values() for name in each for word in name.split("_")
    )


def _unmarked(line: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a text without its marks, and where they stood."""
    text, end, spans = "", 0, list[tuple[int, int]]()
    for match in _MARKED.finditer(line):
        text += line[end : match.start()]
        spans.append((len(text), len(text) + len(match[1])))
        text, end = text + match[1], match.end()
    return text + line[end:], tuple(spans)


def _add_lines(
    found: dict[str, list[str]], name: str, prefix: str, kept: Callable[[str, str], bool] | None = None
) -> None:
    section = ""
    for line in Path(__file__).with_name(name).read_text("utf-8").split("\n"):
        if re.fullmatch(r"\[[\w ]+\]", line):
            section = prefix + line.strip("[]")
        elif line and not (line.startswith("# ") and not section) and (kept is None or kept(section, line)):
            found.setdefault(section, []).append(line.replace("\\n", "\n").replace("{{", "{").replace("}}", "}"))
