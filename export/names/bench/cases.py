"""Conversations with names whose places are known, and clean texts."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export.names import sections

Part = Literal["development", "held_out", "fresh"]
_SLOT = re.compile(r"\{([ABC])(?:\.(g|f|l|u))?(?:\.(l))?\}")
_FAMILY_FIRST = frozenset({"hu", "vi", "zh", "ja", "ko"})
PEOPLE = Path(__file__).with_name("people.txt.xz")
"""Names of the half that no training saw."""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation; `names` says for each message where its names stand."""

    language: str
    texts: tuple[str, ...]
    names: tuple[tuple[tuple[int, int], ...], ...]


def cases(part: Part, seed: int, each: int) -> list[Case]:
    """Return conversations with names: each template `each` times, with people that no training saw."""
    chance = random.Random(seed)
    people = sections.read(PEOPLE)
    han = sections.read(sections.DATA / "han.txt")
    return [
        _filled(language, line, _Cast(language, chance, people, han))
        for language, lines in _templates(part).items()
        if "clean" not in language
        for line in lines
        for _ in range(each)
    ]


def clean(part: Part) -> list[tuple[str, str]]:
    """Return language and text of messages without any name, rich in capitals."""
    return [
        (language.split()[0], line.replace("\\n", "\n"))
        for language, lines in _templates(part).items()
        if "clean" in language
        for line in lines
    ]


def _templates(part: Part) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    language = ""
    for line in Path(__file__).with_name(f"{part}.txt").read_text("utf-8").split("\n"):
        if re.fullmatch(r"\[[\w ]+\]", line):
            language = line.strip("[]")
        elif line and not line.startswith("# Conversations"):
            found.setdefault(language, []).append(line)
    return found


class _Cast:
    """Three people of one language."""

    def __init__(
        self, language: str, chance: random.Random, people: dict[str, list[str]], han: dict[str, list[str]]
    ) -> None:
        self._language = language
        family = people.get(f"{language} family") or ["x"]
        given = people.get(f"{language} given") or ["x"]
        if language in {"zh", "ja", "ko"}:  # few family names are nearly everybody's: these are known, the rest is not
            family = han[f"{language}_family"]
        if language == "vi":
            family = sections.read(sections.DATA / "common_names.txt")["vi_family"]
        self._given = dict(zip("ABC", (each.replace("_", " ") for each in chance.sample(given, 3)), strict=True))
        self._family = dict(zip("ABC", (each.replace("_", " ") for each in chance.sample(family, 3)), strict=True))
        self._middle = " " + chance.choice(given) if language == "vi" else ""

    def name(self, person: str, part: str | None) -> str:
        given, family = self._given[person], self._family[person]
        if part == "g":
            return given
        if part == "f":
            return family
        if self._language == "vi":
            return f"{family}{self._middle} {given}"
        gap = "" if self._language in {"zh", "ja", "ko"} else " "
        full = f"{family}{gap}{given}" if self._language in _FAMILY_FIRST else f"{given} {family}"
        return full.lower() if part == "l" else full.upper() if part == "u" else full


def _filled(language: str, line: str, cast: _Cast) -> Case:
    texts: list[str] = []
    names: list[tuple[tuple[int, int], ...]] = []
    for message in line.replace("\\n", "\n").split(" || "):
        text, spans, end = "", list[tuple[int, int]](), 0
        for match in _SLOT.finditer(message):
            text += message[end : match.start()]
            name = cast.name(match[1], match[2])
            name = name.lower() if match[3] else name
            spans.append((len(text), len(text) + len(name)))
            text += name
            end = match.end()
        texts.append(text + message[end:])
        names.append(tuple(spans))
    return Case(language, tuple(texts), tuple(names))


def letters(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Return the places of the letters in spans."""
    return {place for start, end in spans for place in range(start, end) if text[place].isalnum()}
