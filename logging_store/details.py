"""What only some who publish ask for: battles with their votes, and what else is known of conversations and turns.

The questions are put to the driver as they are, for a page of conversations each, like those of `reading`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from arena.battle import Mode, Outcome
from arena.chat import Parameters, ReactionKind
from arena.session import AgeGroup
from logging_store.erasing import NOBODY
from logging_store.facts import Circumstances, SaidBattle, TurnDetails

Row = Sequence[Any]
Ask = Callable[[str, str, int], Awaitable[Sequence[Row]]]
"""Puts a question about so many conversations, those after the one with this id."""

_PAGE = "(SELECT id, session_id, battle_id FROM conversations WHERE id > $1 ORDER BY id LIMIT {size}) AS page"
_LAST_FINISHES = f"""
SELECT page.id, max(t.finished_at)
FROM {_PAGE} CROSS JOIN conversations c CROSS JOIN turns t
WHERE c.battle_id = page.battle_id AND t.conversation_id = c.id GROUP BY page.id
"""  # noqa: S608 (the parts are ours)
_BATTLES = f"""
SELECT b.id, b.session_id, b.mode, b.model_a, b.model_b, b.conversation_a, b.conversation_b, b.pair_probability,
    b.policy, b.opened_at, v.outcome, v.is_anonymous, v.reasons, v.voted_at,
    (SELECT count(*) FROM votes w WHERE w.session_id = v.session_id
        AND (w.voted_at < v.voted_at OR (w.voted_at = v.voted_at AND w.id <= v.id)))
FROM (SELECT DISTINCT battle_id FROM {_PAGE}) AS sought CROSS JOIN battles b LEFT JOIN votes v ON v.battle_id = b.id
WHERE b.id = sought.battle_id AND b.session_id <> '{NOBODY}'
"""  # noqa: S608
_TURNS = f"""
SELECT t.id, t.opened_at, k.terms_version, t.parameters, t.first_word_at, t.finish_reason, t.error_code, t.reasoning,
    t.prompt_tokens, t.completion_tokens,
    (SELECT r.kind FROM reactions r WHERE r.turn_id = t.id ORDER BY r.reacted_at DESC, r.id DESC LIMIT 1)
FROM {_PAGE} CROSS JOIN turns t CROSS JOIN consents k
WHERE t.conversation_id = page.id AND k.id = t.consent_id
"""  # noqa: S608
_CIRCUMSTANCES = f"""
SELECT s.id, s.country, k.language, k.age_group
FROM (SELECT DISTINCT session_id FROM {_PAGE}) AS sought CROSS JOIN sessions s CROSS JOIN consents k
WHERE s.id = sought.session_id AND k.id = (
    SELECT l.id FROM consents l WHERE l.session_id = s.id ORDER BY l.accepted_at DESC, l.id DESC LIMIT 1)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Details:
    """What else is known of a page of conversations, by their ids, their turns', sessions' or battles'."""

    last_finishes: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    """Of battles' sides: when the last turn of either finished, so that both are in the same period."""
    battles: Mapping[str, SaidBattle] = field(default_factory=dict[str, SaidBattle])
    turns: Mapping[str, TurnDetails] = field(default_factory=dict[str, TurnDetails])
    circumstances: Mapping[str, Circumstances] = field(default_factory=dict[str, Circumstances])


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of it is asked for."""

    last_finishes: bool = False
    battles: bool = False
    everything: bool = False

    async def of(self, ask: Ask, last: str, size: int) -> Details:
        """Ask for it."""
        if self == _NOTHING:
            return NO_DETAILS
        return Details(
            {row[0]: row[1] for row in (await ask(_LAST_FINISHES, last, size) if self.last_finishes else ())},
            {row[0]: _battle(row) for row in (await ask(_BATTLES, last, size) if self.battles else ())},
            {row[0]: _turn(row) for row in (await ask(_TURNS, last, size) if self.everything else ())},
            {row[0]: _circumstances(row) for row in (await ask(_CIRCUMSTANCES, last, size) if self.everything else ())},
        )


_NOTHING = Wanted()


def _battle(row: Row) -> SaidBattle:
    battle = SaidBattle(row[0], row[1], Mode(row[2]), *row[3:10])
    outcome, is_anonymous, reasons, voted_at, number = row[10:]
    if outcome is None:
        return battle
    return replace(
        battle,
        outcome=Outcome(outcome),
        is_anonymous=bool(is_anonymous),
        reasons=tuple(_parsed(reasons)),
        voted_at=voted_at,
        number=number,
    )


def _turn(row: Row) -> TurnDetails:
    opened_at, terms_version, parameters = row[1:4]
    details = TurnDetails(opened_at, terms_version, Parameters(**_parsed(parameters)), *row[4:10])
    return details if row[10] is None else replace(details, reaction=ReactionKind(row[10]))


def _circumstances(row: Row) -> Circumstances:
    _, country, language, age_group = row
    return Circumstances(country, language, AgeGroup(age_group))


def _parsed(column: Any) -> Any:
    """Return what a JSON column holds: of the two drivers one has parsed it already."""
    return json.loads(column) if isinstance(column, str) else column
