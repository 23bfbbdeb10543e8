"""What this controller has seen lately of its visitors: from it conversations go on while the ledger is away."""

from collections import OrderedDict
from dataclasses import dataclass, field, fields, replace

from arena.battle import Mode
from arena.session import Scope
from logging_store.facts import (
    BattleFact,
    BattleRecord,
    ConsentFact,
    ConversationFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)

SESSIONS = 5_000
CONVERSATIONS = 20
"""Of each session, the latest."""
COVERS_TEXT = frozenset({Scope.SERVE, Scope.LOG})
_OF_AN_END = tuple(each.name for each in fields(TurnEnd) if each.name != "turn_id")


@dataclass(slots=True)
class Stay:
    """What was seen of one session. Conversations that are sides of a battle are among the others."""

    session: SessionFact | None = None
    consent: ConsentFact | None = None
    turns: OrderedDict[str, dict[str, TurnFact]] = field(default_factory=OrderedDict[str, dict[str, TurnFact]])
    """By conversation and by id, in order."""
    conversations: dict[str, ConversationFact] = field(default_factory=dict[str, ConversationFact])
    battles: dict[str, tuple[BattleFact, VoteFact | None]] = field(
        default_factory=dict[str, tuple[BattleFact, VoteFact | None]]
    )
    names: set[str] = field(default_factory=set[str])
    """By which this stay is found: its token's hash, and the ids of what belongs to it."""


class Memory:
    """The stays that were seen last, no more than `most`. Everything costs a few entries in dictionaries."""

    def __init__(self, most: int = SESSIONS) -> None:
        self._most = most
        self._stays: OrderedDict[str, Stay] = OrderedDict()
        self._session_of: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._stays)

    @property
    def names(self) -> int:
        """Return under how many names something is found."""
        return len(self._session_of)

    def see_session(self, session: SessionFact) -> None:
        """Remember a session."""
        self._stay(session.id, session.token_hash).session = session

    def see_consent(self, consent: ConsentFact) -> None:
        """Remember a session's latest consent."""
        self._stay(consent.session_id).consent = consent

    def see_conversation(self, conversation: ConversationFact) -> None:
        """Remember a conversation."""
        self._stay(conversation.session_id, conversation.id).conversations[conversation.id] = conversation

    def see_turns(self, conversation_id: str, turns: tuple[TurnFact, ...]) -> None:
        """Remember all turns of a conversation that is known."""
        stay = self._of(conversation_id)
        if stay is not None:
            self._take(stay, conversation_id, turns)

    def see_battle(self, record: BattleRecord) -> None:
        """Remember a battle with its turns."""
        battle = record.battle
        stay = self._stay(battle.session_id, battle.id, battle.conversation_a, battle.conversation_b)
        stay.battles[battle.id] = battle, record.vote
        self._take(stay, battle.conversation_a, record.turns_a)
        self._take(stay, battle.conversation_b, record.turns_b)

    def voted(self, vote: VoteFact) -> None:
        """Add the vote of a battle that is known."""
        stay = self._of(vote.battle_id)
        if stay is not None and vote.battle_id in stay.battles:
            stay.battles[vote.battle_id] = stay.battles[vote.battle_id][0], vote

    def opened(self, turns: tuple[TurnFact, ...]) -> None:
        """Add turns that were opened."""
        for turn in turns:
            stay = self._of(turn.conversation_id)
            if stay is not None and turn.conversation_id in stay.turns:
                stay.turns[turn.conversation_id][turn.id] = turn
                self._session_of[turn.id] = self._session_of[turn.conversation_id]

    def ended(self, end: TurnEnd) -> None:
        """Add how a turn ended."""
        stay = self._of(end.turn_id)
        for turns in stay.turns.values() if stay is not None else ():
            if end.turn_id in turns:
                turns[end.turn_id] = replace(turns[end.turn_id], **{each: getattr(end, each) for each in _OF_AN_END})
        self._session_of.pop(end.turn_id, None)

    def forget(self, session_id: str) -> None:
        """Forget all of a session."""
        stay = self._stays.pop(session_id, None)
        for name in stay.names if stay is not None else ():
            self._session_of.pop(name, None)

    def session(self, token_hash: str) -> SessionFact | None:
        """Return the session that holds this token."""
        stay = self._of(token_hash)
        return None if stay is None else stay.session

    def consent(self, session_id: str) -> ConsentFact | None:
        """Return the session's latest consent."""
        stay = self._stays.get(session_id)
        return None if stay is None else stay.consent

    def conversation(self, conversation_id: str) -> ConversationFact | None:
        """Return a conversation."""
        stay = self._of(conversation_id)
        return None if stay is None else stay.conversations.get(conversation_id)

    def turns(self, conversation_id: str) -> tuple[TurnFact, ...] | None:
        """Return the turns of a conversation."""
        stay = self._of(conversation_id)
        turns = None if stay is None else stay.turns.get(conversation_id)
        return None if turns is None else tuple(turns.values())

    def battle(self, battle_id: str) -> BattleRecord | None:
        """Return a battle with its turns."""
        stay = self._of(battle_id)
        known = None if stay is None else stay.battles.get(battle_id)
        if known is None:
            return None
        battle, vote = known
        turns_a, turns_b = self.turns(battle.conversation_a), self.turns(battle.conversation_b)
        return None if turns_a is None or turns_b is None else BattleRecord(battle, turns_a, turns_b, vote)

    def open_battle(self, session_id: str) -> str | None:
        """Return the latest blind battle that has a turn and no vote."""
        stay = self._stays.get(session_id) or Stay()
        waiting = [
            battle
            for battle, vote in stay.battles.values()
            if vote is None and battle.mode is Mode.BATTLE and stay.turns.get(battle.conversation_a)
        ]
        return max(waiting, key=lambda battle: (battle.opened_at, battle.id)).id if waiting else None

    def may_open(self, turns: tuple[TurnFact, ...]) -> bool:
        """Whether these turns may be opened by what is known: a consent covers them, and no vote is cast."""
        return all(self._may_open(turn) for turn in turns)

    def _may_open(self, turn: TurnFact) -> bool:
        stay = self._of(turn.conversation_id)
        if stay is None or stay.consent is None or turn.conversation_id not in stay.turns:
            return False
        closed = {
            each
            for battle, vote in stay.battles.values()
            if vote is not None
            for each in (battle.conversation_a, battle.conversation_b)
        }
        is_covered = stay.consent.id == turn.consent_id and stay.consent.consent.scopes >= COVERS_TEXT
        return is_covered and turn.conversation_id not in closed

    def _take(self, stay: Stay, conversation_id: str, turns: tuple[TurnFact, ...]) -> None:
        stay.turns[conversation_id] = {turn.id: turn for turn in turns}
        stay.turns.move_to_end(conversation_id)
        while len(stay.turns) > CONVERSATIONS:
            old, _ = stay.turns.popitem(last=False)
            stay.conversations.pop(old, None)
            for battle, _ in [each for each in stay.battles.values() if each[0].conversation_a == old]:
                del stay.battles[battle.id]
                self._unname(stay, battle.id)
            self._unname(stay, old)

    def _of(self, name: str) -> Stay | None:
        return self._stays.get(self._session_of.get(name, ""))

    def _stay(self, session_id: str, *names: str) -> Stay:
        stay = self._stays.get(session_id)
        if stay is None:
            stay = self._stays[session_id] = Stay()
            if len(self._stays) > self._most:
                self.forget(next(iter(self._stays)))
        self._stays.move_to_end(session_id)
        for name in names:
            self._name(stay, name, session_id)
        return stay

    def _unname(self, stay: Stay, name: str) -> None:
        stay.names.discard(name)
        self._session_of.pop(name, None)

    def _name(self, stay: Stay, name: str, session_id: str) -> None:
        stay.names.add(name)
        self._session_of[name] = session_id
