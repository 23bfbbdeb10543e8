"""What a word may be else than a name: the kind of a candidate, by the lists and by what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from export.names.joining import BEFORE_NAMES, PARTICLES
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists
from export.names.made import is_of_things
from export.names.pairs import is_of_common_words
from export.names.tokens import Token, is_capital
from export.names.windows import is_word_only

_NAME = Is.GIVEN | Is.FAMILY
_LEVELS = Is.ENGLISH | Is.FOREIGN
_ELSEWHERE = 2 << FOREIGN_SHIFT
"""A bit that is there from the second of three levels on."""
_SELDOM = 1 << ENGLISH_SHIFT | 1 << FOREIGN_SHIFT
ARTICLES = frozenset(
    "the der die das den dem des ein eine einen la les el los las il gli het det an un una une um uma".split()  # noqa: SIM905
)
WHERE = frozenset(
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
ENDS = frozenset({"", ".", "!", "?", "\n", ":"})
_COARSE = {
    **dict.fromkeys(("famous", "leads", "veto", "veto_name", "other"), "thing"),
    **dict.fromkeys(("major", "where", "place", "place_name"), "place"),
    **dict.fromkeys(("name", "often_name", "common_name", "own_name"), "name"),
    **dict.fromkeys(("own", "own_rare", "own_part"), "own"),
    **dict.fromkeys(("thing_only", "thing_english", "figure"), "large"),
    **dict.fromkeys(("common", "common_pair", "common_initial", "often", "seldom"), "common"),
    **dict.fromkeys(("small", "small_word", "small_common", "small_given", "small_odd"), "small"),
    **dict.fromkeys(("letter", "letter_common", "letter_own", "letter_own_name", "letter_name"), "letter"),
    "sign": "sign",
}


def coarse(kind: str) -> str:
    """Return a kind as one of a few: `plain` for what no list has."""
    return _COARSE.get(kind, "plain")


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the conversation that a word stands in."""

    small: set[str]
    """Words that it has in small letters or after an article."""
    spoken: int
    """Its languages, as bits."""
    facts: tuple[str, ...] = field(default=())
    """What it is like as a whole: how many capitals, words of persons, known things it has."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How often it has each word with a capital, by the word in small letters."""


def kind_of(words: Sequence[Token], index: int, around: Around, lists: Lists, line: str) -> str:
    """Return the kind of a word; for `line` see `lines`."""
    word = words[index].text
    what = lists.traits(word)
    if not is_capital(word):
        return _of_small(word, what, lists, around.spoken)
    low = word.lower()
    before = words[index - 1].text.lower() if index else ""
    if (low,) in lists.famous or low in BEFORE_NAMES:
        return "famous"
    if _leads_on(words, index):
        return "leads"
    if what & (Is.VETO | Is.PLACE) or low in lists.major:
        return _of_thing(before, low, what, lists)
    if not what & _NAME and not (line == "c" and len(word) > 3) and _is_other(word, low, lists):
        return "other"
    if before in ARTICLES and not what & _NAME:
        return "article"
    if low in around.small and not what & Is.GIVEN:
        return "also_small"
    return _of_word(words, index, around.spoken, lists)


def _of_word(words: Sequence[Token], index: int, spoken: int, lists: Lists) -> str:
    """Return it for what is neither a place nor surely a thing."""
    what, low = lists.traits(words[index].text), words[index].text.lower()
    is_own = bool(lists.spoken_in(low) & spoken)
    if what & _NAME:
        common = "common_name" if _is_english(what) else "often_name" if what & _ELSEWHERE else "name"
        return "own_name" if is_own and common != "common_name" else common
    if is_own and not _is_english(what):
        return "own" if what & _ELSEWHERE else "own_rare"
    if not what & ~_LEVELS and is_of_things(low, spoken, lists):
        return "own_part"
    if _is_english(what) and is_of_common_words(words, index, lists):
        return "common_pair"
    return _of_other(words[index - 1].text.lower() if index else "", low, what)


def _of_other(before: str, low: str, what: int) -> str:
    """Return it for what no list has as a name or surely as a thing."""
    if what & Is.FIGURE:
        return "figure"
    if what & Is.THING:
        return "thing_english" if _is_english(what) else "thing_only"
    if _is_english(what):
        return "common_initial" if before in ENDS else "common"
    if what & Is.FOREIGN == Is.FOREIGN:
        return "often"
    if what & (_ELSEWHERE | Is.WORD):
        return "seldom"
    if what & _SELDOM:
        return "rare"
    return "unknown" if low[0] < "\u0370" or low[0] >= "\u1e00" else "unknown_other"


def _is_english(what: int) -> bool:
    """Tell whether our own lists have it as a common word, or English now and then."""
    is_word = what & Is.NOUN or (what & Is.WORD and what & _LEVELS)
    return bool(is_word) or what & Is.ENGLISH >= 2 << ENGLISH_SHIFT


def _leads_on(words: Sequence[Token], index: int) -> bool:
    """Tell whether what follows makes a thing of it: `Street`, `theorem`, a number."""
    if index + 1 == len(words) or words[index + 1].start != words[index].end + 1:
        return False
    after = words[index + 1].text
    return after.lower() in _OF_THINGS or after.isdigit()


def _of_thing(before: str, low: str, what: int, lists: Lists) -> str:
    if what & Is.VETO:
        return "veto_name" if what & Is.GIVEN else "veto"
    if low in lists.major:
        return "major"
    return "where" if before in WHERE else "place_name" if what & _NAME else "place"


def _is_other(word: str, low: str, lists: Lists) -> bool:
    """Tell whether a word is short for something, an identifier, or made of common words: CEO, fontTools, Carry-On."""
    if word.isupper() and len(word) < 6:
        return True
    if word[1:] != word[1:].lower() and not word.isupper() and word.isalpha() and not word.startswith(_PREFIXES):
        return True
    return "-" in low and any(lists.known.get(part, 0) & Is.WORD for part in low.split("-"))


def _of_small(word: str, what: int, lists: Lists, spoken: int) -> str:
    low = word.lower()
    if low[0] < "\u0590":
        if word != low:  # fontTools
            return "small_odd"
        if what & Is.WORD or _is_english(what) or low in PARTICLES or low in lists.cues:
            return "small_given" if what & Is.GIVEN else "small_common"
        if "-" in low and any(is_word_only(lists.traits(part)) for part in low.split("-") if part):  # tie-in
            return "small_odd"
        return "small_word" if what & _ELSEWHERE else "small"
    if low[0] >= "\u3000":
        return "sign"
    if lists.spoken_in(low) & spoken:
        return "letter_own_name" if what & _NAME else "letter_own"
    if what & _NAME:
        return "letter_name"
    return "letter" if not what & ~_SELDOM else "letter_common"
