"""Rows of words with capitals: `Kafka, NATS and Ann` is made of things or of people, seldom of both."""

from collections.abc import Sequence

from export.names.lists import Is, Lists
from export.names.tokens import Token, Words

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
_SIGNS = frozenset(".)")
"""What stands after the number or letter of an item, not after the item itself."""
_LONGEST = 3
"""Words of what stands in a row."""
_OTHER = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_NAME = Is.GIVEN | Is.FAMILY


def among_things(words: Words, barred: Sequence[bool], spoken: int, lists: Lists) -> list[str]:
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


def _rows(words: Words) -> list[list[range]]:
    """Return rows of at least two: the places of the words in each."""
    rows: list[list[range]] = []
    end = -1
    for run in _runs(words):
        item = range(max(run.start, run.stop - _LONGEST), run.stop)
        if 0 < end < run.start and _is_linked(words.texts[end : run.start]):
            rows[-1].append(item)
        else:
            rows.append([item])
        end = run.stop
    return [row for row in rows if len(row) > 1]


def _runs(words: Words) -> list[range]:
    """Return the places of words with capitals that stand side by side."""
    found: list[range] = []
    for place in words.capitals:
        if words.texts[place][0].isalpha():
            is_next = found and found[-1].stop == place
            start = found.pop().start if is_next else place
            found.append(range(start, place + 1))
    return found


def _is_linked(between: Sequence[str]) -> bool:
    """Tell whether what stands between two runs makes a row of them."""
    return between[0] not in _SIGNS and all(
        text in _SIGNS or text == "\n" or text.lower() in _LINKS or text.isdigit() for text in between
    )


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
