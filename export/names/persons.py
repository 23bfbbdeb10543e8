"""Which names are the same person's."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from export.names.joining import PARTICLES
from export.names.lists import lists

_WORD = re.compile(
    r"[^\W\d_]+(?:[\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0971-\u0dff\u0e31-\u0e4e\u200c\u200d]+[^\W\d_]*)*"
)
_TOGETHER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts in which family and given name are written as one."""


def folded(text: str) -> str:
    """Return a text for comparing, as long as the text itself: small letters."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters, without titles and particles."""
    cues = lists(False).cues
    words = [word for word in _WORD.findall(folded(name)) if word not in PARTICLES]
    if words and words[-1] == "s" and len(words) > 1:
        words.pop()
    while len(words) > 1 and cues.get(words[0]) == "honorific":
        words.pop(0)
    return tuple(words)


@dataclass(slots=True)
class Person:
    """All the words and whole names by which one person goes."""

    parts: list[str] = field(default_factory=list[str])
    names: set[str] = field(default_factory=set[str])

    def is_same(self, parts: Sequence[str]) -> bool:
        """Tell whether a name of several words is this person's."""
        if len(self.parts) == 1:
            return self.parts[0] in parts
        shorter, longer = sorted((self.parts, list(parts)), key=len)
        return all(any(_fits(each, other) for other in longer) for each in shorter) and any(
            len(each) > 1 and each in longer for each in shorter
        )

    def goes_by(self, word: str) -> bool:
        """Tell whether one word is a part of this person's name."""
        return (
            word in self.parts
            or any(
                _TOGETHER.match(name) and len(name) > 2 and (name.endswith(word) or name.startswith(word))
                for name in self.names
            )
            or any(_TOGETHER.match(name) and name.startswith(word) for name in self.names)
        )

    def add(self, name: str, parts: Sequence[str]) -> None:
        """Learn a further name."""
        self.names.add(name)
        self.parts += [part for part in parts if part not in self.parts]


def _fits(part: str, other: str) -> bool:
    return part == other or (min(len(part), len(other)) == 1 and part[0] == other[0])


def persons(names: Iterable[str]) -> list[Person]:
    """Sort names, in order of appearance, to persons: whole names first, then what is only a part of one."""
    found: list[Person] = []
    split = {name: parts for name in dict.fromkeys(folded(each) for each in names) if (parts := parts_of(name))}
    for name, parts in split.items():
        if len(parts) > 1:
            person = next((each for each in found if each.is_same(parts)), None)
            if person is None:
                found.append(person := Person())
            person.add(name, parts)
    for name, parts in sorted(split.items(), key=lambda each: -len(each[0])):
        if len(parts) == 1:
            person = next((each for each in found if each.goes_by(parts[0])), None)
            if person is None:
                found.append(person := Person())
            person.add(name, parts)
    return found
