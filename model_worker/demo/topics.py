"""Topics: the words of a message that a poem can be about."""

import re

_ABOUT = re.compile(r"\b(?:about|on|of|for|called|titled|über|sobre)\s+([^.!?,;:\n\"“”()]{2,60})", re.IGNORECASE)
_AFTER = re.compile(r"\s(?:who|that|which|whose|when|where|while|because|in|at|for|with|from|as|like)\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKUP = re.compile(r"[`*_#<>|\[\]\\$~]")
LONGEST_PHRASE = 4
"""Words; a longer phrase is searched for its words instead."""
_SEARCHED = 2_000
"""Characters of a message that are looked at."""


def find_topics(message: str, dull: frozenset[str]) -> list[str]:
    """Return what a message is about: the phrase behind `about`, then its weightiest words; never nothing."""
    plain = _MARKUP.sub(" ", message[:_SEARCHED])
    asked = _ABOUT.search(plain)
    phrase = _AFTER.split(asked[1])[0].split() if asked else []
    found: list[str] = []
    if 0 < len(phrase) <= LONGEST_PHRASE and not all(word.lower() in dull for word in phrase):
        found.append(" ".join({"my": "your", "our": "your", "me": "you"}.get(word.lower(), word) for word in phrase))
    taken = {word.lower() for word in phrase} if found else set[str]()
    words = _words(plain[asked.start(1) :] if asked and not found else plain, dull | taken) or _words(
        plain, dull | taken
    )
    weighty = sorted(words, key=lambda word: -len(word))[:3]
    # In the order of the message: it is kinder to the sense.
    found += [words[word] for word in words if word in weighty]
    return found or ["nothing in particular"]


def _words(text: str, dull: frozenset[str]) -> dict[str, str]:
    """Return the words that are not dull, by their small letters; a capital that only begins the text is dropped."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) > 2 and word.lower() not in dull:
            found[word.lower()] = word if match.start() or word.isupper() else word.lower()
    return found


def syllables(text: str) -> int:
    """Guess how many syllables an English text has: groups of vowels, a silent e not counted."""
    return sum(_in_word(word.lower()) for word in _WORD.findall(text))


def _in_word(word: str) -> int:
    groups = len(re.findall(r"[aeiouyäöüàâéèêîïôûáíóú]+", word))
    is_silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyszxc]es$", word) is not None
    return max(1, groups - is_silent)
