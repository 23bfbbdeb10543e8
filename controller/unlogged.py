"""Conversations of which nothing is kept: they live in this process's memory, for a while, and are gone with it."""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace

from arena.errors import ContextTooLong, NotFound, TurnRunning
from logging_store.facts import ConversationFact, TurnEnd, TurnFact

OVERHEAD = 2_000
"""Bytes that a conversation or a turn takes besides its words, about."""
_SAID_AT_THE_END = tuple(each.name for each in fields(TurnEnd) if each.name != "turn_id")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much memory visitors may take, and for how long."""

    conversations_per_session: int = 20
    bytes_per_session: int = 4_000_000
    bytes: int = 128_000_000
    idle_seconds: float = 3_600.0


@dataclass(slots=True)
class _Held:
    conversation: ConversationFact
    used_at: float
    """Monotonic seconds."""
    turns: dict[str, TurnFact] = field(default_factory=dict[str, TurnFact])
    size: int = OVERHEAD

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written."""
        return any(turn.ending is None for turn in self.turns.values())

    def put(self, turn: TurnFact) -> None:
        """Hold a turn, in the place of what it was before."""
        self.drop(turn.id)
        self.turns[turn.id] = turn
        self.size += _size(turn)

    def drop(self, turn_id: str | None) -> None:
        """Hold a turn no more, if it was held."""
        turn = self.turns.pop(turn_id or "", None)
        self.size -= 0 if turn is None else _size(turn)


class Unlogged:
    """Holds them, and the turns that no ledger sees. Where there is no room, what rested longest goes first."""

    def __init__(self, bounds: Bounds | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._held: dict[str, _Held] = {}
        """By conversation, in the order in which they were last used."""
        self._homes: dict[str, str] = {}
        """The conversation of each open turn."""
        self._by_session: dict[str, list[str]] = {}
        self.size = 0
        """Bytes that all of them take, about."""

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, conversation_id: str) -> bool:
        """Whether a conversation is still held. It is no use of it."""
        return conversation_id in self._held

    def add(self, conversation: ConversationFact) -> None:
        """Hold a conversation."""
        self._held[conversation.id] = _Held(conversation, self._clock())
        self._by_session.setdefault(conversation.session_id, []).append(conversation.id)
        self.size += OVERHEAD
        self._make_room(conversation)

    def conversation(self, conversation_id: str) -> ConversationFact | None:
        """Return a conversation, if it is still held."""
        held = self._use(conversation_id)
        return None if held is None else held.conversation

    def turns_of(self, conversation_id: str) -> tuple[TurnFact, ...]:
        """Return the turns that stand, in order."""
        held = self._held.get(conversation_id)
        return () if held is None else tuple(sorted(held.turns.values(), key=lambda turn: turn.position))

    def open_turns(self, *opened: TurnFact) -> None:
        """Take turns, each into its conversation, and drop what they supersede: nobody will ever read it again."""
        for turn in opened:
            held = self._use(turn.conversation_id)
            if held is None:
                raise NotFound
            if held.is_busy:
                raise TurnRunning
            if held.size + _size(turn) > self._bounds.bytes_per_session:
                raise ContextTooLong
            self.size -= held.size
            held.drop(turn.supersedes)
            held.put(turn)
            self.size += held.size
            self._homes[turn.id] = turn.conversation_id
            self._make_room(held.conversation)

    def finish(self, end: TurnEnd) -> None:
        """Take how a turn ended. If its conversation was dropped meanwhile, nothing is left of it."""
        held = self._use(self._homes.pop(end.turn_id, ""))
        if held is None:
            return
        self.size -= held.size
        held.put(replace(held.turns[end.turn_id], **{name: getattr(end, name) for name in _SAID_AT_THE_END}))
        self.size += held.size
        self._make_room(held.conversation)

    def forget(self, session_id: str) -> int:
        """Drop all that a session said, also what is being written; return how many conversations that were."""
        mine = self._by_session.get(session_id, []).copy()
        for conversation_id in mine:
            self._drop(conversation_id)
        return len(mine)

    def sweep(self) -> None:
        """Drop what has rested for too long."""
        latest = self._clock() - self._bounds.idle_seconds
        for conversation_id, held in list(self._held.items()):
            if held.used_at > latest:
                return
            if not held.is_busy:
                self._drop(conversation_id)

    def _use(self, conversation_id: str) -> _Held | None:
        held = self._held.pop(conversation_id, None)
        if held is not None:
            held.used_at = self._clock()
            self._held[conversation_id] = held
        return held

    def _make_room(self, used: ConversationFact) -> None:
        """Drop what rests, but not the one in use, until all bounds are kept."""
        bounds, mine = self._bounds, self._by_session[used.session_id]

        def has_too_much() -> bool:
            size = sum(self._held[each].size for each in mine)
            return len(mine) > bounds.conversations_per_session or size > bounds.bytes_per_session

        if has_too_much():
            in_order = sorted(mine, key=lambda each: self._held[each].used_at)
            self._drop_while(has_too_much, in_order, used.id)
        if self.size > bounds.bytes:
            self._drop_while(lambda: self.size > bounds.bytes, list(self._held), used.id)

    def _drop_while(self, is_so: Callable[[], bool], conversation_ids: Iterable[str], used: str) -> None:
        for each in conversation_ids:
            if each == used or self._held[each].is_busy:
                continue
            if not is_so():
                return
            self._drop(each)

    def _drop(self, conversation_id: str) -> None:
        held = self._held.pop(conversation_id)
        self.size -= held.size
        for turn_id in held.turns:
            self._homes.pop(turn_id, None)
        mine = self._by_session[held.conversation.session_id]
        mine.remove(conversation_id)
        if not mine:
            del self._by_session[held.conversation.session_id]


def _size(turn: TurnFact) -> int:
    return OVERHEAD + sum(sys.getsizeof(said) for said in (turn.text, turn.answer, turn.reasoning))
