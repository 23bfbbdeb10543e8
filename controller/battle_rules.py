"""The rules of a battle, over its record. No I/O."""

from arena.battle import Mode, Outcome
from arena.chat import Ending
from arena.errors import (
    AlreadyVoted,
    BattleClosed,
    NothingToRegenerate,
    NotYours,
    SideUnanswered,
    TurnRunning,
    VoteTooEarly,
)
from logging_store.facts import BattleRecord, TurnFact, VoteFact, standing


def check_owner(owner: str, session_id: str) -> None:
    """Refuse everybody but the session it belongs to."""
    if owner != session_id:
        raise NotYours


def last_turns(record: BattleRecord) -> tuple[TurnFact | None, TurnFact | None]:
    """Return each side's last standing turn."""
    return _last(record.turns_a), _last(record.turns_b)


def _last(turns: tuple[TurnFact, ...]) -> TurnFact | None:
    stands = standing(turns)
    return stands[-1] if stands else None


def check_open(record: BattleRecord) -> None:
    """Refuse what may not happen after the vote."""
    if record.vote is not None:
        raise BattleClosed


def check_next_turn(record: BattleRecord) -> None:
    """A new message needs an open battle whose last message both sides have answered."""
    check_open(record)
    last = [turn for turn in last_turns(record) if turn is not None]
    for turn in last:
        _check_ended(turn)
    if not all(turn.is_answered for turn in last):
        raise SideUnanswered


def check_regenerate(record: BattleRecord) -> tuple[TurnFact, TurnFact]:
    """Return the two turns to be superseded."""
    check_open(record)
    turn_a, turn_b = last_turns(record)
    if turn_a is None or turn_b is None:
        raise NothingToRegenerate
    _check_ended(turn_a)
    _check_ended(turn_b)
    return turn_a, turn_b


def _check_ended(turn: TurnFact) -> None:
    if turn.ending is None:
        raise TurnRunning


def check_vote(record: BattleRecord, session_id: str) -> None:
    """A vote comes once, from the battle's session, after both sides have answered."""
    check_owner(record.battle.session_id, session_id)
    if record.vote is not None:
        raise AlreadyVoted
    turn_a, turn_b = last_turns(record)
    if turn_a is None or turn_b is None or turn_a.ending is None or turn_b.ending is None:
        raise VoteTooEarly
    if not (turn_a.is_answered and turn_b.is_answered):
        raise SideUnanswered


def can_vote(record: BattleRecord) -> bool:
    """Whether the battle's own session may vote now."""
    try:
        check_vote(record, record.battle.session_id)
    except (AlreadyVoted, VoteTooEarly, SideUnanswered):
        return False
    return True


def reasons_not_to_count(record: BattleRecord) -> tuple[str, ...]:
    """Why a vote on this battle does not count for ratings; empty if it does."""
    reasons: list[str] = []
    if record.battle.mode is not Mode.BATTLE:
        reasons.append("not_anonymous")
    turns = standing(record.turns_a) + standing(record.turns_b)
    if any(turn.ending is Ending.CANCELLED for turn in turns):
        reasons.append("stopped_answer")
    return tuple(reasons)


def decide_vote(record: BattleRecord, session_id: str, outcome: Outcome, vote_id: str, now: float) -> VoteFact:
    """Return the vote, or raise the reason why there can be none."""
    check_vote(record, session_id)
    return VoteFact(
        id=vote_id,
        battle_id=record.battle.id,
        session_id=session_id,
        outcome=outcome,
        is_anonymous=record.battle.mode is Mode.BATTLE,
        reasons=reasons_not_to_count(record),
        voted_at=now,
    )
