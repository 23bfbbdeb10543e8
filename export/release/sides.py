"""What forms of battles have in common: a battle is released whole or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from arena.battle import Outcome
from export.release.forms import Released, ReleaseKey
from export.release.messages import chars
from export.release.steps import Bundle, Dropped, Row
from export.release.times import possible
from logging_store.facts import SaidBattle
from logging_store.withholding import TAKEN_BACK


@dataclass(frozen=True, slots=True)
class VotedBattle:
    """A battle that somebody decided, with both sides."""

    battle: SaidBattle
    a: Row
    b: Row
    outcome: Outcome
    voted_at: float
    """Unix seconds."""

    @property
    def redacted(self) -> bool:
        """Something in one of the sides was replaced."""
        return self.a.redacted or self.b.redacted


def voted_battle(bundle: Bundle) -> VotedBattle | Dropped | None:
    """Return the battle of a bundle, or why it is not released; None if there is none in it.

    A side's reason is the battle's: what was taken back before all others, then A's before B's. Sides that did not
    answer the same messages are left out: one of them broke off, and what the other said was no answer to the same.
    """
    if bundle.battle_id is None:
        return None
    a, b = bundle.rows
    if isinstance(a, Dropped) or isinstance(b, Dropped):
        reasons = [row.reason for row in (a, b) if isinstance(row, Dropped)]
        return Dropped(a.ledger_id, next((each for each in reasons if each in TAKEN_BACK), reasons[0]))
    battle = bundle.battle
    if battle is None or battle.outcome is None or battle.voted_at is None:
        return Dropped(a.ledger_id, "no_vote")
    if [turn.text for turn in a.turns] != [turn.text for turn in b.turns]:
        return Dropped(a.ledger_id, "unequal_sides")
    return VotedBattle(battle, a, b, battle.outcome, possible(battle.voted_at))


def voted_rows(
    name: str,
    bundle: Bundle,
    release: ReleaseKey,
    columns: Callable[[VotedBattle, str, ReleaseKey], dict[str, Any]],
    copies: int = 1,
) -> Iterator[Released | Dropped]:
    """Yield the battle of the bundle, if there is one, as the form of this name; its text is in `copies` columns."""
    battle = voted_battle(bundle)
    if isinstance(battle, Dropped):
        yield battle
    elif battle is not None:
        released_id = release.id(name, battle.a.ledger_id)
        made = columns(battle, released_id, release)
        yield Released(released_id, battle.a.ledger_id, made, copies * chars(battle.a, battle.b))
