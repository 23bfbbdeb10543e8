"""What speaks against a listed name where nothing announces a person: a thing is called so, or it is a word there."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from export.names import sections
from export.names.gates import seen_after_blank
from export.names.joining import BEFORE_NAMES
from export.names.kept import Kept
from export.names.kinds import WHERE
from export.names.lists import NOW_AND_THEN, Is, Lists
from export.names.made import is_of_things
from export.names.tokens import Words, is_capital
from export.names.windows import is_common

DOUBTS = sections.DATA / "doubts.txt"
_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.VETO | Is.PLACE | Is.TOWN | Is.NOUN | Is.WORD | Is.THING
_ANNOUNCING = frozenset({"honorific", "relation", "greeting", "named", "role", "header"})
_OF_PERSONS = frozenset({"relation", "role"})
_PRONOUNS = ("he", "she", "him", "his", "her", "hers")
VIETNAMESE = re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư]")
"""What is seen of Vietnamese at once."""
_ONLY_VIETNAMESE = frozenset({"em", "bé", "cô", "chú"})
"""Words that announce a name in Vietnamese only."""
_PREFIXES = ("Mc", "Mac", "De", "Di", "Da", "La", "Le", "Van", "Fitz", "O", "Al", "El")
_SHORT = 3
"""Letters up to which a thing's word must have a capital: `via` and `Via Roma`."""
_NEAR = 3
"""Words on each side that a row of capitals is looked for in."""
_FEWEST, _FAR = 3, 200
"""Things in a row that make a row of things; characters on each side that a row is looked for in."""
_PARTS = re.compile(r"[,;|/•·،、]| [-–—] | (?:and|und|y|e|et|en|i|a|și|og|och|ve|és|и|та|і|και|và|dan) ")

_THING, _LARGE, _LISTED, _GIVEN, _OTHER, _NO_NAME, _WORD, _NEVER = (1 << place for place in range(8))
_ANNOUNCES, _NAMED, _SPEAKS, _CLOSES, _LABELS, _GREETS, _ELSEWHERE, _LEADS = (1 << place for place in range(8, 16))
_OPENS, _ENDS, _KEY, _BEGINS, _IN_ROW, _BEFORE, _SURE, _CASELESS = (1 << place for place in range(16, 24))
_IN_VIETNAM, _NAMELIKE, _ARTICLE = 1 << 24, 1 << 25, 1 << 26
"""What a word or sign tells by itself, see `Doubter._kind`."""
_ODD = _NEVER | _WORD | _CASELESS | _IN_VIETNAM
_TELLING_BEFORE = _THING | _LARGE | _ARTICLE | _NAMED | _OPENS | _IN_ROW | _ELSEWHERE
_TELLING_AFTER = _THING | _LARGE | _ENDS | _IN_ROW | _BEFORE
"""Without any of these there is nothing to doubt in a listed given name."""
_SIGNS: Mapping[int, str] = {
    _OPENS: '"“„«‘‹「『”»',
    _ENDS: '"”“»«’›」』',
    _KEY: ":,{[(=",
    _BEGINS: '.!?:\n“"(-*•',
    _IN_ROW: ",;|/•،",
    _BEFORE: "/&",
}
"""What opens and ends a quotation, what stands before a value, where a sentence begins, what sets items off, ..."""


@cache
def _known() -> dict[str, frozenset[str]]:
    """Return the words that speak against names by section, read once."""
    common = sections.read(sections.DATA / "common_names.txt")
    vietnamese = (each.lower() for each in (*common["vi_given"], *common["vi_family"]))
    return {name: frozenset(words) for name, words in sections.read(DOUBTS).items()} | {"vi": frozenset(vietnamese)}


def is_never(low: str) -> bool:
    """Tell whether a word is listed as a name by chance only."""
    return low in _known()["never"]


def of_things() -> frozenset[str]:
    """Return words in small letters for what things are: a name beside them is the thing's."""
    return _known()["thing"]


class Doubter:
    """Doubts names; what a word by itself tells is found out once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._kinds = Kept[str, int](self._kind)
        persons = (word for word, kind in lists.cues.items() if kind in _OF_PERSONS)
        self._has_persons = seen_after_blank((*_PRONOUNS, *persons))

    def doubts(self, plain: str, words: Words, index: int) -> bool:
        """Tell whether a word that a list, or a word beside it, makes a name of is rather none."""
        texts, kinds = words.texts, self._kinds
        kind = kinds[texts[index]]
        before = kinds[texts[index - 1]] if index else _BEGINS
        after = kinds[texts[index + 1]] if index + 1 < len(texts) else _BEGINS
        if not (kind & _ODD or not kind & _GIVEN or before & _TELLING_BEFORE or after & _TELLING_AFTER):
            return False
        first, last, seen = self._run(words, index) if (before | after) & _LARGE else (index, index, kind)
        if kind & _NEVER or before & _ARTICLE or self._is_of_thing(words, first, last, seen):
            return True
        if before & _NAMED and self._is_thing_named(words, index):
            return True
        if before & _ELSEWHERE and not VIETNAMESE.search(plain):
            before &= ~_ANNOUNCES
        is_announced = bool(before & (_ANNOUNCES | _SPEAKS) or after & _SPEAKS)
        if not is_announced and before & (_KEY | _BEGINS):
            is_announced = self._is_signed(words, index)
        if not kind & _GIVEN:
            is_other = seen & (_NO_NAME if is_announced else _OTHER) or (before | after) & _BEFORE
            if is_other or (before & _GREETS and first == last and self._is_compound(words.low[index])):
                return True
        if first and kinds[texts[first - 1]] & _OPENS and self._is_quoted(words, first, last):
            return True
        return not is_announced and self._is_doubtful_alone(plain, words, index, range(first, last + 1))

    def is_alone(self, plain: str, words: Words, places: Sequence[int]) -> bool:
        """Tell whether nothing announces one name, and the text speaks of no persons: many a thing has such a name."""
        kinds, texts = self._kinds, words.texts
        for index in places:
            before = kinds[texts[index - 1]] if index else _BEGINS
            after = kinds[texts[index + 1]] if index + 1 < len(texts) else _BEGINS
            label = index - 1 if before & _OPENS else index  # {"name": "Ann"}
            if before & (_ANNOUNCES | _SPEAKS | _LARGE) or after & (_SPEAKS | _LARGE) or self._is_signed(words, label):
                return False
        return not self._has_persons(f" {plain.lower()}")

    def tells(self, words: Words, index: int) -> list[str]:
        """Return what stands around a word that makes a thing of it, or that it may be a word: evidence for a judge."""
        kinds, texts = self._kinds, words.texts
        kind = kinds[texts[index]]
        first, last, seen = self._run(words, index) if kind & _LARGE else (index, index, kind)
        found = ["double"] if kind & _WORD else []
        if self._is_of_thing(words, first, last, seen):
            found.append("of_thing")
        if first and kinds[texts[first - 1]] & _OPENS and self._is_quoted(words, first, last):
            found.append("quoted")
        if first and kinds[texts[first - 1]] & _NAMED and self._is_thing_named(words, first):
            found.append("thing_named")
        return found

    def _is_doubtful_alone(self, plain: str, words: Words, index: int, run: range) -> bool:
        """Tell whether there is doubt in what nothing announces."""
        kinds, texts = self._kinds, words.texts
        kind, first, last = kinds[texts[index]], run.start, run.stop - 1
        if kind & _CASELESS:
            return not kind & _SURE and not self._is_beside_name(words, index)
        if first == last and kind & _WORD:
            return True
        if kind & _IN_VIETNAM and VIETNAMESE.search(plain):
            return True
        if first < index == last and kinds[texts[index - 1]] & _OTHER:
            return True
        is_in_row = last - first < _NEAR and self._is_in_row(words, first, last)
        return is_in_row and self._is_among_things(plain, words, first, last)

    def _run(self, words: Words, index: int) -> tuple[int, int, int]:
        """Return the first and the last of the words with capitals side by side, and what they tell together.

        Three are looked at on each side at most.
        """
        texts, kinds = words.texts, self._kinds
        first = last = index
        seen = kinds[texts[index]]
        while first and index - first < _NEAR:
            kind = kinds[texts[first - 1]]
            if not kind & _LARGE or kind & _LEADS or not _is_joined(words, first - 1):
                break
            if kind & _OTHER and (first < 2 or kinds[texts[first - 2]] & _BEGINS):  # a sentence begins
                break
            first -= 1
            seen |= kind
        while last + 1 < len(texts) and last - index < _NEAR:
            kind = kinds[texts[last + 1]]
            if not kind & _LARGE or not _is_joined(words, last):
                break
            last += 1
            seen |= kind
        return first, last, seen

    def _is_of_thing(self, words: Words, first: int, last: int, seen: int) -> bool:
        """Tell whether what a thing is stands among, before or after words with capitals."""
        kinds, texts = self._kinds, words.texts
        if seen & _THING or (first and kinds[texts[first - 1]] & _THING and _is_joined(words, first - 1)):
            return True
        if last + 1 == len(texts):
            return False
        if texts[last + 1] == "&":
            return any(kinds[text] & _THING for text in texts[last + 2 : last + 4])
        return bool(kinds[texts[last + 1]] & _THING and _is_joined(words, last))

    def _is_compound(self, low: str) -> bool:
        """Tell whether it is made of two words, as offices are called: `Borgerservice`."""
        return is_of_things(low, self._lists.compounding, self._lists)

    def _is_thing_named(self, words: Words, index: int) -> bool:
        """Tell whether it is what a thing is called: `the server named Duncan`."""
        return any(self._kinds[words.texts[near]] & _THING for near in range(max(0, index - 4), index - 1))

    def _is_quoted(self, words: Words, first: int, last: int) -> bool:
        """Tell whether words stand alone within quotation marks, as titles do and values in a list do not."""
        if last + 1 == len(words) or not self._kinds[words.texts[last + 1]] & _ENDS:
            return False
        return first < 2 or not self._kinds[words.texts[first - 2]] & _KEY

    def _is_signed(self, words: Words, index: int) -> bool:
        """Tell whether it stands after a label, or below a greeting."""
        if not index or words.texts[index - 1] not in {",", ":", "\n"}:
            return False
        wanted = _LABELS if words.texts[index - 1] == ":" else _CLOSES
        return any(self._kinds[text] & wanted for text in words.texts[max(0, index - 4) : index])

    def _is_beside_name(self, words: Words, index: int) -> bool:
        """Tell whether a word of a script without capitals stands beside one that is listed, or that nothing knows."""
        texts = words.texts
        for near in (index - 1, index + 1):
            if 0 <= near < len(words) and _is_joined(words, min(near, index)):
                kind = self._kinds[texts[near]]
                if not kind & _NEVER and (kind & _NAMELIKE or (near > index and _is_of_family(texts[near]))):
                    return True
        speaks = index + 1 < len(words) and texts[index + 1] == ":"
        return speaks and (not index or texts[index - 1] == "\n")

    def _is_in_row(self, words: Words, first: int, last: int) -> bool:
        before = self._kinds[words.texts[first - 1]] if first else 0
        after = self._kinds[words.texts[last + 1]] if last + 1 < len(words) else 0
        return bool((before | after) & _IN_ROW)

    def _is_among_things(self, plain: str, words: Words, first: int, last: int) -> bool:
        """Tell whether they stand in a row, as in `Basil, Rosemary, Sage`, most of which is known to be else."""
        start, end = words[first].start, words[last].end
        line = plain.rfind("\n", max(0, start - _FAR), start) + 1 or max(0, start - _FAR)
        stop = plain.find("\n", end, end + _FAR)
        things, names = 0.0, 0
        for item in _PARTS.split(plain[line : stop if stop >= 0 else end + _FAR]):
            each = item.split(":")[-1].strip(" .!?()\"'").split()
            if not each or len(each) > _NEAR or not is_capital(each[0]) or plain[start:end] == " ".join(each):
                continue
            kinds = [self._kinds[word] for word in each]
            if any(kind & _GIVEN and not kind & _WORD for kind in kinds):
                names += 1
            else:
                is_thing = kinds[0] & _WORD or any(kind & _NO_NAME for kind in kinds)
                things += 1 if is_thing else 0.5 * any(kind & _OTHER for kind in kinds)
        return things >= _FEWEST and things > (names if first == last else 2 * names)

    def _kind(self, word: str) -> int:
        """Return what a word or sign tells."""
        found = sum(kind for kind, signs in _SIGNS.items() if word in signs)
        if not word[0].isalpha():
            return found
        low, lists, known = word.lower(), self._lists, _known()
        what, cue = lists.known.get(low, 0), lists.cues.get(low, "")
        is_large = is_capital(word) and word != "I"
        is_thing = low in known["thing"] and (low[0] >= "\u0250" or len(low) > _SHORT or low != word)
        flags = (
            (_THING, is_thing and (low == word or not what & _NAME)),
            (_LARGE, is_large),
            (_LISTED, what & _NAME),
            (_GIVEN, what & Is.GIVEN),
            (_WORD, low in known["word"]),
            (_NEVER, low in known["never"]),
            (_SURE, low in known["sure"]),
            (_CASELESS, low >= "\u0590"),
            (_IN_VIETNAM, low in known["vi"]),
            (_ANNOUNCES, cue in _ANNOUNCING),
            (_NAMED, cue == "named"),
            (_SPEAKS, cue == "speech"),
            (_CLOSES, cue == "closing"),
            (_LABELS, cue in {"closing", "header", "named"}),
            (_GREETS, cue == "greeting"),
            (_ELSEWHERE, low in _ONLY_VIETNAMESE),
            (_LEADS, bool(cue) or low in BEFORE_NAMES),
            (_BEFORE, low in WHERE),
            (_ARTICLE, low == "the"),
        )
        return found + sum(flag for flag, is_so in flags if is_so) + self._otherwise(word)

    def _otherwise(self, word: str) -> int:
        """Return whether a word that no list has as a name is an identifier, a common word, or perhaps a thing."""
        what = self._lists.traits(word)
        if what & _NAME:
            return _NAMELIKE
        is_made = word[1:] != word[1:].lower() and not word.isupper() and word.isascii()
        if (is_made and not word.startswith(_PREFIXES)) or is_common(what) or what & (Is.VETO | Is.NOUN | Is.WORD):
            return _NO_NAME | _OTHER
        return (_OTHER if what & _ELSE or what & Is.FOREIGN >= NOW_AND_THEN else 0) | (_NAMELIKE if not what else 0)


def _is_joined(words: Words, index: int) -> bool:
    """Tell whether only a blank stands between a word and the next."""
    return words[index + 1].start - words[index].end == 1 and words.texts[index] != "\n"


def _is_of_family(word: str) -> bool:
    """Tell whether an Arabic word is made as family names are: `الكيلاني`."""
    return word.startswith("ال") and word.endswith("ي")
