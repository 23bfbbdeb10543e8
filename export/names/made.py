"""What the way a word is made tells: people are seldom called so."""

import re

from export.names.lists import Lists

_OFTEN = 2 << 2
"""What `VOCABULARY` has for words that some other language than English has now and then."""
_LEAST = 7
"""Letters of a word that an ending tells something of."""
_ENDINGS = re.compile(
    "(?:tions?|sions?|ness|ments?|ships?|hood|isms?|olog(?:y|ies|ie|ía|ia)|graph(?:y|ie)|itis|osis|[ns]emia|able|ible"
    "|ical|ful|less|ates?|ium|ware|ify|soft|tech|bots?|gpt|sql|coins?|verse|flow|labs|stack|hub|pay"  # English
    "|statin|pril|formin|olol|cillin|mycin|azole|sartan|dipine|tinib|[iu]mab"  # medicines
    "|ung|ungen|heit|keit|schaft|schaften|tät|ismus|zeug|werk|platz|straße|steuer|kasse|vertrag"  # German
    "|isme|teit|ningen|ningar|ningen|else|elser|skap"  # Dutch and Scandinavian
    "|ção|ções|ciones|dade|dades|mientos|mento|mentos|zione|zioni|ezza|ezze|ités?|eurs|euses"  # Romance
    "|ość|acja|acje|cji|anost|enost|ování|ství|ság|ség"  # Polish, Czech, Hungarian
    "|ции|ость|ости|ение|ения|ание|ания|ство|ства|изм|ння|ність|ство"  # Russian and Ukrainian
    "|lık|ması|mesi|ları|leri)$"  # Turkish
)
_FAMILIES = tuple(
    "mann man berg berger stein bach feld burg bauer macher hauser hausen müller meister mayer meier maier meyer hof"  # noqa: SIM905
    " wald baum horst brunn brunner holz hard hardt wein wirth schmidt schmid kamp lund qvist quist gren ström strom"
    " dahl holm lind blad gård gaard stad huis veld dijk beek horst hoven boer stra sma son sen sson dottir".split()
)
"""What families' names that are made of two words end with."""


def is_of_things(low: str, around: int, lists: Lists) -> bool:
    """Tell whether a word that no list has ends like a thing, or is made of two words of the languages `around`."""
    if len(low) < _LEAST:
        return False
    if _ENDINGS.search(low):
        return True
    return bool(around & lists.compounding) and _is_compound(low, around & lists.compounding, lists)


def _is_compound(low: str, languages: int, lists: Lists) -> bool:
    if low.endswith(_FAMILIES):
        return False
    return any(
        _is_word(low[cut:], languages, lists) and any(_is_word(part, languages, lists) for part in _firsts(low[:cut]))
        for cut in range(4, len(low) - 3)
    )


def _is_word(part: str, languages: int, lists: Lists) -> bool:
    return bool(lists.spoken_in(part) & languages) or lists.vocabulary.of(part) & _OFTEN >= _OFTEN


def _firsts(part: str) -> tuple[str, ...]:
    """Return what the first part may be without the sign that joins it: Arbeit-s-amt, Blume-n-topf."""
    return (part, part[:-1]) if part[-1] in "sn" and len(part) > 4 else (part,)
