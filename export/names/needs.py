"""How likely the model must find words of each kind: the thresholds of `needed.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Shares from 0 to 1; chosen on the bench's development part."""

    name: float = 0.34
    """A listed name."""
    unknown: float = 0.45
    """A word that no list has."""
    cued: float = 0.29
    """A word that no list has, beside a word that announces persons."""
    initial: float = 0.5
    """A word that no list has, at the beginning of a sentence."""
    common_name: float = 0.46
    """A listed name that is also a common word."""
    common: float = 0.45
    """A word that English has as a small one, or our own lists."""
    often: float = 0.25
    """A word that another language often has as a small one."""
    seldom: float = 0.63
    """A word that another language has as a small one now and then."""
    rare: float = 0.15
    """A word that another language has seldom."""
    often_name: float = 0.26
    """The same, if it is a listed name, too."""
    thing: float = 0.64
    """What large lists have as a thing's name."""
    figure: float = 0.6
    """Somebody who lived long ago."""
    thing_name: float = 0.25
    place_name: float = 0.46
    place: float = 0.28
    where: float = 0.92
    """A place after `in`, `from` and the like."""
    veto_name: float = 0.86
    veto: float = 0.91
    article: float = 0.8
    """A word that no list has, after an article."""
    also_small: float = 0.5
    """A word that the conversation has in small letters, too, or after an article."""
    titled: float = 0.42
    """What is added in lines where most words have a capital."""
    titled_name: float = 0.5
    """The same for what no list has, or as a name only."""
    capitals: float = 0.0
    """What is added in lines that are all in capitals."""
    small: float = 0.22
    """A word in small letters."""
    small_word: float = 0.62
    """The same, if another language than English has it."""
    other: float = 0.32
    """A word of another script than ours, that no list has."""
    letter: float = 0.54
    """A word of a script without capitals, that no list has."""
    letter_common: float = 0.56
    letter_name: float = 0.35
    own: float = 0.98
    """A word that a language of the conversation has as a small one."""
    own_rare: float = 0.985
    """The same, if it has it seldom."""
    own_name: float = 0.44
    """The same, if it is a listed name, too."""
    own_part: float = 0.87
    """What is made of two of its words, or ends as its nouns do."""
    in_row: float = 0.68
    """What no list has as a name, in a row with known things."""
    in_row_name: float = 0.94
    """The same of a listed name."""
    letter_own: float = 0.985
    letter_own_name: float = 0.5
    paired: float = 0.4
    """What the need of a word is multiplied with that stands beside another as in a full name."""
    common_pair: float = 0.8
    """A common word beside another, both with a capital."""
    common_initial: float = 0.85
    """A common word of English at the beginning of a sentence."""
    labelled: float = 0.985
    """What stands after a label of things, such as `Ingredients:`."""
    eager_thing: float = 0.1
    """What the need of a thing's name is multiplied with, where the conversation has sure names."""
    eager_place: float = 0.08
    """The same of a place."""
    eager_veto: float = 0.25
    """The same of what is surely a thing."""
    eager_word: float = 0.1
    """The same of a word that English or our own lists have."""
    eager_own: float = 0.15
    """The same of a word of the conversation's languages, if nothing else is known of it."""
    eager_letter: float = 0.2
    """The same in scripts without capitals."""
    eager_small: float = 0.6
    """The same of a word in small letters."""
    eager: float = 0.002
    """What the need of a word that is no known thing is multiplied with, where the conversation has sure names."""
    sign: float = 0.39
    """A Chinese, Japanese or Korean sign."""
