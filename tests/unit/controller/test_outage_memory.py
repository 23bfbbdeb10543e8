import dataclasses

import pytest

from arena.battle import Mode
from arena.chat import Ending
from arena.session import Scope
from controller.outage_memory import CONVERSATIONS, Memory
from logging_store.facts import BattleRecord, ConsentFact, SessionFact, TurnFact
from tests.facts import a_consent, a_conversation, a_session, a_turn, a_vote, an_end
from tests.unit.controller.records import a_fought, a_record


def a_memory_of(session: SessionFact, consent: ConsentFact, most: int = 10) -> Memory:
    memory = Memory(most)
    memory.see_session(session)
    memory.see_consent(consent)
    return memory


def test_what_was_seen_is_known():
    session = a_session()
    consent, home = a_consent(session.id), a_conversation(session.id)
    turn = a_turn(home.id, consent.id)
    memory = a_memory_of(session, consent)
    memory.see_conversation(home)
    memory.see_turns(home.id, (turn,))

    assert memory.session(session.token_hash) == session
    assert memory.consent(session.id) == consent
    assert memory.conversation(home.id) == home
    assert memory.turns(home.id) == (turn,)


def test_what_was_never_seen_is_not_known():
    memory = Memory()

    assert memory.session("token") is None
    assert memory.consent("session") is None
    assert memory.conversation("conversation") is None
    assert memory.turns("conversation") is None
    assert memory.battle("battle") is None
    assert memory.open_battle("session") is None
    assert not memory.may_open((a_turn("conversation", "consent"),))


def test_turns_that_open_and_end_are_followed():
    session = a_session()
    consent, home = a_consent(session.id), a_conversation(session.id)
    turn = a_turn(home.id, consent.id)
    memory = a_memory_of(session, consent)
    memory.see_conversation(home)
    memory.see_turns(home.id, ())

    memory.opened((turn,))
    assert memory.turns(home.id) == (turn,)
    memory.ended(an_end(turn.id, answer="Whole", prompt_tokens=3))

    (ended,) = memory.turns(home.id) or pytest.fail("it is known")
    assert (ended.ending, ended.answer, ended.prompt_tokens, ended.text) == (Ending.COMPLETED, "Whole", 3, turn.text)


def test_a_battle_is_known_with_its_turns_and_its_vote():
    record = a_fought()
    memory = Memory()
    memory.see_battle(record)
    assert memory.battle("battle") == record

    vote = a_vote("battle", record.battle.session_id)
    memory.voted(vote)

    assert memory.battle("battle") == dataclasses.replace(record, vote=vote)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (a_fought(), "battle"),
        (a_record(), None),
        (a_fought(mode=Mode.SIDE_BY_SIDE), None),
        (a_fought(vote=a_vote("battle", "my session")), None),
    ],
    ids=["begun", "not begun", "named", "voted"],
)
def test_the_battle_that_waits_for_its_vote_is_known(record: BattleRecord, expected: str | None):
    memory = Memory()
    memory.see_battle(record)

    assert memory.open_battle(record.battle.session_id) == expected


def a_home(scopes: frozenset[Scope] = frozenset(Scope)) -> tuple[Memory, TurnFact]:
    """A memory of one conversation, and a turn that may be opened there."""
    session = a_session()
    consent, home = a_consent(session.id, scopes), a_conversation(session.id)
    memory = a_memory_of(session, consent)
    memory.see_conversation(home)
    memory.see_turns(home.id, ())
    return memory, a_turn(home.id, consent.id)


def test_a_turn_may_be_opened_where_everything_is_known_and_a_consent_covers_it():
    memory, turn = a_home()
    assert memory.may_open((turn,))

    assert not memory.may_open((turn, dataclasses.replace(turn, conversation_id="unknown")))
    assert not memory.may_open((dataclasses.replace(turn, consent_id="another"),))


def test_without_consent_to_log_no_turn_may_be_opened():
    memory, turn = a_home(frozenset({Scope.SERVE}))

    assert not memory.may_open((turn,))


def test_after_its_vote_a_battle_takes_no_turn():
    record = a_fought()
    consent = a_consent(record.battle.session_id)
    memory = Memory()
    memory.see_consent(consent)
    memory.see_battle(record)
    turn = a_turn("conversation a", consent.id, position=1)
    assert memory.may_open((turn,))

    memory.voted(a_vote("battle", record.battle.session_id))

    assert not memory.may_open((turn,))


def test_a_session_that_is_forgotten_is_forgotten_wholly():
    memory, turn = a_home()
    memory.opened((turn,))
    session_id = (memory.conversation(turn.conversation_id) or pytest.fail("it is known")).session_id

    memory.forget(session_id)

    assert (len(memory), memory.conversation(turn.conversation_id), memory.consent(session_id)) == (0, None, None)
    assert not memory.may_open((turn,))
    memory.ended(an_end(turn.id))
    assert memory.names == 0


def test_no_more_sessions_are_remembered_than_may_be():
    memory = Memory(most=3)
    sessions = [a_session() for _ in range(5)]
    for session in sessions[:4]:
        memory.see_session(session)
    memory.see_session(sessions[1])
    memory.see_session(sessions[4])

    known = [memory.session(each.token_hash) is not None for each in sessions]
    assert known == [False, True, False, True, True]


def test_of_one_session_the_latest_conversations_are_remembered():
    session = a_session()
    memory = a_memory_of(session, a_consent(session.id))
    homes = [a_conversation(session.id) for _ in range(CONVERSATIONS + 5)]
    for home in homes:
        memory.see_conversation(home)
        memory.see_turns(home.id, ())

    assert [memory.turns(home.id) is not None for home in homes] == [False] * 5 + [True] * CONVERSATIONS
    assert [memory.conversation(home.id) is not None for home in homes] == [False] * 5 + [True] * CONVERSATIONS
    assert memory.names == 1 + CONVERSATIONS


def test_long_conversations_leave_no_more_names_than_open_turns():
    memory, turn = a_home()
    before = memory.names
    for _ in range(100):
        another = dataclasses.replace(turn, id=a_turn("", "").id)
        memory.opened((another,))
        memory.ended(an_end(another.id))

    assert memory.names == before
