"""One number a person: the same in all texts of a conversation, and in both sides of a battle."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from export.names.lists import Is, lists
from export.names.persons import Person, folded, parts_of, persons
from export.names.repeats import TOGETHER, Finder, finder, stem
from export.names.span import NameSpan

_WRITTEN = re.compile(r"\bNAME_(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A place where a person is named."""

    start: int
    end: int
    person: int


def numbered(texts: Sequence[str], spans: Sequence[Sequence[NameSpan]]) -> tuple[list[str], int]:
    """Return the texts with `NAME_1`, `NAME_2`, ... for persons, by first appearance, and how often one was replaced.

    A `NAME_3` that somebody wrote stays, and its number is given to no one.
    """
    taken = {int(number) for text in texts if "NAME_" in text for number in _WRITTEN.findall(text)}
    numbers: dict[int, int] = {}
    made: list[str] = []
    count = 0
    for text, mentions in zip(texts, everywhere(texts, spans), strict=True):
        pieces: list[str] = []
        end = 0
        for mention in mentions:
            if mention.person not in numbers:
                number = max(numbers.values(), default=0) + 1
                while number in taken:
                    number += 1
                numbers[mention.person] = number
            pieces += text[end : mention.start], f"NAME_{numbers[mention.person]}"
            end = mention.end
        count += len(mentions)
        made.append("".join([*pieces, text[end:]]))
    return made, count


def everywhere(texts: Sequence[str], spans: Sequence[Sequence[NameSpan]]) -> list[list[Mention]]:
    """Return all mentions of the persons found anywhere, in each text: also where their finder saw nothing."""
    if not any(spans):
        return [[] for _ in texts]
    known = persons(text[span.start : span.end] for text, row in zip(texts, spans, strict=True) for span in row)
    owners = _owners(known)
    finders = _finders(known)
    found: list[list[Mention]] = []
    for text, row in zip(texts, spans, strict=True):
        mentions = [
            Mention(span.start, span.end, owner)
            for span in row
            if (owner := _owner(owners, text[span.start : span.end])) is not None
        ]
        for find in finders:
            mentions += _repeats(find, text, owners)
        found.append(_longest(text, mentions))
    return found


def _owners(known: Sequence[Person]) -> dict[str, int]:
    owners: dict[str, int] = {}
    for index, person in enumerate(known):
        for name in person.names:
            owners[name] = index
            owners.setdefault(" ".join(parts_of(name)), index)
    for index, person in enumerate(known):
        for part in (*person.parts, *(half for name in person.names for half in _halves(name))):
            owners.setdefault(part, index)
            owners.setdefault(stem(part), index)
    return owners


def _halves(name: str) -> list[str]:
    """Return the parts of a name that is written as one: the given name, and a family name of two signs."""
    if not re.match("[\u3400-\u9fff\uac00-\ud7af]{3,4}$", name):
        return []
    return [name[1:]] if len(name) == 3 else [name[:2], name[2:]]


def _owner(owners: dict[str, int], name: str) -> int | None:
    low = folded(name)
    parts = parts_of(low)
    for key in (low, " ".join(parts), *parts):
        if key in owners:
            return owners[key]
    for size in (1, 2, 3):
        if low[:-size] in owners:  # an ending
            return owners[low[:-size]]
    return None


def _repeats(find: Finder, text: str, owners: dict[str, int]) -> list[Mention]:
    return [
        Mention(start, end, owner)
        for start, end in find(text)
        if (owner := _owner(owners, text[start:end])) is not None
    ]


def _longest(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Keep the longest of those that overlap, and make one of neighbours that are the same person's."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda each: (each.start, -each.end)):
        if not kept or mention.start >= kept[-1].end:
            last = kept[-1] if kept else None
            if last and last.person == mention.person and _are_one(text, last, mention):
                kept[-1] = Mention(last.start, mention.end, last.person)
            else:
                kept.append(mention)
        elif mention.end > kept[-1].end:
            kept[-1] = Mention(kept[-1].start, mention.end, kept[-1].person)
    return kept


def _are_one(text: str, first: Mention, second: Mention) -> bool:
    """Tell whether two mentions side by side are one name: `Burton, Ross`, but not `Ann Lee, Ann`."""
    gap = text[first.end : second.start]
    return gap == " " or (
        gap == ", " and folded(text[second.start : second.end]) not in folded(text[first.start : first.end])
    )


def _finders(known: Sequence[Person]) -> list[Finder]:
    """Return what finds names in any case, and what finds with a capital only those that are words as well."""
    of = lists(False).of
    exact: set[str] = set()
    any_case: set[str] = set()
    for person in known:
        for name in person.names:
            is_single = len(parts_of(name)) == 1
            if is_single and of(name) & (Is.WORD | Is.PLACE | Is.NOUN | Is.VETO):
                exact |= {_titled(name), name.upper()}
            elif len(name) > 1 and (len(name) > 2 or not is_single or TOGETHER.match(name)):
                any_case.add(name)
            any_case.update(_halves(name))
        for part in person.parts:
            if len(part) < 3 and not (len(part) == 2 and TOGETHER.match(part) and len(person.parts) > 1):
                continue
            if of(part) & (Is.WORD | Is.PLACE | Is.NOUN | Is.VETO):
                exact.add(_titled(part))
            else:
                any_case.add(part)
    return [finder(names, ignore_case=names is any_case) for names in (any_case, exact) if names]


def _titled(name: str) -> str:
    return re.sub(r"(?<!\w)\w", lambda match: match.group().upper(), name)
