"""A release is a list of steps. Each looks at one row, and keeps it, changes it, or drops it with a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from logging_store.facts import ConversationRecord, TurnFact, standing


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation on its way into a release."""

    ledger_id: str
    model: str
    address_hash: str
    """Only counted, never released."""
    releasable: bool
    turns: tuple[TurnFact, ...]
    language: str = "unknown"
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a row is not released."""

    reason: str


Step = Callable[[Row], Row | Dropped]


def begin(record: ConversationRecord) -> Row:
    """Take a conversation as the ledger has it."""
    return Row(
        ledger_id=record.conversation.id,
        model=record.conversation.model,
        address_hash=record.address_hash,
        releasable=record.releasable,
        turns=record.turns,
    )


def apply(steps: Iterable[Step], row: Row) -> Row | Dropped:
    """Take one row through the steps, until one drops it."""
    for step in steps:
        result = step(row)
        if isinstance(result, Dropped):
            return result
        row = result
    return row


def consented(row: Row) -> Row | Dropped:
    """Keep what its visitor allowed to publish."""
    return row if row.releasable else Dropped("no_release_consent")


def without_models(names: frozenset[str], reason: str) -> Step:
    """Make the step that drops the conversations with these models."""

    def allowed_model(row: Row) -> Row | Dropped:
        return Dropped(reason) if row.model in names else row

    return allowed_model


def answered(row: Row) -> Row | Dropped:
    """Keep the turns that stand and have an answer; drop what has none."""
    turns = tuple(turn for turn in standing(row.turns) if turn.is_answered)
    return replace(row, turns=turns) if turns else Dropped("no_answer")
