"""The categories of battles: which there are, by what they are told, and which of them a battle is in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol
from urllib.parse import unquote

from arena.errors import SetupError
from export.language.names import UNKNOWN, names
from export.ratings import rules
from export.ratings.said import Said

HARD_CRITERIA = 6
"""Of the seven: a prompt that meets so many is hard."""
FOLLOWS = 4
"""Of five: a prompt whose instructions are worth so much is about following them."""
LANGUAGE = "language"
"""As a category: every language there is, each by itself (`language=German`)."""
_LANGUAGE_IS = f"{LANGUAGE}="


class Name(StrEnum):
    """The categories, but for the languages."""

    CODE = "code"
    MATHS = "maths"
    LONG_PROMPT = "long_prompt"
    MULTI_TURN = "multi_turn"
    ENGLISH = "english"
    NOT_ENGLISH = "not_english"
    HARD_PROMPT = "hard_prompt"
    CREATIVE_WRITING = "creative_writing"
    INSTRUCTION_FOLLOWING = "instruction_following"
    NO_REFUSAL = "no_refusal"
    NO_DUPLICATES = "no_duplicates"
    NO_TIES = "no_ties"


class Criterion(StrEnum):
    """What makes a prompt hard."""

    SPECIFICITY = "specificity"
    DOMAIN_KNOWLEDGE = "domain_knowledge"
    COMPLEXITY = "complexity"
    PROBLEM_SOLVING = "problem_solving"
    CREATIVITY = "creativity"
    TECHNICAL_ACCURACY = "technical_accuracy"
    REAL_WORLD = "real_world"


@dataclass(frozen=True, slots=True)
class PromptLabels:
    """What a model said of a prompt."""

    criteria: frozenset[Criterion] = frozenset()
    maths: bool = False
    creative_writing: bool = False
    instruction_following: int = 0
    """From 0 to 5: how much it depends on following instructions."""


LABELLED = frozenset({Name.HARD_PROMPT, Name.CREATIVE_WRITING, Name.INSTRUCTION_FOLLOWING})
"""These need labels. Maths has a rule as well, for where there are none."""

_BY_LANGUAGE = frozenset({Name.ENGLISH, Name.NOT_ENGLISH})


Refused = tuple[bool | None, bool | None]
"""Whether side a and side b refuse, as a model says; None where it was not asked."""
NOT_ASKED: Refused = (None, None)


class Labels(Protocol):
    """The labels that there are."""

    @property
    def source(self) -> str:
        """Who labelled, and by which question."""
        ...

    def find(self, battles: Sequence[Said]) -> Sequence[PromptLabels | None]:
        """Return each battle's labels, None where there are none."""
        ...

    @property
    def has_refusals(self) -> bool:
        """Whether there are labels of answers, too."""
        ...

    def refused(self, battles: Sequence[Said]) -> Sequence[Refused]:
        """Return whether each battle's sides refuse."""
        ...


def checked(name: str) -> str:
    """Return a category's name; a `SetupError` if there is none of it."""
    if name.startswith(_LANGUAGE_IS):
        wanted = name.removeprefix(_LANGUAGE_IS)
        if wanted not in {UNKNOWN, *names().values()}:
            raise SetupError(f"--category: there is no language {wanted!r}; they are called as in English, like German")
    elif name != LANGUAGE and name not in {each.value for each in Name}:
        raise SetupError(f"--category: {name!r} is not one of {', '.join(Name)}, {LANGUAGE}, {_LANGUAGE_IS}NAME")
    return name


_NO_FOLDER = re.compile(r'[%/\\:*?"<>|\x00-\x1f\x7f]')
"""What cannot stand in the name of a folder everywhere, or would lead out of it."""


def folder_of(category: str) -> str:
    """Return the name of a category's folder: a file may call its languages anything."""
    return _NO_FOLDER.sub(lambda found: f"%{ord(found[0]):02X}", category)


def category_in(folder: str) -> str:
    """Return the category whose folder is called so."""
    return unquote(folder)


def belongs(name: Name, prompts: Sequence[str]) -> bool:
    """Say whether a conversation belongs to a category, by a rule that looks at what its visitor wrote alone."""
    return rules.RULES[name](Said(tuple(prompts)))


@dataclass(frozen=True, slots=True)
class Sorter:
    """Puts battles into categories by what was said in them."""

    names: tuple[str, ...]
    labels: Labels | None = None

    def __post_init__(self) -> None:
        lacking = [name for name in map(checked, self.names) if name in LABELLED]
        if lacking and self.labels is None:
            raise SetupError(f"--category {lacking[0]} needs labels: `arena ratings label` asks a model for them")

    @property
    def texts(self) -> tuple[str, ...]:
        """Those of the categories for which one must know what was said."""
        return tuple(each for each in self.names if each not in {Name.NO_TIES, Name.NO_DUPLICATES})

    @property
    def beyond_language(self) -> tuple[str, ...]:
        """Those of them for which it is not enough to know the language."""
        return tuple(each for each in self.texts if not each.startswith(LANGUAGE) and each not in _BY_LANGUAGE)

    def by(self, name: str) -> str:
        """Say by what a category is told: a board tells it."""
        if self.labels is not None and self._is_labelled(name):
            return f"labels of {self.labels.source}"
        if self.labels is not None and name == Name.NO_REFUSAL and self.labels.has_refusals:
            return f"labels of {self.labels.source}, else rules {rules.VERSION}"
        return f"rules {rules.VERSION}"

    def _is_labelled(self, name: str) -> bool:
        return name in LABELLED or (name == Name.MATHS and self.labels is not None)

    def sort(self, battles: Sequence[Said], spoken: Callable[[int], str] | None = None) -> list[tuple[str, ...]]:
        """Return the categories of each battle. One that has no labels is in none of those that need them.

        `spoken` tells the language of the battle at a place, if that is known already.
        """
        wanted = frozenset(self.texts)
        found: Sequence[PromptLabels | None] = [None] * len(battles)
        if self.labels is not None and any(map(self._is_labelled, wanted)):
            found = self.labels.find(battles)
        refused: Sequence[Refused] = [NOT_ASKED] * len(battles)
        if self.labels is not None and Name.NO_REFUSAL in wanted and self.labels.has_refusals:
            refused = self.labels.refused(battles)

        def detected(at: int) -> str:
            return rules.language_of(battles[at])

        return [
            tuple(self._of(wanted, said, labels, told, partial(spoken or detected, at)))
            for at, (said, labels, told) in enumerate(zip(battles, found, refused, strict=True))
        ]

    def _of(
        self,
        wanted: frozenset[str],
        said: Said,
        labels: PromptLabels | None,
        refused: Refused,
        spoken: Callable[[], str],
    ) -> Iterator[str]:
        by_labels = {} if labels is None else _by_labels(labels)
        for name in wanted:
            if self._is_labelled(name):
                if by_labels.get(name):
                    yield name
            elif name == Name.NO_REFUSAL:
                if not _refuses(said, refused):
                    yield name
            elif name in rules.RULES and rules.RULES[name](said):
                yield name
        if any(name.startswith(LANGUAGE) or name in _BY_LANGUAGE for name in wanted):
            yield from _in_language(wanted, spoken())


def _refuses(said: Said, told: Refused) -> bool:
    """Whether a side refuses: as a label says, and where there is none as the rule does."""
    sides = zip((said.answers_a, said.answers_b), told, strict=True)
    return any(rules.refuses(answers) if is_so is None else is_so for answers, is_so in sides)


def _in_language(wanted: frozenset[str], spoken: str) -> Iterator[str]:
    if LANGUAGE in wanted or _LANGUAGE_IS + spoken in wanted:
        yield _LANGUAGE_IS + spoken
    if spoken == "English" and Name.ENGLISH in wanted:
        yield Name.ENGLISH
    if spoken not in {"English", UNKNOWN} and Name.NOT_ENGLISH in wanted:
        yield Name.NOT_ENGLISH


def _by_labels(labels: PromptLabels) -> Mapping[str, bool]:
    return {
        Name.HARD_PROMPT: len(labels.criteria) >= HARD_CRITERIA,
        Name.MATHS: labels.maths,
        Name.CREATIVE_WRITING: labels.creative_writing,
        Name.INSTRUCTION_FOLLOWING: labels.instruction_following >= FOLLOWS,
    }
