"""Reads the whole ledger, a little at a time, while it stands still."""

from collections.abc import AsyncGenerator, Iterable

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.facts import ConversationFact, ConversationRecord
from logging_store.ledger import Ledger
from logging_store.queries import turns_in
from logging_store.tables import consents, conversations, sessions, tombstones

PAGE = 64
"""Conversations held in memory at once."""


async def conversation_records(ledger: Ledger, page: int = PAGE) -> AsyncGenerator[ConversationRecord]:
    """Yield every conversation that was not forgotten, in the order of their ids, all as of one moment.

    Close it with `contextlib.aclosing`.
    """
    async with ledger.database.snapshot() as connection:
        last = ""
        while records := await _page_after(connection, last, page):
            for record in records:
                yield record
            last = records[-1].conversation.id


async def _page_after(connection: AsyncConnection, last: str, size: int) -> list[ConversationRecord]:
    query = (
        select(conversations, sessions.c.address_hash)
        .join(sessions)
        .where(conversations.c.id > last, ~exists().where(tombstones.c.conversation_id == conversations.c.id))
        .order_by(conversations.c.id)
        .limit(size)
    )
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    said = await turns_in(connection, (row["id"] for row in rows))
    releasing = _Releasing(await _consents(connection, {row["session_id"] for row in rows}))
    records: list[ConversationRecord] = []
    for row in rows:
        address_hash = row.pop("address_hash")
        conversation = ConversationFact(**row)
        turns = said[conversation.id]
        releasable = releasing.covers(conversation.session_id, (turn.consent_id for turn in turns))
        records.append(ConversationRecord(conversation, turns, address_hash, releasable))
    return records


async def _consents(connection: AsyncConnection, session_ids: set[str]) -> list[tuple[str, str, bool]]:
    query = (
        select(consents.c.id, consents.c.session_id, consents.c.release)
        .where(consents.c.session_id.in_(session_ids))
        .order_by(consents.c.accepted_at, consents.c.id)
    )
    return [(row.id, row.session_id, row.release) for row in await connection.execute(query)]


class _Releasing:
    """Which consents cover a release. Rows come in order, so that the last one of a session is its latest."""

    def __init__(self, rows: Iterable[tuple[str, str, bool]]) -> None:
        self._by_id: dict[str, bool] = {}
        self._latest: dict[str, bool] = {}
        for consent_id, session_id, release in rows:
            self._by_id[consent_id] = release
            self._latest[session_id] = release

    def covers(self, session_id: str, consent_ids: Iterable[str]) -> bool:
        """Whether the session's latest consent and each of these do."""
        return self._latest.get(session_id, False) and all(self._by_id.get(each, False) for each in consent_ids)
