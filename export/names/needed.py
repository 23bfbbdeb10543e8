"""How likely the model must find a word to be part of a name, by what else it might be and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from export.names.joining import BEFORE_NAMES, PARTICLES, is_capital
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists
from export.names.made import is_of_things
from export.names.needs import Needs
from export.names.pairs import is_like_a_full_name, is_of_common_words
from export.names.tokens import Token
from export.names.windows import is_word_only

_NAME = Is.GIVEN | Is.FAMILY
_LEVELS = Is.ENGLISH | Is.FOREIGN
_ELSEWHERE = 2 << FOREIGN_SHIFT
"""A bit that is there from the second of three levels on."""
_CLOSED = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_SELDOM = 1 << ENGLISH_SHIFT | 1 << FOREIGN_SHIFT
_ARTICLES = frozenset(
    "the der die das den dem des ein eine einen la les el los las il gli het det an un una une um uma".split()  # noqa: SIM905
)
_WHERE = frozenset(
    "in at near from to en à au aux nach aus bei w v ve na do z из в во на у k em no ze i på ved di ke ở tại"  # noqa: SIM905
    " đến από στην στη στο".split()
)
_OF_THINGS = frozenset(
    "inc ltd llc corp gmbh university college institute school academy street avenue road boulevard river county"  # noqa: SIM905
    " valley bay beach airport station bridge tower museum hotel park island islands mountains city hall cathedral"
    " theorem algorithm effect equation law syndrome disease app version api framework library edition series"
    " cup league united fc act treaty amendment distribution method principle constant curve".split()
)
_PREFIXES = ("Mc", "Mac", "De", "Di", "Da", "La", "Le", "Van", "Fitz", "O", "Ó", "Ni", "Al", "El")
_ENDS = frozenset({"", ".", "!", "?", "\n", ":"})
_BESIDE = frozenset({"honorific", "relation", "greeting", "closing", "named", "header"})


NEEDS = Needs()
CERTAIN = 0.7
"""Where as much as this is needed, something else is known of a word, however many names the conversation has."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the conversation that a word stands in."""

    small: set[str]
    """Words that it has in small letters or after an article."""
    spoken: int
    """Its languages, as bits."""
    is_of_persons: bool = False
    """It has a sure name elsewhere."""


def needed(words: Sequence[Token], index: int, around: Around, lists: Lists, line: str, row: str) -> float:
    """Return how likely the model must find a word; for `line` see `lines`, for `row` `among_things`."""
    word = words[index].text
    what = lists.traits(word)
    if not is_capital(word):
        value = _of_small(word, what, lists, around.spoken)
        if not around.is_of_persons or word[0] >= "\u3000":
            return value
        return value * (NEEDS.eager_letter if word[0] >= "\u0590" else NEEDS.eager_small)
    is_plain = not what & ~(_NAME | _SELDOM)
    titled = NEEDS.titled_name if is_plain else NEEDS.titled
    more = titled if line == "t" else NEEDS.capitals if line == "c" else 0.0
    value = _of_capital(words, index, around, lists, line)
    if row:
        in_row = NEEDS.in_row_name if what & _NAME else NEEDS.in_row
        value = max(value, NEEDS.labelled if row == "l" else in_row)
    if around.is_of_persons and value < CERTAIN and not what & _CLOSED and not _is_english(what):
        return (value + more) * NEEDS.eager
    if around.is_of_persons and not row and not more and (low := word.lower()) not in BEFORE_NAMES:
        value *= _eagerness(what, low, lists)
    elif is_plain and line != "t" and is_like_a_full_name(words, index, around.spoken, lists):
        value *= NEEDS.paired
    return min(0.985, value + more)


def _eagerness(what: int, low: str, lists: Lists) -> float:
    """Return what the need of a word that may be else is multiplied with, where the conversation has sure names."""
    if low in lists.major or (low,) in lists.famous or what & Is.VETO:
        return NEEDS.eager_veto
    if what & Is.PLACE:
        return NEEDS.eager_place
    if what & (Is.THING | Is.FIGURE):
        return NEEDS.eager_thing
    return NEEDS.eager_word if what & Is.NOUN or _is_english(what) else NEEDS.eager_own


def _of_capital(words: Sequence[Token], index: int, around: Around, lists: Lists, line: str) -> float:
    word = words[index].text
    what, low = lists.traits(word), word.lower()
    before = words[index - 1].text.lower() if index else ""
    if (low,) in lists.famous or low in BEFORE_NAMES:
        return 0.985
    if _leads_on(words, index):
        return 0.93
    if what & (Is.VETO | Is.PLACE) or low in lists.major:
        return _of_thing(before, low, what, lists)
    if not what & _NAME and not (line == "c" and len(word) > 3) and _is_other(word, low, lists):
        return 0.9
    if before in _ARTICLES and not what & _NAME:
        return NEEDS.article
    if low in around.small and not what & Is.GIVEN:
        return NEEDS.also_small
    return _of_word(words, index, around.spoken, lists)


def _of_word(words: Sequence[Token], index: int, spoken: int, lists: Lists) -> float:
    """Return it for what is neither a place nor surely a thing."""
    what, low = lists.traits(words[index].text), words[index].text.lower()
    is_own = bool(lists.spoken_in(low) & spoken)
    if what & _NAME:
        common = NEEDS.common_name if _is_english(what) else NEEDS.often_name if what & _ELSEWHERE else NEEDS.name
        return max(common, NEEDS.own_name) if is_own else common
    if is_own and not _is_english(what):
        return NEEDS.own if what & _ELSEWHERE else NEEDS.own_rare
    if not what & ~_LEVELS and is_of_things(low, spoken, lists):
        return NEEDS.own_part
    if _is_english(what) and is_of_common_words(words, index, lists):
        return NEEDS.common_pair
    return _of_other(words[index - 1].text.lower() if index else "", low, lists, what)


def _of_other(before: str, low: str, lists: Lists, what: int) -> float:
    """Return it for what no list has as a name or surely as a thing."""
    if what & Is.FIGURE:
        return NEEDS.figure
    if what & Is.THING:
        return max(NEEDS.thing, NEEDS.common) if _is_english(what) else NEEDS.thing
    if _is_english(what):
        return max(NEEDS.common, NEEDS.common_initial) if before in _ENDS else NEEDS.common
    is_often = what & Is.FOREIGN == Is.FOREIGN
    is_seldom = what & (_ELSEWHERE | Is.WORD)
    elsewhere = NEEDS.often if is_often else NEEDS.seldom if is_seldom else NEEDS.rare if what & _SELDOM else 0.0
    return max(_of_unknown(before, low, lists), elsewhere)


def _is_english(what: int) -> bool:
    """Tell whether our own lists have it as a common word, or English now and then."""
    is_word = what & Is.NOUN or (what & Is.WORD and what & _LEVELS)
    return bool(is_word) or what & Is.ENGLISH >= 2 << ENGLISH_SHIFT


def _of_unknown(before: str, low: str, lists: Lists) -> float:
    if lists.cues.get(before) in _BESIDE:
        return NEEDS.cued
    if low[0] >= "\u0370" and low[0] < "\u1e00":
        return NEEDS.other
    return NEEDS.initial if before in _ENDS else NEEDS.unknown


def _leads_on(words: Sequence[Token], index: int) -> bool:
    """Tell whether what follows makes a thing of it: `Street`, `theorem`, a number."""
    if index + 1 == len(words) or words[index + 1].start != words[index].end + 1:
        return False
    after = words[index + 1].text
    return after.lower() in _OF_THINGS or after.isdigit()


def _of_thing(before: str, low: str, what: int, lists: Lists) -> float:
    if what & Is.VETO:
        return NEEDS.veto_name if what & Is.GIVEN else NEEDS.veto
    if low in lists.major:
        return 0.9
    return NEEDS.where if before in _WHERE else NEEDS.place_name if what & _NAME else NEEDS.place


def _is_other(word: str, low: str, lists: Lists) -> bool:
    """Tell whether a word is short for something, an identifier, or made of common words: CEO, fontTools, Carry-On."""
    if word.isupper() and len(word) < 6:
        return True
    if word[1:] != word[1:].lower() and not word.isupper() and word.isalpha() and not word.startswith(_PREFIXES):
        return True
    return "-" in low and any(lists.known.get(part, 0) & Is.WORD for part in low.split("-"))


def _of_small(word: str, what: int, lists: Lists, spoken: int) -> float:
    low = word.lower()
    if low[0] < "\u0590":
        if word != low:  # fontTools
            return 0.97
        if what & Is.WORD or _is_english(what) or low in PARTICLES or low in lists.cues:
            return 0.5 if what & Is.GIVEN else 0.97
        if "-" in low and any(is_word_only(lists.traits(part)) for part in low.split("-") if part):  # tie-in
            return 0.97
        if what & _ELSEWHERE:
            return NEEDS.small_word
        return NEEDS.small
    if low[0] >= "\u3000":
        return NEEDS.sign
    if lists.spoken_in(low) & spoken:
        return NEEDS.letter_own_name if what & _NAME else NEEDS.letter_own
    if what & _NAME:
        return NEEDS.letter_name
    return NEEDS.letter if not what & ~_SELDOM else NEEDS.letter_common


def things(row: Sequence[Token]) -> set[str]:
    """Return, in small letters, the words that a text has in small letters or after an English article."""
    found = {word for word, _, _ in row if word == word.lower()}
    return found | {
        row[index].text.lower() for index in range(1, len(row)) if row[index - 1].text.lower() in {"the", "a", "an"}
    }


def lines(words: Sequence[Token], lists: Lists) -> list[str]:
    """Tell for each word how its line is written: `t` as a title is, `c` where all letters are capitals.

    A title has capitals where a sentence has none: at common words, whereas a list of names has them elsewhere.
    """
    found: list[str] = []
    start = 0
    for end in range(len(words) + 1):
        if end == len(words) or words[end].text == "\n":
            found += [_line([each.text for each in words[start:end]], lists)] * (end - start + (end < len(words)))
            start = end + 1
    return found


def _line(row: Sequence[str], lists: Lists) -> str:
    letters = [word for word in row if word[0].isalpha()]
    if len(letters) > 2 and all(word.isupper() for word in letters):
        return "c"
    if sum(map(is_capital, letters)) < 3:
        return ""
    common = [word for word in letters[1:] if len(word) > 3 and is_word_only(lists.traits(word))]
    return "t" if len(common) > 1 and sum(map(is_capital, common)) >= 0.75 * len(common) else ""
