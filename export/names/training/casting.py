"""Draws names of persons, in the forms that a language has."""

import random
from collections.abc import Mapping, Sequence

from export.names import sections
from export.names.training.people import given_and_family, of_half

FAMILY_FIRST = frozenset({"hu", "vi", "zh", "ja", "ko"})
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
ABROAD = ("in", "af", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "sv", "tr", "vi")
FROM_ABROAD = 0.15
"""Of the names in English texts."""
IN_SYLLABLES, SOUNDED, CALLED = 0.25, 0.06, 0.06
"""Of Japanese given names, those written by sound; of Chinese ones, those from other languages, and nicknames."""


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
            case "zh" if chance.random() < SOUNDED:
                return chance.choice(self._han["zh_foreign"])
            case "zh" if chance.random() < CALLED:
                return chance.choice("小阿") + chance.choice(self._han["zh_given"])
            case "zh":
                signs = self._han["zh_given"]
                made = chance.choice(signs) + (chance.choice(signs) if chance.random() < 0.7 else "")
                return chance.choice(self._given) if chance.random() < 0.3 else made
            case "ja" if chance.random() < IN_SYLLABLES:
                return chance.choice(self._han["ja_kana"])
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
