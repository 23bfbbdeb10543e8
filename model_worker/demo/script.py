"""The doctor's script: keywords with ranks, rules that take sentences apart, lines that put answers together."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

NUMBER = "<number>"
"""The keyword for anything written in digits."""


@dataclass(frozen=True)
class Pattern:
    """A decomposition rule: `* my @family *`. Words are compared without regard to capital letters."""

    elements: tuple[frozenset[str] | None, ...]
    """None is a `*`."""
    held: tuple[bool, ...]
    """Whether an element's words can be taken up as {1}, {2}: those of `*` and of classes."""

    def take_apart(self, words: Sequence[str]) -> list[list[str]] | None:
        """Return what each `*` and class held, or None if the words do not fit. Every `*` holds as little as it can."""
        found = self._fit([word.lower() for word in words])
        if found is None:
            return None
        return [list(words[start:end]) for (start, end), held in zip(found, self.held, strict=True) if held]

    def _fit(self, words: list[str]) -> list[tuple[int, int]] | None:
        """Go from left to right; where an element does not fit, let the last `*` take one word more."""
        spans: list[tuple[int, int]] = []
        star, at, element = -1, 0, 0
        while element < len(self.elements) or at < len(words):
            wanted = self.elements[element] if element < len(self.elements) else frozenset[str]()
            if wanted is None:
                star = element
                spans.append((at, at))
                element += 1
            elif at < len(words) and words[at] in wanted:
                spans.append((at, at + 1))
                at, element = at + 1, element + 1
            elif star >= 0 and spans[star][1] < len(words):
                start, end = spans[star]
                spans[star:] = [(start, end + 1)]
                at, element = end + 1, star + 1
            else:
                return None
        return spans


@dataclass(frozen=True)
class Rule:
    """A pattern and what to say when it fits."""

    pattern: Pattern
    say: tuple[str, ...]
    remember: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keyword:
    """A word that calls for an answer; the higher its rank, the sooner."""

    rank: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Script:
    """All that the doctor knows."""

    keywords: Mapping[str, Sequence[Keyword]]
    reflections: Mapping[str, str]
    contractions: Mapping[str, str]
    before_me: frozenset[str]
    silence: tuple[str, ...]
    fallback: tuple[str, ...]


def read_pattern(text: str, classes: Mapping[str, Sequence[str]]) -> Pattern:
    """Read a pattern as it stands in the script."""
    elements: list[frozenset[str] | None] = []
    for part in text.split():
        words = classes[part[1:]] if part.startswith("@") else part.split("/")
        elements.append(None if part == "*" else frozenset(words))
    return Pattern(tuple(elements), tuple(part == "*" or part.startswith("@") for part in text.split()))


def read_script(table: Mapping[str, Any]) -> Script:
    """Make a script of its table."""
    keywords: dict[str, list[Keyword]] = {}
    for entry in table["keyword"]:
        rules = tuple(
            Rule(read_pattern(rule["match"], table["classes"]), tuple(rule["say"]), tuple(rule.get("remember", ())))
            for rule in entry["rules"]
        )
        for word in entry["words"]:
            keywords.setdefault(word, []).append(Keyword(entry["rank"], rules))
    return Script(
        keywords=keywords,
        reflections=table["reflections"],
        contractions=table["contractions"],
        before_me=frozenset(table["before_me"]),
        silence=tuple(table["silence"]),
        fallback=tuple(table["fallback"]),
    )


def load_script() -> Script:
    """Read the script that lies beside this file."""
    return read_script(
        tomllib.loads(resources.files("model_worker.demo").joinpath("doctor_script.toml").read_text("utf-8"))
    )


_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def clauses(text: str, contractions: Mapping[str, str]) -> list[list[str]]:
    """Cut a text at its punctuation into clauses of words; `I'm` becomes `I am`."""
    found: list[list[str]] = []
    for clause in re.split(r"[.!?,;:()\[\]\n\"“”]+|\s[-–—]\s|\bbut\b", text):
        words: list[str] = []
        for word in _WORD.findall(clause):
            spelled = contractions.get(word.lower().replace("’", "'"))
            words += spelled.replace("i ", "I ").split() if spelled else [word]
        if words:
            found.append(words)
    return found
