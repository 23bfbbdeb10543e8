"""Where names that are known stand again in a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from export.names.persons import folded

Finder = Callable[[str], Iterable[tuple[int, int]]]
"""Returns where the names stand: in order, and the longest of those that begin at one place."""

TOGETHER = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LATIN = "A-Za-zÀ-ÖØ-öø-\u012f\u0132-\u017e\u0180-\u024f\u1e00-\u1e9a\u1ea0-\u1eff'.-"
_PLAIN = re.compile(rf"[{_LATIN}]+(?: [{_LATIN}]+)*")
_ODD = re.compile("[\u0130\u0131\u017f\u1e9b\u212a\u212b]")
"""Letters that are others in small letters, or for whoever ignores case."""
_CYRILLIC_END = "(?:а|у|ом|ем|ём|е|ы|и|ой|ою|ей|ю|я|ью|ого|ому|ым|ові|єві)?"
_BEGINS = r"(?<![^\W_])(?<!\w_)"
_ENDS = r"(?![^\W_]|_\w)"
"""Also within the underlines of emphasis, but not in an identifier."""
_JOINED_BEFORE = "(?:[وفبلك]{1,2}|[ולבכמשה]{1,2})?"
"""Arabic and Hebrew write `and`, `to` and `in` on to the name."""


def finder(names: Iterable[str], *, ignore_case: bool) -> Finder:
    """Return what finds any of some names, which are in small letters where case is ignored.

    To compile a pattern takes longer than to look through a conversation: most names need none.
    """
    ordered = tuple(sorted(names, key=lambda each: (-len(each), each)))

    def by_pattern(text: str) -> Iterable[tuple[int, int]]:
        return (match.span("name") for match in _compiled(ordered, ignore_case).finditer(text))

    if not all(map(_PLAIN.fullmatch, ordered)):
        return by_pattern
    split = [name.split(" ") for name in ordered]

    def by_words(text: str) -> Iterable[tuple[int, int]]:
        if not ignore_case:
            return _places(split, text)
        return by_pattern(text) if _ODD.search(text) else _places(split, folded(text))

    return by_words


def _places(names: Sequence[Sequence[str]], text: str) -> Iterator[tuple[int, int]]:
    """Find what the pattern of the same names does."""
    found: list[tuple[int, int, int]] = []
    for order, words in enumerate(names):
        start = text.find(words[0])
        while start >= 0:
            end = _end(words, text, start)
            if end is not None and _is_apart(text, start, end):
                found.append((start, order, end))
            start = text.find(words[0], start + 1)
    last = 0
    for start, _, end in sorted(found):
        if start >= last:
            last = end
            yield start, end


def _end(words: Sequence[str], text: str, start: int) -> int | None:
    """Return where a name ends that begins at a place, None if another word follows there."""
    end = start + len(words[0])
    for word in words[1:]:
        next_word = end
        while text[next_word : next_word + 1].isspace():
            next_word += 1
        if next_word == end or not text.startswith(word, next_word):
            return None
        end = next_word + len(word)
    return end


def _is_apart(text: str, start: int, end: int) -> bool:
    """Tell whether no word goes on at either end; underlines of emphasis may stand there."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() or after[:1].isalnum():
        return False
    in_identifier = before[-1:] == "_" and len(before) == 2 and (before[0].isalnum() or before[0] == "_")
    return not in_identifier and not (after[:1] == "_" and len(after) == 2 and (after[1].isalnum() or after[1] == "_"))


def stem(name: str) -> str:
    """Return a Russian or Ukrainian name without its ending, others as they are."""
    is_cyrillic = "\u0400" <= name[-1] <= "\u04ff" and len(name) > 3
    return name[:-1] if is_cyrillic and name[-1] in "аяейьоі" else name


@lru_cache(64)
def _compiled(names: Sequence[str], ignore_case: bool) -> re.Pattern[str]:
    together: list[str] = []
    apart: list[str] = []
    for name in names:
        form = re.escape(name).replace(r"\ ", r"\s+")
        if TOGETHER.match(name):
            together.append(form)
        elif "\u0400" <= name[-1] <= "\u04ff" and len(name) > 3:
            apart.append(f"(?:{form}|{re.escape(stem(name))}{_CYRILLIC_END})")
        else:
            apart.append(form)
    forms = [*together, *([rf"{_BEGINS}(?:{'|'.join(apart)}){_ENDS}"] if apart else [])]
    joined = [form for form in apart if re.match("[\u0590-\u06ff]", form)]
    pattern = f"(?P<name>{'|'.join(forms)})"
    if joined:
        prefix = rf"(?:{_BEGINS}{_JOINED_BEFORE}(?=(?:{'|'.join(joined)})(?!\w)))?"
        pattern = prefix + pattern.replace(_BEGINS, r"(?<![A-Za-z\d_])")
    return re.compile(pattern, re.IGNORECASE if ignore_case else re.NOFLAG)
