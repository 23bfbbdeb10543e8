"""Whole messages to learn from, with the names that they hold."""

import random

from export.names import sections
from export.names.bench.cases import PEOPLE
from export.names.training.casting import People
from export.names.training.examples import RECAST, recast
from export.names.training.material import Written, is_apart, messages, messages_apart


def _names(message: Written) -> list[str]:
    return [message[1][start:end] for start, end in message[2]]


def _outside(message: Written) -> str:
    left, end = "", 0
    for start, stop in message[2]:
        left, end = left + message[1][end:start] + "|", stop
    return left + message[1][end:]


def test_names_stand_where_the_marks_were_and_no_mark_is_left():
    names = [name for message in messages() for name in _names(message)]

    assert len(names) > 3000
    assert all(name == name.strip() and len(name) < 60 for name in names)
    assert not [text for _, text, _ in messages() if "[[" in text or "]]" in text]


def test_about_as_many_messages_have_names_as_have_none():
    with_names = sum(1 for _, _, spans in messages() if spans)

    assert 0.3 < with_names / len(messages()) < 0.7


def test_the_model_learns_from_no_message_that_has_a_name_of_the_bench():
    people = sections.read(PEOPLE)
    drawn = {word.lower() for each in people.values() for name in each for word in name.split("_")}
    learnt = [message for message in messages() if not is_apart(message)]

    assert len(learnt) > 0.6 * len(messages())
    assert not drawn & {word.lower() for message in learnt for name in _names(message) for word in name.split()}


def test_a_message_that_is_cast_anew_is_the_same_but_for_its_names():
    chance = random.Random(1)
    for language in ("ja", "ko", "zh"):
        people = People(language, chance)
        before = [each for each in messages() if each[0] == language and each[2]]
        after = [recast(each, people, chance) for each in before]

        assert list(map(_outside, after)) == list(map(_outside, before))
        pairs = zip(map(_names, before), map(_names, after), strict=True)
        changed = [one != other for old, new in pairs for one, other in zip(old, new, strict=True)]
        assert RECAST - 0.25 < sum(changed) / len(changed) < RECAST + 0.1


def test_what_is_weighed_on_the_model_has_not_seen():
    learnt = {text for language, text, spans in messages() if not is_apart((language, text, spans))}
    apart = {text for _, text, _ in messages_apart()}

    assert len(apart) > 900
    assert not learnt & apart
