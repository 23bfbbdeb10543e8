"""Two words with a capital side by side: `Elevator Pitch` is none, `Gabi Eftimie` may be a full name."""

from collections.abc import Sequence

from export.names.lists import Is, Lists
from export.names.tokens import Token, is_capital
from export.names.windows import is_common, is_word_only

_ENDS = frozenset('.!?:\n"“-*#•')
_OTHER = Is.VETO | Is.PLACE | Is.THING | Is.NOUN | Is.FIGURE | Is.WORD


def is_of_common_words(words: Sequence[Token], index: int, lists: Lists) -> bool:
    """Tell whether a common word stands beside another that no list has as a name."""
    return any(is_word_only(lists.traits(words[near].text)) for near in _beside(words, index))


def is_like_a_full_name(words: Sequence[Token], index: int, spoken: int, lists: Lists) -> bool:
    """Tell whether a word and just one beside it have a capital within a sentence, and neither is known to be else."""
    near = _beside(words, index)
    if len(near) != 1 or len(_beside(words, near[0])) != 1:
        return False
    first = min(index, near[0])
    if first == 0 or words[first - 1].text in _ENDS:
        return False
    return all(_is_open(words[place].text, spoken, lists) for place in (index, near[0]))


def _is_open(word: str, spoken: int, lists: Lists) -> bool:
    what = lists.traits(word)
    return (
        not what & _OTHER and not is_common(what) and not word.isupper() and not lists.spoken_in(word.lower()) & spoken
    )


def _beside(words: Sequence[Token], index: int) -> list[int]:
    """Return the places of the words with a capital that only a blank sets off from a word."""
    return [
        near
        for near in (index - 1, index + 1)
        if 0 <= near < len(words)
        and words[near].text[0].isalpha()
        and is_capital(words[near].text)
        and words[max(near, index)].start - words[min(near, index)].end == 1
    ]
