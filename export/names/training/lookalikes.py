"""Draws what looks like a name and is none."""

import random

from export.names import sections
from export.names.lists import PHRASES
from export.names.training.languages import SPOKEN_WORDS as SPOKEN
from export.names.training.pack import packed

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
