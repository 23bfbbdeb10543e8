"""Makes labelled sentences: carriers filled with names of the training half, and with what only looks like names."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from export.names.joining import is_capital
from export.names.lists import Is, small
from export.names.tokens import tokens
from export.names.training.casting import People
from export.names.training.lookalikes import Lookalikes
from export.names.training.material import Written, carriers, clean_messages, is_apart, messages

_SLOT = re.compile(r"\{(\w+)\}")
NO_SPACES = frozenset({"zh", "ja"})
_NO_CAPITALS = frozenset({"ar", "bn", "fa", "he", "hi", "ta", "th"})
SHARES = {
    "en": 24_000,
    "zh": 2600,
    "ja": 2600,
    "ko": 2200,
    "vi": 2200,
    "de": 2800,
    "es": 2600,
    "fr": 2400,
    "ru": 1800,
    "ar": 2600,
    "pt": 2000,
    "in": 2000,
    "af": 1800,
    "nl": 1900,
    "el": 1900,
    "hi": 2600,
    "fa": 2200,
    "ro": 1700,
    "he": 2000,
    "bn": 2000,
    "ta": 2000,
}
_NAME = Is.GIVEN | Is.FAMILY
_AMID = ("N", "N", "N", "N", "G", "G", "G", "F", "F", "B", "B", "Y", "K", "K", "P", "V", "W")
_COMMON_SLOTS = frozenset({"W", "L", "V", "UW", "C1", "U1", "C"})
_LEADING = {
    language: tuple(words.split())
    for language, words in {
        "en": "of of with to from by for and than about via for or between",
        "af": "of with to from by for and than about",
        "de": "von mit für an bei und dass zu oder gegen",
        "es": "de a con para por y que contra entre según",
        "fr": "de à avec pour chez par et que contre selon",
        "it": "di a con da per e che contro tra",
        "pt": "de a com para por e que contra do da",
        "nl": "van met aan voor door en tegen bij",
        "ro": "de la cu pentru lui și iar către",
        "sv": "av med till för och mot hos",
        "pl": "od do z dla i przez u",
        "cs": "od do s pro a u proti",
        "id": "dari dengan untuk dan kepada oleh",
        "tr": "ile ve için",
        "hu": "és hogy vagy",
        "ru": "от с для и у про",
        "uk": "від з для і у про",
        "el": "και με για από",
    }.items()
}
"""Small words that lead to a name as well as to a thing."""
LED = 0.35
WHOLE = 8
"""How often each message is seen that is written whole."""
UNSEEN, UNSEEN_SMALL = 0.4, 0.03
"""Of the words of a clean message, how many are as if no list had them."""
UNSEEN_NAME = 0.6
"""Of the words of names, how many."""
RECAST = 0.7
"""Of the names in messages in which each sign is a word: the model must not learn them by heart."""
FULL = {"zh": 3, "ja": 4, "ko": 3}
"""Signs from which on a name there is a whole one."""
SHARE = 1_500
"""Of the languages that SHARES does not name."""


@dataclass(slots=True)
class Example:
    """A text and where its names stand."""

    text: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    hidden: dict[str, int] = field(default_factory=dict[str, int])
    """What the model must not see of some words: that they are names, or that they are none."""

    def add(self, text: str, is_name: bool = False) -> None:
        """Write on."""
        if is_name:
            self.spans.append((len(self.text), len(self.text) + len(text)))
        self.text += text


def examples(seed: int, scale: float = 1.0) -> Iterator[Example]:
    """Yield sentences in all languages, mixed."""
    chance = random.Random(seed)
    lookalikes = Lookalikes(chance)
    languages = sorted({key.split()[0] for key in carriers()})
    plan = [each for each in languages for _ in range(int(SHARES.get(each, SHARE) * scale))]
    chance.shuffle(plan)
    makers = {language: Maker(language, chance, lookalikes) for language in languages}
    clean: list[Written] = [(language, text, ()) for language, text in clean_messages()]
    left = [each for each in [*clean, *messages()] if not is_apart(each) for _ in range(round(WHOLE * scale))]
    chance.shuffle(left)
    every = max(1, len(plan) // max(1, len(left)))
    for number, language in enumerate(plan):
        yield makers[language].example()
        if number % every == 0 and left:
            message = left.pop()
            if message[0] in FULL:
                message = recast(message, makers[message[0]].people, chance)
            yield _whole(message, chance)


def recast(message: Written, people: People, chance: random.Random) -> Written:
    """Return a message with other names in the place of most."""
    language, text, spans = message
    made, cast, end = Example(), dict[str, str](), 0
    for start, stop in spans:
        name = text[start:stop]
        if name not in cast:
            is_kept = chance.random() >= RECAST or any(sign < "\u3041" for sign in name)
            cast[name] = name if is_kept else _another(name, language, people, chance)
        made.add(text[end:start])
        made.add(cast[name], is_name=True)
        end = stop
    made.add(text[end:])
    return language, made.text, tuple(made.spans)


def _another(name: str, language: str, people: People, chance: random.Random) -> str:
    if len(name) >= FULL[language]:
        return people.full()
    is_family = language != "zh" and "\u4e00" <= name[0] <= "\u9fff" and chance.random() < 0.5
    return people.family() if is_family else people.given()


def _whole(message: Written, chance: random.Random) -> Example:
    """Return a message as it is written; of some words the model must not see what they are."""
    _, text, spans = message
    made = Example(text, list(spans))
    names = {token.text for token in tokens(text) if any(start <= token.start < end for start, end in spans)}
    for word in sorted({token.text for token in tokens(text) if token.text[0].isalpha()}):
        share = UNSEEN if is_capital(word) or word[0] >= "\u0590" else UNSEEN_SMALL
        if chance.random() < (UNSEEN_NAME if word in names else share):
            made.hidden[small(word)] = _NAME if word in names else ~_NAME
    return made


class Maker:
    """Makes the sentences of one language."""

    def __init__(self, language: str, chance: random.Random, lookalikes: Lookalikes) -> None:
        self._language = language
        self._chance = chance
        self._lookalikes = lookalikes
        self.people = People(language, chance)
        self._kinds = {kind: carriers().get(f"{language} {kind}", []) for kind in ("before", "after", "whole", "none")}
        if language == "in":
            self._kinds = {kind: [*each, *carriers()[f"en {kind}"]] for kind, each in self._kinds.items()}
        own = {
            word
            for each in self._kinds.values()
            for line in each
            for word in re.findall(r"(?<![\w{])[^\W\d_]{2,}", line)
        }
        self._words = sorted(word for word in own if word == word.lower())
        if language in {"en", "in", "af"}:
            self._words += lookalikes.small
        elif language not in _NO_CAPITALS:  # in scripts without capitals, names are among the commonest words
            self._words += lookalikes.spoken.get(language, [])
        self._space = "" if language in NO_SPACES else " "

    def example(self) -> Example:
        """Make one to three sentences."""
        made = Example()
        for index in range(self._chance.choice([1, 1, 2, 2, 3])):
            if index:
                made.add(self._chance.choice(["\n", "\n\n", self._space, self._space, ". " if self._space else "。"]))
            self._sentence(made)
        if self._chance.random() < 0.04 and len(made.text.upper()) == len(made.text):
            made.text = made.text.upper()
        elif self._chance.random() < 0.06 and len(made.text.lower()) == len(made.text):
            made.text = made.text.lower()
        return made

    def _amid_words(self, made: Example) -> None:
        """Write any name, or what looks like one, amid any words: the model must not wait for contexts it knows."""
        chance = self._chance
        for _ in range(chance.choice([1, 1, 2])):
            before = [chance.choice(self._words) for _ in range(chance.choice([0, 1, 2, 2, 3]))]
            if before and chance.random() < 0.4:
                before[0] = before[0].capitalize()
            if chance.random() < LED:
                before.append(
                    chance.choice(_LEADING.get(self._language, _LEADING["en"] if self._language == "in" else ("",)))
                )
            made.add(" ".join([*filter(None, before), ""]) if any(before) else "")
            self._slot(made, chance.choice(_AMID))
            made.add(chance.choice(["", "", "", "", ",", ".", ":", "?", "'s" if self._language == "en" else ""]) + " ")
            made.add(" ".join(chance.choice(self._words) for _ in range(chance.choice([1, 2, 2, 3]))))
            made.add(chance.choice([" ", " ", ". ", ", "]))

    def _sentence(self, made: Example) -> None:
        chance, kind = self._chance, self._chance.random()
        if len(self._words) > 30 and self._language not in {"zh", "ja", "ko", "th"} and chance.random() < 0.28:
            self._amid_words(made)
            return
        if kind < 0.32 or not self._kinds["whole"]:
            before = chance.choice(self._kinds["before"]) if chance.random() < 0.93 else ""
            self._fill(made, before)
            if before and before[-1] not in "\n，：、。" and self._language not in {"zh", "ja", "th"}:
                made.add(" ")
            lower = self._language in {"en", "in"} and before[:1].islower() and chance.random() < 0.3
            self._fill(
                made,
                ("{n}" if lower else "{N}")
                if chance.random() < 0.5
                else ("{g}" if lower else "{G}")
                if chance.random() < 0.7
                else "{F}",
            )
            self._fill(made, chance.choice(self._kinds["after"]))
        elif kind < 0.56 or not self._kinds["none"]:
            self._fill(made, chance.choice(self._kinds["whole"]))
        else:
            self._fill(made, chance.choice(self._kinds["none"]))

    def _fill(self, made: Example, carrier: str) -> None:
        end = 0
        for match in _SLOT.finditer(carrier):
            made.add(carrier[end : match.start()])
            self._slot(made, match[1])
            end = match.end()
        made.add(carrier[end:])

    def _slot(self, made: Example, slot: str) -> None:
        if slot.upper() in {"N", "G", "F", "U", "UN"}:
            draw = {
                "N": self.people.full,
                "U": self.people.full,
                "UN": self.people.full,
                "G": self.people.given,
                "F": self.people.family,
            }
            name = draw[slot.upper()]()
            name = name.upper() if slot in {"U", "UN"} else name.lower() if slot.islower() else name
            made.add(name, is_name=True)
            share, mask = 0.2 if slot.islower() else 0.6, _NAME
        else:
            name = self._lookalikes.draw(slot, self._language)
            made.add(name)
            share, mask = (0.6, _NAME) if slot == "Y" else (0.05, ~_NAME) if slot in _COMMON_SLOTS else (0.25, ~_NAME)
        if self._chance.random() < share:
            made.hidden.update(dict.fromkeys((small(word) for word in re.split(r"[ .]", name)), mask))


def held_in(example: Example, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """Return a label for each word: `B` begins a name, `I` goes on, `O` is none."""
    labels: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        within = next((span for span in example.spans if span[0] < end and start < span[1]), None)
        labels.append("O" if within is None else "B" if start <= within[0] else "I")
    return labels
