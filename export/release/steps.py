"""A release is a list of steps. Each looks at one row, and keeps it, changes it, or drops it with a reason."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import is_

from export.moderation.verdict import GuardLabels, Verdict
from logging_store.facts import ConversationRecord, SaidBattle, SaidTurn, Withheld, standing


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation on its way into a release."""

    record: ConversationRecord
    """As the ledger gave it: for what no step changes (ids, model, mode, times, parameters)."""
    turns: tuple[SaidTurn, ...]
    """Those that stand and were answered. Their own texts are raw and never written."""
    texts: tuple[str, ...] = ()
    """The messages (user, assistant, user, ...): what steps change and forms write."""
    asides: tuple[str, ...] = ()
    """Other texts, which go through the same steps: comments, titles, system prompts, reasoning."""
    aside_kinds: tuple[str, ...] = ()
    """What each of the asides is."""
    language: str = "unknown"
    verdicts: tuple[Verdict | None, ...] = ()
    """One a message, None where nothing moderated it; empty if none was joined."""
    guard_labels: tuple[GuardLabels | None, ...] = ()
    """The same of a guard model of our own: labels, never scores."""
    replaced: Mapping[str, int] = field(default_factory=dict[str, int])
    """What was replaced in the texts, and how often: `EMAIL`, `NAME`, ..."""

    @property
    def ledger_id(self) -> str:
        """The conversation's id in the ledger, which no release holds."""
        return self.record.conversation.id

    @property
    def model(self) -> str:
        """The model's public name."""
        return self.record.conversation.model

    @property
    def visitor(self) -> tuple[str, str]:
        """By whom: a period and the hash that an address had in it. Only counted, never released."""
        return self.record.period, self.record.address_hash

    @property
    def redacted(self) -> bool:
        """Something in the texts was replaced."""
        return bool(self.replaced)


@dataclass(frozen=True, slots=True)
class Dropped:
    """That something is not released, and why."""

    ledger_id: str
    """Of the conversation; in forms of battles, of side A's."""
    reason: str


Step = Callable[[Row], Row | Dropped]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is treated together: one conversation, or both sides of a battle, A first."""

    rows: tuple[Row | Dropped, ...]
    battle: SaidBattle | None = None
    """None also where both sides are withheld: nothing of it may be read."""
    battle_id: str | None = None
    """None for a conversation that is no side."""

    def with_rows(self, rows: Iterable[Row | Dropped]) -> "Bundle":
        """Return the bundle with other rows, itself if they are the same: most steps leave most rows alone."""
        made = tuple(rows)
        return self if all(map(is_, made, self.rows)) else Bundle(made, self.battle, self.battle_id)


BundleStep = Callable[[Bundle], Bundle]
"""A step that looks at both sides of a battle at once."""


def begin(read: ConversationRecord | Withheld) -> Row | Dropped:
    """Take a conversation as the ledger gives it: what may not be released comes without a word of it."""
    if isinstance(read, Withheld):
        return Dropped(read.conversation_id, read.reason)
    return Row(record=read, turns=read.turns)


def apply(steps: Iterable[Step], row: Row | Dropped) -> Row | Dropped:
    """Take one row through the steps, until one drops it."""
    for step in steps:
        if isinstance(row, Dropped):
            break
        row = step(row)
    return row


def by_rows(step: Step) -> BundleStep:
    """Make a step for rows one for bundles."""

    def each_row(bundle: Bundle) -> Bundle:
        return bundle.with_rows(row if isinstance(row, Dropped) else step(row) for row in bundle.rows)

    return each_row


def without_models(names: frozenset[str], reason: str) -> Step:
    """Make the step that drops the conversations with these models."""

    def allowed_model(row: Row) -> Row | Dropped:
        return Dropped(row.ledger_id, reason) if row.model in names else row

    return allowed_model


def answered(row: Row) -> Row | Dropped:
    """Keep the turns that stand and have an answer, and begin the texts with theirs; drop what has none."""
    turns = tuple(turn for turn in standing(row.turns) if turn.is_answered)
    if not turns:
        return Dropped(row.ledger_id, "no_answer")
    return replace(row, turns=turns, texts=tuple(text for turn in turns for text in (turn.text, turn.answer)))
