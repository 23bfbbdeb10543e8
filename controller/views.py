"""What visitors see of the ledger's records. In a battle before its vote: nothing that depends on the models."""

from arena.battle import BattleTurn, BattleView, Mode, Reveal
from arena.chat import AnswerView, ConversationView, Ending, ReactionKind, TurnView
from arena.errors import AnswerFailed, ArenaError, WorkerError, error_classes
from arena.model import PublicModel
from controller.battle_rules import can_vote
from logging_store.facts import (
    BattleFact,
    BattleRecord,
    ConversationFact,
    ReactionFact,
    TurnFact,
    VoteFact,
    standing,
)

LOST = "The arena was restarted while this was being answered. Please regenerate."


def message_for(turn: TurnFact, *, is_blind: bool) -> str | None:
    """Return the sentence that tells why a turn has no whole answer."""
    if turn.ending is Ending.LOST:
        return LOST
    if turn.ending is not Ending.FAILED:
        return None
    if is_blind:
        return str(AnswerFailed())
    kind: type[ArenaError] = error_classes().get(turn.error_code or "", WorkerError)
    return str(kind())


def answer_view(turn: TurnFact, *, is_blind: bool) -> AnswerView:
    """Return one answer."""
    return AnswerView(
        text=turn.answer,
        ending=turn.ending,
        message=message_for(turn, is_blind=is_blind),
        reasoning="" if is_blind else turn.reasoning,
    )


def _has_open(turns: tuple[TurnFact, ...]) -> bool:
    """Whether an answer was still being written when the ledger was read: what ran a moment before may have ended."""
    return any(turn.ending is None for turn in turns)


def conversation_view(
    conversation: ConversationFact,
    turns: tuple[TurnFact, ...],
    reactions: tuple[ReactionFact, ...],
    *,
    is_running: bool,
    is_logged: bool = True,
    is_withheld: bool = False,
) -> ConversationView:
    """Return a direct conversation."""
    is_running = is_running and _has_open(turns)
    latest: dict[str, ReactionKind] = {reaction.turn_id: reaction.kind for reaction in reactions}
    views = tuple(
        TurnView(id=turn.id, text=turn.text, answer=answer_view(turn, is_blind=False), reaction=latest.get(turn.id))
        for turn in standing(turns)
    )
    return ConversationView(
        id=conversation.id,
        model=conversation.model,
        turns=views,
        is_running=is_running,
        is_logged=is_logged,
        is_withheld=is_withheld,
    )


def battle_view(
    record: BattleRecord, reveal: Reveal | None, *, is_running: bool, is_withheld: bool = False
) -> BattleView:
    """Return a battle or a side by side."""
    battle = record.battle
    is_named = battle.mode is Mode.SIDE_BY_SIDE
    is_blind = not is_named and reveal is None
    is_running = is_running and _has_open(record.turns_a + record.turns_b)
    pairs = zip(standing(record.turns_a), standing(record.turns_b), strict=False)
    turns = tuple(
        BattleTurn(text=a.text, a=answer_view(a, is_blind=is_blind), b=answer_view(b, is_blind=is_blind))
        for a, b in pairs
    )
    return BattleView(
        id=battle.id,
        mode=battle.mode,
        turns=turns,
        is_running=is_running,
        can_vote=not is_running and can_vote(record),
        chosen=(battle.model_a, battle.model_b) if is_named else None,
        reveal=reveal,
        is_withheld=is_withheld,
    )


def reveal_of(battle: BattleFact, vote: VoteFact, public: dict[str, PublicModel]) -> Reveal:
    """Return who was who. A model that left the catalogue keeps its name."""
    return Reveal(
        outcome=vote.outcome,
        model_a=public.get(battle.model_a) or PublicModel(name=battle.model_a),
        model_b=public.get(battle.model_b) or PublicModel(name=battle.model_b),
    )
