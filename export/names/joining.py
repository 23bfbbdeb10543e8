"""From words that are likely names to whole names."""

from collections.abc import Sequence
from itertools import compress

from export.names.lists import Is, Lists
from export.names.span import NameSpan
from export.names.tokens import Token, Words, is_capital
from export.names.vocabulary import IN_SIGNS
from export.names.windows import is_word_only

PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu af av bin ibn bint al el ben abu san"  # noqa: SIM905
    " bar mac y e".split()
)
BEFORE_NAMES = frozenset(
    "i'm i’m i'll i've i'd we're we’re we'll we've you're you’re they're it's don't laut yesterday"  # noqa: SIM905
    " today tomorrow tonight gestern heute hier ayer hoy ieri oggi sie ihnen ihr ihre ihrer ihrem ihren"
    " j'ai j’ai c'est c’est".split()
)
"""What begins a sentence and a name follows."""
SURE = 0.5
"""From which share on a sign is rather part of a name."""
AFTER_NAMES = frozenset("和向可中为然先才成在上下发来去到高大小新信有也能会想要是的")
"""Signs that follow a name more often than they end it."""
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def phrases(words: Words, lists: Lists) -> list[bool]:
    """Tell which words belong to a phrase that is no private person's name: Los Angeles, Harry Potter."""
    inside = [False] * len(words)
    low = [*words.low, ""]
    for index in words.capitals:
        for phrase in lists.phrases.get(low[index], ()):
            end = index + len(phrase)
            if phrase[1] == low[index + 1] and tuple(low[index:end]) == phrase:
                inside[index:end] = [True] * len(phrase)
                break
    return inside


def famous_words(words: Words, inside: Sequence[bool], lists: Lists) -> set[str]:
    """Return the words of figures and famous people that a text names in full: alone they mean the same ones."""
    found: set[str] = set()
    low = words.low
    for index in compress(range(len(words)), inside):
        for phrase in lists.phrases.get(low[index], ()):
            if tuple(low[index : index + len(phrase)]) == phrase and phrase in lists.famous:
                found |= {part for part in phrase if len(part) > 3}
    return found


def extended(words: Sequence[Token], scores: list[float], barred: Sequence[bool], lists: Lists) -> None:
    """Let names grow over what belongs to them: particles, initials, further words with a capital."""
    for index, score in enumerate(scores, 1):  # what a name grows over comes next
        if score > 0 and index < len(words):
            _grow_right(words, scores, barred, lists, index)
    for place in [place for place in range(len(scores) - 1, 0, -1) if scores[place] and not scores[place - 1]]:
        index = place - 1
        while index >= 0 and not scores[index] and not barred[index] and _grows_left(words, index, lists):
            scores[index] = scores[place]
            index -= 1
        if index >= 0 and words[index].text == ".":
            _take_initials(words, scores, index + 1)


def _take_initials(words: Sequence[Token], scores: list[float], begin: int) -> None:
    """Let a name have the initials before it, as in `K. P. Lamptey`, unless they number a line: `A. Ann Lee`."""
    index = begin
    while index > 1 and words[index - 1].text == "." and not scores[index - 1]:
        initial, stop = words[index - 2], words[index - 1]
        is_apart = stop.start != initial.end or words[index].start - stop.end > 1
        if is_apart or len(initial.text) != 1 or not is_capital(initial.text):
            return
        is_line = index < 3 or words[index - 3].text == "\n"
        if is_line and index == begin and begin + 1 < len(words) and scores[begin + 1]:
            return
        scores[index - 2] = scores[index - 1] = scores[begin]
        index -= 2


def _grows_left(words: Sequence[Token], index: int, lists: Lists) -> bool:
    """Tell whether a word belongs to the name that begins with the next."""
    token = words[index]
    if not (_beside(words, index) and is_capital(token.text) and is_capital(words[index + 1].text)):
        return False
    what = lists.of(token.text)
    begins = index == 0 or words[index - 1].text in '\n.!?:"“'
    is_name = what & (Is.GIVEN | Is.FAMILY) or (len(token.text) > 1 and not (begins and what) and not what & Is.NOUN)
    low = token.text.lower()
    return bool(is_name) and low not in lists.cues and low not in BEFORE_NAMES and _may_join(token.text, lists)


def _may_join(word: str, lists: Lists) -> bool:
    """Tell whether a word may belong to the name beside it: in capitals only what is no common word."""
    return not word.isupper() or len(word) == 1 or not is_word_only(lists.traits(word))


def within_words(words: Sequence[Token], shares: Sequence[float], lists: Lists) -> set[int]:
    """Return the places of Chinese and Japanese signs that make up a common word, such as a city.

    `shares` are how likely each sign is part of a name: three in a row that are likely are one, though they be
    a word, or two of them, and so are two after one that is likely.
    """
    found: set[int] = set()
    index = 0
    while index < len(words) - 1:
        size = _word_from(words, index, lists) if "\u3400" <= words[index].text[0] <= "\u9fff" else 0
        is_given = index > 0 and index - 1 not in found and shares[index - 1] > SURE
        is_name = size < 4 and len(shares) > index + 2 and min(shares[index : index + 3]) > SURE
        if size and not is_given and not is_name:
            found |= set(range(index, index + size))
        index += size or 1
    return found


def _word_from(words: Sequence[Token], index: int, lists: Lists) -> int:
    row = words[index : index + 4]
    for size in range(len(row), 1, -1):
        is_joined = row[size - 1].end - row[0].start == size and "\u3400" <= row[size - 1].text <= "\u9fff"
        if is_joined and lists.vocabulary.of("".join(each.text for each in row[:size])) == IN_SIGNS:
            return size
    return 0


def lengthened(words: Sequence[Token], scores: list[float], lists: Lists) -> None:
    """Give Chinese names of two signs their third, if the next sign is one that names end with: most have three."""
    for index in range(2, len(words)):
        first, second, third = words[index - 2 : index + 1]
        is_name = scores[index - 2] > 0 and scores[index - 1] > 0 and scores[index] == 0
        if is_name and (index == 2 or scores[index - 3] == 0) and third.start == first.end + 1 == second.end:
            is_chinese = "f" in lists.han.get(first.text, "") and "g" in lists.han.get(third.text, "")
            if is_chinese and third.text not in AFTER_NAMES:
                scores[index] = scores[index - 1]


def _grow_right(words: Sequence[Token], scores: list[float], barred: Sequence[bool], lists: Lists, index: int) -> None:
    token, score = words[index], scores[index - 1]
    if scores[index] > 0 or barred[index]:
        return
    if words[index - 1].text == ".":  # that of an initial
        is_part = is_capital(token.text) and not is_word_only(lists.traits(token.text))
        scores[index] = score if is_part and token.text.lower() not in lists.cues else 0.0
        return
    if not is_capital(words[index - 1].text):
        return
    following = words[index + 1] if index + 1 < len(words) else None
    if not _beside(words, index - 1):
        is_initial = token.text == "." and len(words[index - 1].text) == 1 and token.start == words[index - 1].end
        if is_initial and following and is_capital(following.text) and following.start - token.end < 2:
            scores[index] = score
        return
    low = token.text.lower()
    if is_capital(token.text):
        what = lists.of(token.text)
        is_name = what & (Is.GIVEN | Is.FAMILY) or not what & Is.NOUN or index < 2 or scores[index - 2] == 0
        is_initial = len(token.text) == 1 and following is not None and following.text == "."
        is_apart = token.text.isupper() and (not words[index - 1].text.isupper() or not _may_join(token.text, lists))
        if (is_name and low not in lists.cues and not is_apart) or low in _SUFFIXES or is_initial:
            scores[index] = score
    elif low in PARTICLES and following and is_capital(following.text) and _beside(words, index):
        what = lists.of(following.text)
        if not what & Is.PLACE or what & (Is.FAMILY | Is.GIVEN):
            scores[index] = scores[index + 1] = score


def _beside(words: Sequence[Token], index: int) -> bool:
    gap = words[index + 1].start - words[index].end
    return gap == 1 and words[index].text != "\n" and words[index + 1].text != "\n"


def spans(words: Sequence[Token], scores: Sequence[float]) -> list[NameSpan]:
    """Return runs of words with a score as names: what stands side by side on a line is one."""
    found: list[NameSpan] = []
    last = -9
    for index in [place for place, score in enumerate(scores) if score > 0]:
        token, score = words[index], scores[index]
        is_last = index + 1 == len(words) or scores[index + 1] == 0
        if is_last and token.text in PARTICLES:  # `Ann Lee y su hija`: it leads to no further name
            continue
        if last == index - 1 and token.start - found[-1].end <= 1:
            found[-1] = NameSpan(found[-1].start, token.end, max(score, found[-1].score))
        elif token.text not in ".,":
            found.append(NameSpan(token.start, token.end, score))
        else:
            continue
        last = index
    return found
