"""A release is a list of steps. Each looks at one row, and keeps it, changes it, or drops it with a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from logging_store.facts import ConversationRecord, SaidTurn, Withheld, standing


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation on its way into a release."""

    ledger_id: str
    model: str
    visitor: tuple[str, str]
    """By whom: a period and the hash that an address had in it. Only counted, never released."""
    turns: tuple[SaidTurn, ...]
    language: str = "unknown"
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a row is not released."""

    reason: str


Step = Callable[[Row], Row | Dropped]


def begin(read: ConversationRecord | Withheld) -> Row | Dropped:
    """Take a conversation as the ledger gives it: what may not be released comes without a word of it."""
    if isinstance(read, Withheld):
        return Dropped(read.reason)
    return Row(
        ledger_id=read.conversation.id,
        model=read.conversation.model,
        visitor=(read.period, read.address_hash),
        turns=read.turns,
    )


def apply(steps: Iterable[Step], row: Row | Dropped) -> Row | Dropped:
    """Take one row through the steps, until one drops it."""
    for step in steps:
        if isinstance(row, Dropped):
            break
        row = step(row)
    return row


def without_models(names: frozenset[str], reason: str) -> Step:
    """Make the step that drops the conversations with these models."""

    def allowed_model(row: Row) -> Row | Dropped:
        return Dropped(reason) if row.model in names else row

    return allowed_model


def answered(row: Row) -> Row | Dropped:
    """Keep the turns that stand and have an answer; drop what has none."""
    turns = tuple(turn for turn in standing(row.turns) if turn.is_answered)
    return replace(row, turns=turns) if turns else Dropped("no_answer")
