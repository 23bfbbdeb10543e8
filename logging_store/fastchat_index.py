"""What has to be known of all rows of a FastChat log before the first is written."""

from dataclasses import dataclass, field

from arena.battle import Mode
from arena.chat import Side
from logging_store.facts import BattleFact
from logging_store.fastchat_ids import battle_id, conversation_id, conversation_key, milliseconds, time_of
from logging_store.fastchat_log import VOTES, LogRow

POLICY = "imported"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two conversations that a vote ties together: each FastChat's `conv_id` and its model."""

    a: tuple[str, str]
    b: tuple[str, str]
    mode: Mode

    def side_of(self, conversation: str) -> Side:
        """Return on which side the conversation is."""
        return "a" if conversation == self.a[0] else "b"


@dataclass(slots=True)
class Index:
    """When each conversation began, and with which other one it fought."""

    ids: dict[str, str] = field(default_factory=dict[str, str])
    """A conversation's key to its id, of those that the ledger holds."""
    firsts: dict[str, int] = field(default_factory=dict[str, int])
    """A conversation's key to the milliseconds of its first row, of the others."""
    pairs: dict[str, Pair] = field(default_factory=dict[str, Pair])
    """A conversation's key to its battle."""

    def note(self, row: LogRow) -> None:
        """Remember when the row's conversations began, and which two belong together: the first vote decides."""
        keys = [conversation_key(state.conversation) for state in row.states]
        began = milliseconds(row.started)
        for key in keys:
            if key not in self.ids:
                self.firsts[key] = min(began, self.firsts.get(key, began))
        if row.kind in VOTES and not any(key in self.pairs for key in keys):
            self.pairs.update(dict.fromkeys(keys, pair_in(row)))

    def id_of(self, conversation: str) -> str:
        """Return the conversation's id in the ledger."""
        key = conversation_key(conversation)
        return self.ids.get(key) or conversation_id(self.firsts[key], conversation)

    def pair_of(self, conversation: str) -> Pair | None:
        """Return the battle of which the conversation is a side."""
        return self.pairs.get(conversation_key(conversation))

    def battle_id(self, pair: Pair) -> str:
        """Return the battle's id in the ledger."""
        return battle_id(self._began(pair), pair.a[0], pair.b[0])

    def battle(self, pair: Pair, session_id: str) -> BattleFact:
        """Return the battle as a fact."""
        return BattleFact(
            id=self.battle_id(pair),
            session_id=session_id,
            mode=pair.mode,
            model_a=pair.a[1],
            model_b=pair.b[1],
            conversation_a=self.id_of(pair.a[0]),
            conversation_b=self.id_of(pair.b[0]),
            pair_probability=None,
            policy=POLICY,
            opened_at=self._began(pair) / 1000,
        )

    def _began(self, pair: Pair) -> int:
        return min(time_of(self.id_of(pair.a[0])), time_of(self.id_of(pair.b[0])))


def pair_in(vote: LogRow) -> Pair:
    """Return the two conversations that were voted on."""
    a, b = ((state.conversation, state.model) for state in vote.states)
    return Pair(a, b, Mode.BATTLE if vote.is_anonymous else Mode.SIDE_BY_SIDE)
