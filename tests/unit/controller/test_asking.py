import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Ending, Message, Parameters
from arena.errors import RequestError
from arena.settings import Limits
from controller.asking import Opening, another_turn, effective, messages_before, next_turn, part
from controller.routing.demand import Demand
from tests.unit.controller.records import an_answered

OPENING = Opening("consent", "controller", Parameters(temperature=0.5), 3.5)
LIMITS = Limits(output_tokens=100)


def test_the_first_turn_has_position_zero_and_supersedes_nothing():
    turn = next_turn("conversation", "echo", (), "Hello?", OPENING)

    assert (turn.position, turn.supersedes, turn.ending) == (0, None, None)
    assert (turn.text, turn.model, turn.consent_id, turn.controller) == ("Hello?", "echo", "consent", "controller")
    assert (turn.parameters, turn.opened_at) == (Parameters(temperature=0.5), 3.5)


@given(st.lists(st.sampled_from(list(Ending)), max_size=6))
def test_every_message_has_its_own_position_whatever_became_of_those_before(endings: list[Ending]):
    before = tuple(an_answered(position, ending=ending) for position, ending in enumerate(endings))

    assert next_turn("conversation", "echo", before, "Hello?", OPENING).position == len(endings)


def test_what_failed_or_was_superseded_is_left_out_of_the_history():
    said = (
        an_answered(0, id="old", text="One?", answer="old"),
        an_answered(0, supersedes="old", text="One?", answer="One."),
        an_answered(1, text="Two?", ending=Ending.FAILED, answer="Tw"),
        an_answered(2, text="Three?", ending=Ending.CANCELLED, answer="Thr"),
        an_answered(3, text="Four?", ending=Ending.CANCELLED, answer=""),
        an_answered(4, text="Five?", ending=Ending.LOST, answer=""),
        an_answered(5, text="Six?", ending=None, answer=""),
    )

    assert [(message.role, message.content) for message in messages_before(said, 6)] == [
        ("user", "One?"),
        ("assistant", "One."),
        ("user", "Three?"),
        ("assistant", "Thr"),
    ]


@given(st.lists(st.sampled_from(list(Ending)), max_size=6))
def test_a_request_alternates_and_ends_with_the_visitor(endings: list[Ending]):
    before = tuple(an_answered(position, ending=ending) for position, ending in enumerate(endings))
    asked = part(next_turn("conversation", "echo", before, "Hello?", OPENING), before).body["messages"]

    assert [message["role"] for message in asked] == ["user", "assistant"] * (len(asked) // 2) + ["user"]
    assert asked[-1]["content"] == "Hello?"


def test_a_regenerated_turn_asks_the_same_again_without_the_old_answer():
    first, second = an_answered(0, text="One?", answer="One."), an_answered(1, id="old", text="Two?", answer="Two.")

    again = another_turn(second, OPENING)

    assert (again.text, again.position, again.supersedes) == ("Two?", 1, "old")
    assert again.id != second.id
    assert [message["content"] for message in part(again, (first, second)).body["messages"]] == ["One?", "One.", "Two?"]


def test_a_request_is_a_chat_completion_that_streams_and_counts():
    body = part(next_turn("conversation", "echo", (), "Hello?", OPENING), (), "a").body

    assert body == {
        "model": "echo",
        "messages": [Message(role="user", content="Hello?").model_dump()],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
    }


def test_defaults_are_filled_in_and_what_was_wished_is_kept():
    assert effective(Parameters(), LIMITS) == Parameters(temperature=0.7, top_p=1.0, max_tokens=100)
    wished = Parameters(temperature=0.0, top_p=0.1, max_tokens=100)
    assert effective(wished, LIMITS) == wished


def test_more_than_the_longest_answer_is_refused():
    with pytest.raises(RequestError, match="at most 100 tokens"):
        effective(Parameters(max_tokens=101), LIMITS)


def test_a_request_prefers_the_worker_that_answered_last_and_not_one_that_failed():
    before = (
        an_answered(0, worker="one"),
        an_answered(1, worker="two", ending=Ending.CANCELLED, answer="Half"),
        an_answered(2, worker="three", ending=Ending.FAILED),
    )
    turn = next_turn("conversation", "echo", before, "Hello?", OPENING)

    assert part(turn, before).demand == Demand(
        "echo", prefix="conversation", before="two", tokens=part(turn, before).tokens
    )
    assert part(another_turn(before[1], OPENING), before).before == "two"
    assert part(next_turn("conversation", "echo", (), "Hello?", OPENING), ()).demand.prefix == ""


def test_the_estimate_counts_what_is_read_and_what_may_be_written():
    opening = Opening("consent", "controller", Parameters(max_tokens=100), 3.5)
    before = (an_answered(0, text="x" * 400, answer="y" * 200),)

    assert part(next_turn("conversation", "echo", before, "z" * 200, opening), before).tokens == 200 + 100
