"""Makes labelled sentences: carriers filled with names of the training half, and with what only looks like names."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from export.names import sections
from export.names.joining import is_capital
from export.names.lists import PHRASES, Is, small
from export.names.tokens import tokens
from export.names.training.languages import SPOKEN_WORDS as SPOKEN
from export.names.training.material import carriers, clean_messages, is_set_aside
from export.names.training.pack import packed
from export.names.training.people import given_and_family, of_half

_SLOT = re.compile(r"\{(\w+)\}")
FAMILY_FIRST = frozenset({"hu", "vi", "zh", "ja", "ko"})
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
_BEFORE_FAMILY = ("de ", "van ", "von ", "de la ", "van der ", "di ", "da ", "Mc", "O'", "del ")
_LINKS = {
    "es": ("", "", "", "de ", "y "),
    "pt": ("", "", "da ", "dos ", "de "),
    "nl": ("van der ", "van ", "de "),
    "in": ("", "K. ", "R. "),
    "ar": ("بن ", "آل "),
    "af": ("",),
}
"""What joins two family names, or a given name and two others."""
_NAME = Is.GIVEN | Is.FAMILY
_AMID = ("N", "N", "N", "N", "G", "G", "G", "F", "F", "B", "B", "Y", "K", "K", "P", "V", "W")
_COMMON_SLOTS = frozenset({"W", "L", "V", "UW", "C1", "U1", "C"})
_ANY_THING = frozenset({"B", "K", "O", "E", "T", "W", "V"})
SCRIPTS = frozenset({"ar", "bn", "fa", "he", "hi", "ta", "th", "el", "ru", "uk"})
OWN = 0.5
"""Of the things in a text of such a script, how many are written in it."""
_LITTLE = ("of", "the", "and", "in", "for", "to", "a", "with", "at", "on", "Of", "The", "And", "To", "From")
_BEGINS = tuple(
    "b c d f g h j k l m n p q r s t v w x z br cr dr gr tr st sp sk pl cl fl bl ch sh th ph qu".split()  # noqa: SIM905
)
_VOWELS = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "y", "ou", "ee", "ai", "ea", "io", "ia", "au")
_ENDS = tuple(
    "x n r s t l ck nt st ll ix ex ify ly us um ium ora on oid saur ics ware tech gen pro max io zo ko ra ga na ta is"  # noqa: SIM905
    " os as ene ol ine in ite ide ane it er or al el ia ea ah ing ville ton ham burg ford berg stan land"
    " shire mouth".split()
)
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
ABROAD = ("in", "af", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "sv", "tr", "vi")
FROM_ABROAD = 0.15
"""Of the names in English texts."""
CLEAN = 12
"""How often each clean message is seen."""
UNSEEN, UNSEEN_SMALL = 0.4, 0.03
"""Of the words of a clean message, how many are as if no list had them."""
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


class People:
    """Draws names of a language: of the training's half, or others."""

    def __init__(self, language: str, chance: random.Random, others: Mapping[str, Sequence[str]] | None = None) -> None:
        self._chance = chance
        self._language = language
        given, family = given_and_family(language)
        self._given, self._family = of_half(given, "train") or ["Anna"], of_half(family, "train") or ["Meyer"]
        common = sections.read(sections.DATA / "common_names.txt")
        if others:
            self._given = [each.replace("_", " ") for each in others.get(f"{language} given", self._given)]
            self._family = [each.replace("_", " ") for each in others.get(f"{language} family", self._family)]
        elif language in {"en", "in", "af"}:
            self._given = self._given + [each for each in common["given"] if each.isascii()]
        if language == "vi":
            self._given = self._given if others else common["vi_given"]
            self._family = common["vi_family"]
        self._han = sections.read(sections.DATA / "han.txt")
        self._abroad: list[tuple[str, str]] = []
        if language == "en" and not others:
            for each in ABROAD:
                firsts, lasts = (of_half(names, "train") for names in given_and_family(each))
                self._abroad += zip(firsts, chance.choices(lasts, k=len(firsts)), strict=True)

    def given(self) -> str:
        """Draw a given name."""
        chance = self._chance
        if self._abroad and chance.random() < FROM_ABROAD:
            return chance.choice(self._abroad)[0]
        match self._language:
            case "zh":
                signs = self._han["zh_given"]
                made = chance.choice(signs) + (chance.choice(signs) if chance.random() < 0.7 else "")
                return chance.choice(self._given) if chance.random() < 0.3 else made
            case "ja" if chance.random() < 0.7:
                signs = self._han["ja_given"]
                return chance.choice(signs) + chance.choice(signs)
            case "ko" if chance.random() < 0.7:
                signs = self._han["ko_given"]
                return chance.choice(signs) + chance.choice(signs)
            case "vi" if chance.random() < 0.1:
                return chance.choice(self._given) + " " + chance.choice(self._given)
            case _:
                return chance.choice(self._given)

    def family(self) -> str:
        """Draw a family name."""
        if self._language in {"zh", "ja", "ko"}:
            return self._chance.choice(self._han[f"{self._language}_family"])
        if self._abroad and self._chance.random() < FROM_ABROAD:
            return self._chance.choice(self._abroad)[1]
        return self._chance.choice(self._family)

    def full(self) -> str:
        """Draw a full name, in one of the forms that the language has."""
        chance, kind = self._chance, self._chance.random()
        given, family = self.given(), self.family()
        if self._language == "vi":
            middle = " " + chance.choice([*self._given, "Thị", "Văn"]) if kind < 0.7 else ""
            return f"{family}{middle} {given}"
        if self._language in FAMILY_FIRST:
            gap = " " if self._language == "hu" or (self._language != "zh" and kind < 0.15) else ""
            return f"{family}{gap}{given}"
        if kind < 0.06:
            return f"{given} {self.given()} {family}"
        if kind < 0.10 and given[0] != given[0].lower():
            return f"{given} {self.given()[0]}. {family}"
        if kind < 0.14 and given[0] != given[0].lower():
            return f"{given[0]}. {family}"
        if kind < 0.18:
            return f"{given} {family}-{self.family()}"
        if kind < 0.22 and self._language in {"es", "pt", "fr", "nl", "it", "en", "de"}:
            return f"{given} {chance.choice(_BEFORE_FAMILY)}{family}"
        if kind < 0.36 and self._language in _LINKS:
            return f"{given} {family} {chance.choice(_LINKS[self._language])}{self.family()}"
        if self._language in {"ru", "uk"} and kind < 0.3:
            return f"{family} {given}"
        return f"{given} {family}"


class Lookalikes:
    """Draws what has a capital and is no name."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        vetoes = sections.read(sections.DATA / "vetoes.txt", comma=True)
        words = sections.read(sections.DATA / "words.txt.xz")
        towns = [each.replace("_", " ") for each in words["town"]]
        latin = towns[::3] + [
            each.replace("_", " ") for each in words["place"] if each[0] < "\u0250" or "\u1e00" < each[0] <= "\u1eff"
        ]
        small = [each.capitalize() for each in words["word"] if each.isascii() and len(each) > 3]
        prose = [each.capitalize() for part in sections.read(sections.DATA / "prose.txt").values() for each in part]
        self.small = [each.lower() for each in prose] * 2 + [each.lower() for each in small[::7]]
        """Common English words."""
        phrases = {
            kind: [each.replace("_", " ") for each in every] for kind, every in sections.read(PHRASES).items() if kind
        }
        self._by_slot = {
            "P": latin + phrases["place"] + vetoes["place"] * 12,
            "O": (vetoes["company"] + vetoes["product"]) * 6 + phrases["thing"],
            "D": vetoes["demonym"],
            "M": (vetoes["myth"] + vetoes["fiction"] + vetoes["figure"] + vetoes["public"]) * 2 + phrases["figure"],
            "E": vetoes["food"],
            "T": vetoes["brandword"] + vetoes["institution"],
            "W": prose * 4 + small,
            "U1": [each for each in words["noun"] if len(each) > 4],
        }
        self._written = packed()
        latin = [each for kind, every in sorted(self._written.items()) if kind not in SCRIPTS for each in sorted(every)]
        self._by_slot["O"] += latin
        self._by_script = {kind: sorted(every) for kind, every in self._written.items() if kind in SCRIPTS}
        listed = {word.lower() for part in sections.read(sections.DATA / "gazetteer.txt.xz").values() for word in part}
        spoken = sections.read(SPOKEN)
        self.spoken = {language: [word for word in each if word not in listed] for language, each in spoken.items()}
        """The commonest words of other languages than English, but for those that are names, too."""
        self._kinds = {**self._by_slot, "C": vetoes["calendar"]}
        self._brands = words["brand"]
        names = sections.read(sections.DATA / "gazetteer.txt.xz")
        self._names = [each for part in names.values() for each in part if each.isascii()]
        self._title = [each.capitalize() for each in self.small]
        german = sections.read(sections.DATA / "prose.txt")["german"]
        self._kinds["U1"] = self._by_slot["U1"] + [each.capitalize() for each in german] * 8
        self._others = {
            script: [each.replace("_", " ") for each in words["place"] if low <= each[0] <= high]
            for script, low, high in (
                ("ru", "\u0400", "\u04ff"),
                ("el", "\u0370", "\u03ff"),
                ("ar", "\u0600", "\u06ff"),
                ("he", "\u0590", "\u05ff"),
                ("hi", "\u0900", "\u097f"),
                ("th", "\u0e00", "\u0e7f"),
                ("zh", "\u4e00", "\u9fff"),
                ("ko", "\uac00", "\ud7af"),
                ("bn", "\u0980", "\u09ff"),
                ("ta", "\u0b80", "\u0bff"),
            )
        }

    def draw(self, slot: str, language: str) -> str:
        """Draw for a slot."""
        if slot == "W" and language in self.spoken:
            return self._chance.choice(self.spoken[language]).capitalize()
        if slot in _ANY_THING and language in self._by_script and self._chance.random() < OWN:
            return self._chance.choice(self._by_script[language])
        script = {"uk": "ru", "fa": "ar", "ja": "zh"}.get(language, language)
        if slot in {"P", "K"} and self._others.get(script) and self._chance.random() < 0.9:
            return self._chance.choice(self._others[script])
        if slot == "K":
            slot = self._chance.choice("PPOODMETTWWCBBY")
        made = self._made(slot)
        if made:
            return made
        return self._chance.choice(self._kinds[slot])

    def _made(self, slot: str) -> str:
        """Make what no list has: brands, titles, classes, words in capitals, things that are called like people."""
        chance = self._chance
        match slot:
            case "B":
                return self._brand()
            case "Y":
                return chance.choice(self._names)
            case "L":
                return chance.choice(self.small)
            case "UW":
                return chance.choice(self.small).upper()
            case "UP":
                return chance.choice(self._kinds["P"]).upper()
            case "C1":
                return chance.choice(self._title) + chance.choice(self._title)
            case "V":
                words = [chance.choice(self._title) for _ in range(chance.choice([1, 2, 2, 3, 3, 4, 5]))]
                for index in range(1, len(words) - 1):
                    if chance.random() < 0.4:
                        words[index] = chance.choice(_LITTLE)
                return ("The " if chance.random() < 0.3 else "") + " ".join(words)
            case _:
                return ""

    def _brand(self) -> str:
        """Return the name of a thing: a known one, a place, or letters thrown together."""
        chance, kind = self._chance, self._chance.random()
        if kind < 0.4:
            return chance.choice(self._kinds[chance.choice("POMETO")])
        if kind < 0.55:
            return chance.choice(self._brands).capitalize()
        if kind < 0.65:
            return chance.choice(self._title)
        if kind < 0.74:
            return chance.choice(self._names)
        if kind < 0.84:
            word = chance.choice(self._title)
            return word[: max(3, len(word) - 2)] + chance.choice(_ENDS)
        made = "".join(chance.choice(_BEGINS) + chance.choice(_VOWELS) for _ in range(chance.choice([1, 2, 2, 3])))
        made = (made + chance.choice(_ENDS)).capitalize()
        return f"{made} {chance.choice(self._title)}" if chance.random() < 0.12 else made


def examples(seed: int, scale: float = 1.0) -> Iterator[Example]:
    """Yield sentences in all languages, mixed."""
    chance = random.Random(seed)
    lookalikes = Lookalikes(chance)
    languages = sorted({key.split()[0] for key in carriers()})
    plan = [each for each in languages for _ in range(int(SHARES.get(each, SHARE) * scale))]
    chance.shuffle(plan)
    makers = {language: Maker(language, chance, lookalikes) for language in languages}
    messages = [text for _, text in clean_messages() if not is_set_aside(text)]
    left = [text for text in messages for _ in range(round(CLEAN * scale))]
    chance.shuffle(left)
    every = max(1, len(plan) // max(1, len(left)))
    for number, language in enumerate(plan):
        yield makers[language].example()
        if number % every == 0 and left:
            yield _clean(left.pop(), chance)


def _clean(text: str, chance: random.Random) -> Example:
    """Return a message without names; of some words the model must not see what they are."""
    made = Example(text)
    for word in sorted({token.text for token in tokens(text) if token.text[0].isalpha()}):
        if chance.random() < (UNSEEN if is_capital(word) or word[0] >= "\u0590" else UNSEEN_SMALL):
            made.hidden[small(word)] = ~_NAME
    return made


class Maker:
    """Makes the sentences of one language."""

    def __init__(self, language: str, chance: random.Random, lookalikes: Lookalikes) -> None:
        self._language = language
        self._chance = chance
        self._lookalikes = lookalikes
        self._people = People(language, chance)
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
                "N": self._people.full,
                "U": self._people.full,
                "UN": self._people.full,
                "G": self._people.given,
                "F": self._people.family,
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
