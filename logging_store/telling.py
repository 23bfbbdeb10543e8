"""What is told to the chains: what each record says, as it is stored, so that it can be computed again from its row."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Boolean, Column, Double, Integer, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Parameters
from logging_store.chain import Event, Said
from logging_store.columns import ParametersJson, Words, storable
from logging_store.facts import (
    BattleFact,
    ConsentFact,
    ConversationFact,
    ReactionFact,
    ReleaseChoiceFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)
from logging_store.queries import consent_row, insert_into, row_of
from logging_store.tables import (
    battles,
    consents,
    conversations,
    reactions,
    release_choices,
    sessions,
    turns,
    votes,
)

Fact = (
    SessionFact | ConsentFact | BattleFact | ConversationFact | TurnFact | VoteFact | ReactionFact | ReleaseChoiceFact
)

TABLES: dict[Event, Table] = {
    Event.SESSION: sessions,
    Event.CONSENT: consents,
    Event.BATTLE: battles,
    Event.CONVERSATION: conversations,
    Event.TURN_OPENED: turns,
    Event.TURN_ENDED: turns,
    Event.VOTE: votes,
    Event.REACTION: reactions,
    Event.RELEASE_CHOICE: release_choices,
}
"""In whose rows the events are found again."""

TIMES: dict[Event, str] = {
    Event.SESSION: "opened_at",
    Event.CONSENT: "accepted_at",
    Event.BATTLE: "opened_at",
    Event.CONVERSATION: "opened_at",
    Event.TURN_OPENED: "opened_at",
    Event.TURN_ENDED: "finished_at",
    Event.VOTE: "voted_at",
    Event.REACTION: "reacted_at",
    Event.RELEASE_CHOICE: "chosen_at",
}
"""The column with an event's own time."""

_EVENTS: dict[type[Any], Event] = {
    SessionFact: Event.SESSION,
    ConsentFact: Event.CONSENT,
    BattleFact: Event.BATTLE,
    ConversationFact: Event.CONVERSATION,
    TurnFact: Event.TURN_OPENED,
    VoteFact: Event.VOTE,
    ReactionFact: Event.REACTION,
    ReleaseChoiceFact: Event.RELEASE_CHOICE,
}
_WRITTEN_AT_THE_END = frozenset(each.name for each in fields(TurnEnd)) - {"turn_id"}

_TOLD = "told"
_DEFAULTS = Parameters()


def start_telling(connection: AsyncConnection) -> list[Said]:
    """Return the list to which all is added that is told in the transaction that now begins on this connection."""
    told: list[Said] = []
    connection.info[_TOLD] = told
    return told


def tell(connection: AsyncConnection, *said: Said) -> None:
    """Have what was said linked, when the transaction of `Database.write` commits that this connection is in."""
    connection.info[_TOLD].extend(said)


async def add_in(connection: AsyncConnection, *facts: Fact) -> None:
    """Write facts, each into its table, and tell what they say."""
    for fact in facts:
        await connection.execute(insert_into(TABLES[_EVENTS[type(fact)]]), _row(fact))
    tell(connection, *said_of(*facts))


def _row(fact: Fact) -> dict[str, Any]:
    return consent_row(fact) if isinstance(fact, ConsentFact) else row_of(fact)


def said_of(*facts: Fact) -> Iterator[Said]:
    """Yield what facts say when they are written. A turn that has ended already says two things."""
    for fact in facts:
        event = _EVENTS[type(fact)]
        if isinstance(fact, ConsentFact):
            yield said_by_row(event, consent_row(fact))
        else:
            yield _said(event, fact.id, _content(event, fact))
        if isinstance(fact, TurnFact) and fact.ending is not None:
            yield said_end(fact)


def said_end(end: TurnEnd | TurnFact) -> Said:
    """Return what the end of a turn says, or a whole turn of its end."""
    record_id = end.id if isinstance(end, TurnFact) else end.turn_id
    return _said(Event.TURN_ENDED, record_id, _content(Event.TURN_ENDED, end))


def said_by_row(event: Event, row: Mapping[str, Any]) -> Said:
    """Return what an event said that wrote this row."""
    return _said(event, row["id"], content_of_row(event, row))


def _said(event: Event, record_id: str, content: dict[str, Any]) -> Said:
    return Said(event, record_id, content[TIMES[event]], content)


def _content(event: Event, fact: object) -> dict[str, Any]:
    """Return the same as `content_of_row` for a row made of the fact."""
    return {
        name: as_stored(value) for (name, as_stored), value in zip(_COLUMNS[event], _VALUES[event](fact), strict=True)
    }


def content_of_row(event: Event, plain_row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event wrote into a row, as plain JSON values: the same from our words and from what is stored."""
    return {name: as_stored(plain_row[name]) for name, as_stored in _COLUMNS[event]}


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _real(value: Any) -> float | None:
    return None if value is None else float(value) + 0.0  # SQLite knows no minus zero


def _truth(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _text(value: Any) -> str | None:
    if type(value) is str and value.isascii() and "\x00" not in value:  # most are: the shortest way
        return value
    return None if value is None else storable(str(value))


def _json(value: Any) -> Any:
    if isinstance(value, Parameters):
        return value.model_dump(mode="json", exclude_none=True) if value != _DEFAULTS else {}
    found = json.loads(value) if isinstance(value, str) else value
    return [storable(str(each)) for each in found] if isinstance(found, list | tuple) else found


def _as_stored(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, ParametersJson | Words):
        return _json
    kinds = ((Boolean, _truth), (Integer, _whole), (Double, _real))
    return next((convert for kind, convert in kinds if isinstance(column.type, kind)), _text)


def _columns(event: Event) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    of_the_end = {Event.TURN_OPENED: False, Event.TURN_ENDED: True}.get(event)
    return tuple(
        (column.name, _as_stored(column))
        for column in TABLES[event].columns
        if of_the_end is None or (column.name in _WRITTEN_AT_THE_END) is of_the_end
    )


_COLUMNS = {event: _columns(event) for event in TABLES}
UNENDED = {name: "" if name in {"answer", "reasoning"} else None for name, _ in _COLUMNS[Event.TURN_ENDED]}
"""What the columns of a turn's end hold while it is open."""
_VALUES = {event: attrgetter(*(name for name, _ in columns)) for event, columns in _COLUMNS.items()}
