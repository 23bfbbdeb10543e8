"""A poet without understanding: takes up words of the message and sets them into verse."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from arena.chat import Message
from model_worker.demo.parameters import Chance
from model_worker.demo.topics import find_topics, syllables

_FORMS = {"haiku": "haiku", "limerick": "limerick", "sonnet": "sonnet", "story": "story", "tale": "story"}
_FORM = re.compile(rf"\b({'|'.join(_FORMS)})s?\b", re.IGNORECASE)


class Poet:
    """Writes haiku, limericks, sonnets, little stories, and otherwise two stanzas."""

    def __init__(self) -> None:
        self._stock = tomllib.loads(resources.files("model_worker.demo").joinpath("poet_lines.toml").read_text("utf-8"))
        self._dull = frozenset(self._stock["dull"].split())

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:
        """Write about the last user message, in the form that was asked for last."""
        asked = [message.content for message in messages if message.role == "user"]
        forms = [_FORMS[found[1].lower()] for text in asked if (found := _FORM.search(text[:500]))]
        topics = find_topics(asked[-1], self._dull)
        poem = _Poem(self._stock, topics, chance)
        yield f"### {_capital(poem.filled(chance.choose(self._stock['titles']), topics[0]))}\n\n"
        match forms[-1] if forms else "":
            case "haiku":
                yield _verse(poem.haiku())
            case "limerick":
                yield _verse(_capital(line) for line in poem.limerick())
            case "sonnet":
                yield from _stanzas(poem.rhymed("abab cdcd efef gg"))
            case "story":
                yield poem.story()
            case _:
                yield from _stanzas(poem.rhymed("abab cdcd"))


class _Poem:
    """One poem in the making. What was used is not used again."""

    def __init__(self, stock: Mapping[str, Any], topics: Sequence[str], chance: Chance) -> None:
        self._stock = stock
        self._topics = topics
        self._chance = chance
        self._next = 0

    def filled(self, line: str, topic: str | None = None) -> str:
        """Put a topic into a line that wants one; the topics take turns."""
        if "{topic}" not in line:
            return line
        if topic is None:
            topic = self._topics[self._next % len(self._topics)]
            self._next += 1
        return line.replace("{topic}", topic)

    def rhymed(self, scheme: str) -> list[list[str]]:
        """Return stanzas by a rhyme scheme, as `abab cdcd`. Each stanza takes up a topic once or twice."""
        rhymes: dict[str, list[str]] = dict(self._stock["rhymes"])
        found: list[list[str]] = []
        for stanza in scheme.split():
            lines: dict[str, list[str]] = {}
            for number, letter in enumerate(sorted(set(stanza))):
                rhyme = self._chance.choose(list(rhymes))
                lines[letter] = self._rhyming(rhymes.pop(rhyme), stanza.count(letter), with_topic=number == 0)
            found.append([self.filled(lines[letter].pop(0)) for letter in stanza])
        return found

    def _rhyming(self, lines: Sequence[str], count: int, *, with_topic: bool) -> list[str]:
        left = list(lines)
        taken: list[str] = []
        while len(taken) < count:
            wanted = [line for line in left if ("{topic}" in line) == (with_topic and not taken)]
            taken.append(self._chance.choose(wanted))
            left.remove(taken[-1])
        return taken

    def haiku(self) -> list[str]:
        """Return three lines of five, seven and five syllables."""
        stock = self._stock["haiku"]
        fitting = next((topic for topic in self._topics if syllables(topic) <= 5), "")
        first = self._chance.choose(stock["first"][str(syllables(fitting))])
        lines = [self._chance.choose(stock[part]) for part in ("second", "third")]
        return [self.filled(first, fitting), *lines]

    def limerick(self) -> list[str]:
        """Return five lines, the first and second rhyming with the last."""
        return [self.filled(line, self._topics[0]) for line in self._chance.choose(self._stock["limerick"]["whole"])]

    def story(self) -> str:
        """Return a beginning, a trouble, a turn and an end."""
        stock: Mapping[str, list[str]] = self._stock["story"]
        names = {name: self._chance.choose(stock[name]) for name in ("hero", "place", "thing", "helper")}
        names["topic"] = self._topics[0]
        parts = (self._chance.choose(stock[part]) for part in ("beginning", "trouble", "turn", "end"))
        return "\n\n".join(_capital(part.format_map(names)) for part in parts)


def _stanzas(stanzas: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, stanza in enumerate(stanzas):
        ends = [";" if place % 2 == 0 else "." for place in range(len(stanza))]
        lines = [line + end for line, end in zip(stanza, ends, strict=True)]
        yield ("\n\n" if number else "") + _verse(
            _capital(line) if place % 2 == 0 else line for place, line in enumerate(lines)
        )


def _verse(lines: Iterator[str] | Sequence[str]) -> str:
    """Join lines so that Markdown keeps them apart."""
    return "  \n".join(lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
