from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Ending
from arena.errors import ContextTooLong, NotFound, TurnRunning
from controller.unlogged import OVERHEAD, Bounds, Unlogged
from logging_store.facts import ConversationFact, TurnFact
from tests.facts import a_conversation, a_turn, an_end

ME = "my session"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def held(unlogged: Unlogged, session_id: str = ME) -> ConversationFact:
    conversation = a_conversation(session_id)
    unlogged.add(conversation)
    return conversation


def said(unlogged: Unlogged, conversation: ConversationFact, text: str = "Hello?", **given: object) -> TurnFact:
    turn = a_turn(conversation.id, "consent", text=text, position=len(unlogged.turns_of(conversation.id)))
    turn = replace(turn, **given)
    unlogged.open_turns(turn)
    unlogged.finish(an_end(turn.id, answer=text))
    return turn


def test_a_turn_is_held_as_it_was_opened_and_as_it_ended():
    unlogged = Unlogged()
    conversation = held(unlogged)
    turn = a_turn(conversation.id, "consent")

    unlogged.open_turns(turn)
    assert unlogged.turns_of(conversation.id) == (turn,)
    unlogged.finish(an_end(turn.id))

    (ended,) = unlogged.turns_of(conversation.id)
    assert (ended.text, ended.answer, ended.ending) == ("Hello?", "Hello!", Ending.COMPLETED)


def test_one_answer_is_written_at_a_time():
    unlogged = Unlogged()
    conversation = held(unlogged)
    unlogged.open_turns(a_turn(conversation.id, "consent"))

    with pytest.raises(TurnRunning):
        unlogged.open_turns(a_turn(conversation.id, "consent", position=1))


def test_what_is_superseded_is_not_held_any_more():
    unlogged = Unlogged()
    conversation = held(unlogged)
    old = said(unlogged, conversation, "x" * 50_000)
    size = unlogged.size

    said(unlogged, conversation, "y", position=0, supersedes=old.id)

    (new,) = unlogged.turns_of(conversation.id)
    assert (new.text, new.supersedes) == ("y", old.id)
    assert unlogged.size < size - 90_000


def test_a_turn_whose_conversation_is_gone_has_no_end_and_no_beginning():
    unlogged = Unlogged()
    conversation = held(unlogged)
    turn = a_turn(conversation.id, "consent")
    unlogged.open_turns(turn)

    assert unlogged.forget(ME) == 1
    unlogged.finish(an_end(turn.id, answer="x" * 10_000))

    assert (unlogged.size, len(unlogged), unlogged.turns_of(conversation.id)) == (0, 0, ())
    with pytest.raises(NotFound):
        unlogged.open_turns(turn)


def test_a_session_that_is_forgotten_takes_nobody_elses_conversations_along():
    unlogged = Unlogged()
    mine, theirs = held(unlogged), held(unlogged, "their session")

    assert (unlogged.forget(ME), unlogged.forget("nobody's")) == (1, 0)

    assert (unlogged.conversation(mine.id), unlogged.conversation(theirs.id)) == (None, theirs)


def test_a_session_has_so_many_and_its_longest_rested_goes_for_a_new_one():
    clock = Clock()
    unlogged = Unlogged(Bounds(conversations_per_session=2), clock)
    first = held(unlogged)
    clock.now += 1
    second = held(unlogged)
    clock.now += 1
    unlogged.conversation(first.id)
    clock.now += 1

    third = held(unlogged)

    assert [unlogged.conversation(each.id) for each in (first, second, third)] == [first, None, third]


def test_a_conversation_that_has_become_too_long_ends_and_stays_as_it_is():
    unlogged = Unlogged(Bounds(bytes_per_session=OVERHEAD * 2 + 1_000))
    conversation = held(unlogged)

    with pytest.raises(ContextTooLong):
        said(unlogged, conversation, "x" * 2_000)
    with pytest.raises(ContextTooLong):
        said(unlogged, conversation, "\U0001f600" * 300)

    said(unlogged, conversation, "x" * 100)
    assert len(unlogged.turns_of(conversation.id)) == 1


def test_a_full_memory_drops_what_rested_longest_whosever_it_is_but_nothing_that_is_being_written():
    unlogged = Unlogged(Bounds(bytes=OVERHEAD * 7))
    busy, resting = held(unlogged, "a"), held(unlogged, "b")
    unlogged.open_turns(a_turn(busy.id, "consent"))
    said(unlogged, resting)

    fresh = held(unlogged, "c")
    said(unlogged, fresh, "x" * 2_000)

    assert [unlogged.conversation(each.id) for each in (busy, resting, fresh)] == [busy, None, fresh]


def test_what_rests_too_long_is_gone_and_what_is_being_written_is_not():
    clock = Clock()
    unlogged = Unlogged(Bounds(idle_seconds=60), clock)
    resting, busy = held(unlogged), held(unlogged)
    unlogged.open_turns(a_turn(busy.id, "consent"))
    clock.now += 59
    fresh = held(unlogged)
    unlogged.sweep()
    assert len(unlogged) == 3

    clock.now += 1
    unlogged.sweep()

    assert [unlogged.conversation(each.id) for each in (resting, busy, fresh)] == [None, busy, fresh]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "say", "end", "again", "forget", "wait", "look"]),
        st.integers(min_value=0, max_value=3),
        st.integers(min_value=0, max_value=3_000),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_is_done_the_bounds_hold_and_the_count_is_right(steps: list[tuple[str, int, int]]):
    clock = Clock()
    bounds = Bounds(conversations_per_session=3, bytes_per_session=25_000, bytes=60_000, idle_seconds=100)
    unlogged = Unlogged(bounds, clock)
    known: dict[str, list[ConversationFact]] = {}
    running: dict[str, TurnFact] = {}
    for what, who, size in steps:
        session_id = f"session {who}"
        clock.now += 1
        if what == "open":
            known.setdefault(session_id, []).append(held(unlogged, session_id))
        elif what == "forget":
            unlogged.forget(session_id)
        elif what == "wait":
            clock.now += size / 10
            unlogged.sweep()
        elif mine := known.get(session_id):
            go_on(unlogged, mine[size % len(mine)], what, size, running)
        check_bounds(unlogged, bounds, known)
    for session_id in known:
        unlogged.forget(session_id)
    assert (len(unlogged), unlogged.size) == (0, 0)


def check_bounds(unlogged: Unlogged, bounds: Bounds, known: dict[str, list[ConversationFact]]) -> None:
    mine = [[each for each in some if each.id in unlogged] for some in known.values()]
    assert sum(len(some) for some in mine) == len(unlogged)
    busy = {each.id for some in mine for each in some if is_busy(unlogged, each)}
    for some in mine:
        assert len(some) <= bounds.conversations_per_session or {each.id for each in some[:-1]} <= busy
    if not busy:
        assert unlogged.size <= bounds.bytes


def is_busy(unlogged: Unlogged, conversation: ConversationFact) -> bool:
    return any(turn.ending is None for turn in unlogged.turns_of(conversation.id))


def go_on(
    unlogged: Unlogged, conversation: ConversationFact, what: str, size: int, running: dict[str, TurnFact]
) -> None:
    turns = unlogged.turns_of(conversation.id)
    try:
        match what:
            case "say":
                turn = a_turn(conversation.id, "consent", text="x" * size, position=len(turns))
                unlogged.open_turns(turn)
                running[conversation.id] = turn
            case "again" if turns:
                turn = a_turn(conversation.id, "consent", position=turns[-1].position, supersedes=turns[-1].id)
                unlogged.open_turns(turn)
                running[conversation.id] = turn
            case "end" if conversation.id in running:
                unlogged.finish(an_end(running.pop(conversation.id).id, answer="y" * size))
            case _:
                unlogged.conversation(conversation.id)
    except (NotFound, TurnRunning, ContextTooLong):
        return
