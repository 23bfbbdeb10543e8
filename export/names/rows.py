"""Rows of words with capitals: `Kafka, NATS and Ann` is made of things or of people, seldom of both."""

from collections.abc import Sequence

from export.names.joining import is_capital
from export.names.lists import Is, Lists
from export.names.tokens import Token

_LINKS = frozenset(
    ", ; / & + | • * - 、 ، and or und oder et ou y o e og och eller i czy lub и или та й або ve ya veya és és vagy"  # noqa: SIM905
    " en of a nebo și sau dan atau và hoặc hay και ή vs".split()
)
_LABELS = frozenset(
    "recipe ingredients steps topics itinerary playlist receta ingredientes pasos temas zutaten rezept themen"  # noqa: SIM905
    " schritte einkaufsliste gliederung bastelanleitung recette ingrédients étapes passos receita ricetta ingredienti"
    " passaggi recept ingrediënten stappen przepis składniki suroviny opskrift oppskrift ingredienser tarif malzemeler"
    " resep bahan rețetă ingrediente hozzávalók рецепт ингредиенты рецепти συνταγή υλικά".split()
)
"""What a list of things is headed with."""
_LONGEST = 3
"""Words of what stands in a row."""
_OTHER = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_NAME = Is.GIVEN | Is.FAMILY


def among_things(words: Sequence[Token], barred: Sequence[bool], spoken: int, lists: Lists) -> list[str]:
    """Tell which words stand in a row with known things, and with no listed given name.

    `r` is for them, `l` where a label heads the row or most of it are words of the text's language. Two small towns
    are as one thing.
    """
    found = [""] * len(words)
    for items in _rows(words):
        kinds = [_kind(words, item, barred, spoken, lists) for item in items]
        first = items[0].start
        is_headed = first > 1 and words[first - 1].text == ":" and words[first - 2].text.lower() in _LABELS
        is_of_words = len(kinds) > 3 and 2 * kinds.count("word") > len(kinds)
        is_of_things = "thing" in kinds or kinds.count("town") > 1 or is_of_words
        if (is_headed or is_of_things) and "name" not in kinds:
            for item in items:
                for place in item:
                    found[place] = "l" if is_headed or is_of_words else "r"
    return found


def _rows(words: Sequence[Token]) -> list[list[range]]:
    """Return rows of at least two: the places of the words in each."""
    rows: list[list[range]] = []
    row: list[range] = []
    start, is_linked = 0, False
    for index, text in enumerate((*(word.text for word in words), "\n")):
        if is_capital(text) and text[0].isalpha():
            continue
        is_item = index > start
        if is_item:
            item = range(max(start, index - _LONGEST), index)
            row = [*row, item] if is_linked else [item]
        start = index + 1
        if not row:
            continue
        is_linked = text.lower() in _LINKS or text == "\n" or (text in ".)" and not is_item) or text.isdigit()
        if not is_linked or index == len(words):
            if len(row) > 1:
                rows.append(row)
            row = []
    return rows


def _kind(words: Sequence[Token], item: range, barred: Sequence[bool], spoken: int, lists: Lists) -> str:
    traits = [lists.traits(words[place].text) for place in item]
    if any(barred[place] for place in item) or all(what & _OTHER and not what & _NAME for what in traits):
        return "thing"
    if traits[0] & Is.GIVEN and not traits[0] & _OTHER:
        return "name"
    if all(what & Is.TOWN and not what & _NAME for what in traits):
        return "town"
    is_spoken = all(lists.spoken_in(words[place].text.lower()) & spoken for place in item)
    return "word" if is_spoken and not any(what & _NAME for what in traits) else ""
