"""Names in forms, and in small letters: `Patient: Ann Lee`, `tell ann that ...`."""

from collections.abc import Sequence

from export.names.lists import ENGLISH_SHIFT, Is, Lists
from export.names.tokens import Token, Words, is_capital

_LABELS = frozenset(
    "from to cc bcc von an de para da van aan från till fra til od do a à di patient patiente paciente paziente"  # noqa: SIM905
    " doctor physician arzt ärztin médico médica medico médecin lekarz medic doktor reviewer assignee author reporter"
    " candidate applicant contact guardian witness employee tenant landlord student teacher name nombre nome nom naam"
    " namn imię jméno nume kontakt bewerber candidato candidat alumno aluno elève către referees references referenzen"
    " referencias referências references".split()
)
_TELL = frozenset(
    "tell text remind sag sage sagt zeg säg dile decile dis dites fala diga diz di dì powiedz řekni spune".split()  # noqa: SIM905
)
_LINKS = frozenset("a à pra para ao al o að til".split())  # noqa: SIM905
_THAT = frozenset("that im i'm i dass ich dat ik que qu' che att jag że že că".split())  # noqa: SIM905
_TITLES = frozenset({"mr", "mrs", "ms"})
_AFTER = frozenset("bhai ji didi bhaiya aunty uncle sahib saheb abi abla".split())  # noqa: SIM905
"""What is said after a name, out of respect."""
_TITLED = _AFTER | _TITLES
_MOST = 3
_OTHER = Is.VETO | Is.PLACE | Is.NOUN | Is.WORD
SCORE = 0.8


def mark_labelled(words: Words, scores: list[float], barred: Sequence[bool], spoken: int, lists: Lists) -> None:
    """Give a score to two or three words with capitals after a label, and to an unknown small word that is told.

    And to one after `mr` in small letters, or with a capital before `ji` and the like.
    """
    titled = [] if _TITLED.isdisjoint(words.different) else _titled(words, spoken, lists)
    for index in titled:
        if not barred[index]:
            scores[index] = max(scores[index], SCORE)
    every = words.low
    for index in _asked(every):
        low = every[index]
        if low == ":" and every[index - 1] in _LABELS:
            run = _run(words, index + 1)
            is_open = len(run) > 1 and not any(barred[place] for place in run)
            if is_open and not _is_else(words[run[0]].text, spoken, lists):
                for place in run:
                    scores[place] = max(scores[place], SCORE)
        elif every[index + 1] in _THAT and not scores[index] and low == words.texts[index] and len(low) > 2:
            before = index - 2 if every[index - 1] in _LINKS else index - 1
            if before >= 0 and every[before] in _TELL and not _is_else(low, spoken, lists):
                scores[index] = SCORE


def _asked(low: Sequence[str]) -> list[int]:
    """Return the places of a label's sign, and those before what is told."""
    found = [place - (word != ":") for place, word in enumerate(low) if word == ":" or word in _THAT]
    return [place for place in found if 0 < place < len(low) - 1]


def _titled(words: Sequence[Token], spoken: int, lists: Lists) -> list[int]:
    found: list[int] = []
    for index, (word, start, _) in enumerate(words):
        if word in _AFTER and index and words[index - 1].end + 1 == start:
            before = words[index - 1].text
            if len(before) > 2 and before.isalpha() and is_capital(before) and not _is_else(before, spoken, lists):
                found.append(index - 1)
        elif word in _TITLES:
            at = index + 2 if index + 1 < len(words) and words[index + 1].text == "." else index + 1
            if at < len(words) and _may_follow(words[at].text, lists):
                found.append(at)
    return found


def _may_follow(word: str, lists: Lists) -> bool:
    """Tell whether a word in small letters may be somebody's name after `mr`."""
    if len(word) < 3 or not word.isalpha() or is_capital(word):
        return False
    what = lists.traits(word)
    return not what & (Is.NOUN | Is.VETO) and what & Is.ENGLISH < 2 << ENGLISH_SHIFT


def _run(words: Sequence[Token], start: int) -> range:
    """Return the places of words with capitals, side by side on a line, without the label that may follow."""
    end = start
    while end < len(words) and words[end].text[0].isalpha() and is_capital(words[end].text) and end - start <= _MOST:
        end += 1
    if end < len(words) and words[end].text == ":" and end > start:
        end -= 1
    return range(start, end) if end - start <= _MOST else range(start, start)


def _is_else(word: str, spoken: int, lists: Lists) -> bool:
    what = lists.traits(word)
    is_common = what & Is.ENGLISH >= 2 << ENGLISH_SHIFT or lists.spoken_in(word.lower()) & spoken
    return bool(what & _OTHER or is_common) and not (what & Is.GIVEN and not what & (Is.VETO | Is.PLACE))
