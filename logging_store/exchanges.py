"""Exchanges that happened elsewhere than on the page, written whole when they are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.facts import ConsentFact, ConversationFact, SessionFact, TurnFact
from logging_store.ledger import Ledger
from logging_store.opening import open_in
from logging_store.queries import consent_row, row_of
from logging_store.tables import consents, sessions
from logging_store.telling import add_in, said_of, tell


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn that has ended, with all that it belongs to. Session and consent may be in the ledger already."""

    session: SessionFact
    consent: ConsentFact
    conversation: ConversationFact
    turn: TurnFact


async def add_exchange(ledger: Ledger, exchange: Exchange) -> None:
    """Write an exchange, all of it or nothing. Raises `ConsentRequired` unless its consent covers it."""
    await ledger.database.write(lambda connection: _add(connection, exchange))


async def _add(connection: AsyncConnection, exchange: Exchange) -> None:
    await _add_missing(connection, sessions, row_of(exchange.session), exchange.session)
    await _add_missing(connection, consents, consent_row(exchange.consent), exchange.consent)
    await add_in(connection, exchange.conversation)
    await open_in(connection, (exchange.turn,))


async def _add_missing(
    connection: AsyncConnection, table: Table, row: Mapping[str, Any], fact: SessionFact | ConsentFact
) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    if (await connection.execute(dialect.insert(table).on_conflict_do_nothing(), row)).rowcount:
        tell(connection, *said_of(fact))
