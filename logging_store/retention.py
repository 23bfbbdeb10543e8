"""Text that is old and may not be released is removed. Votes, sessions and what may be released stay.

It goes a page of conversations at a time; each page is committed for itself, so that whoever is killed begins again
where the work is.
"""

import asyncio
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.erasing import Forgotten, erase_conversations_in, holds_text
from logging_store.ledger import Ledger
from logging_store.tables import consents, conversations, release_choices, sessions, tombstones, turns
from logging_store.tombstone_file import Tombstone, add_tombstone, digest
from logging_store.withholding import Given, Permission, Selection, permission

RETENTION = "retention"
"""The reason in the tombstones."""
PAGE = 200
"""Conversations looked at together, and changed in one commit."""

Counted = Callable[[int], None]
"""Told how many conversations were looked at."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What is removed: text of turns that finished before `cutoff`, in conversations that may not be released."""

    cutoff: float
    """Unix seconds."""
    withheld_cohorts: Set[str] = frozenset()
    tombstones: Path | None = None
    is_dry: bool = False
    """Only count."""


@dataclass(slots=True)
class Retained:
    """What was removed, or would be."""

    conversations: int = 0
    turns: int = 0


async def conversation_count(ledger: Ledger) -> int:
    """Return how many conversations there are to look at."""
    query = select(func.count()).select_from(conversations)

    async def count(connection: AsyncConnection) -> int:
        return (await connection.execute(query)).scalar_one()

    return await ledger.database.read(count)


async def retain(ledger: Ledger, limit: Limit, now: float, counted: Counted = lambda _: None) -> Retained:
    """Remove what is beyond the limit. What was removed before is passed over; a tombstone file is written first."""
    removed = Retained()
    last, seen = "", 0
    while page := await ledger.database.read(_ids_after(last)):
        due = await ledger.database.read(_due(page, limit))
        if due:
            gone = await _remove(ledger, list(due), limit, now)
            removed.conversations += len(due) if limit.is_dry else gone.conversations
            removed.turns += sum(due.values()) if limit.is_dry else len(gone.turn_ids)
        last, seen = page[-1], seen + len(page)
        counted(seen)
    return removed


async def _remove(ledger: Ledger, due: list[str], limit: Limit, now: float) -> Forgotten:
    if limit.is_dry:
        return Forgotten()
    if limit.tombstones is not None:
        stone = Tombstone(tuple(map(digest, due)), now, RETENTION, before=limit.cutoff)
        await asyncio.to_thread(add_tombstone, limit.tombstones, stone)

    async def remove(connection: AsyncConnection) -> Forgotten:
        still_due = await _due(due, limit)(connection)  # a visitor may just have allowed the release
        return await erase_conversations_in(connection, list(still_due), now, RETENTION, before=limit.cutoff)

    return await ledger.database.write(remove)


def _ids_after(last: str) -> Callable[[AsyncConnection], Any]:
    query = select(conversations.c.id).where(conversations.c.id > last).order_by(conversations.c.id).limit(PAGE)

    async def ids_in(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(query)).scalars())

    return ids_in


def _due(page: Sequence[str], limit: Limit) -> Callable[[AsyncConnection], Any]:
    """Return the question which of the conversations have text to remove, and in how many turns."""

    async def due_in(connection: AsyncConnection) -> dict[str, int]:
        old = (
            select(turns.c.conversation_id, func.count())
            .where(turns.c.conversation_id.in_(page), turns.c.finished_at < limit.cutoff, holds_text())
            .group_by(turns.c.conversation_id)
            .order_by(turns.c.conversation_id)
        )
        found = {row[0]: row[1] for row in await connection.execute(old)}
        kept = await _releasable_in(connection, list(found), limit.withheld_cohorts) if found else set[str]()
        return {each: number for each, number in found.items() if each not in kept}

    return due_in


async def _releasable_in(connection: AsyncConnection, asked: Sequence[str], withheld_cohorts: Set[str]) -> set[str]:
    """Return those of the conversations that may be released, by the rule under which they are."""
    forgotten = exists().where(tombstones.c.conversation_id == conversations.c.id)
    query = (
        select(conversations.c.id, conversations.c.session_id, sessions.c.cohort, forgotten)
        .join(sessions)
        .where(conversations.c.id.in_(asked))
    )
    heads = (await connection.execute(query)).all()
    permissions = await _permissions_in(connection, {row.session_id for row in heads})
    allowed = await _choices_in(connection, asked)
    governed = await _consents_of_turns_in(connection, asked)
    selection = Selection(withheld_cohorts)
    return {
        conversation_id
        for conversation_id, session_id, cohort, is_forgotten in heads
        if selection.why_not(
            is_forgotten=is_forgotten,
            is_wanted=allowed.get(conversation_id, True),
            cohort=cohort,
            permission=permissions.get(session_id, Permission()),
            consent_ids=governed.get(conversation_id, ()),
            finishes=(),
        )
        is None
    }


async def _permissions_in(connection: AsyncConnection, session_ids: Set[str]) -> dict[str, Permission]:
    what = (consents.c.session_id, consents.c.id, consents.c.release, consents.c.covers_past, consents.c.age_group)
    query = select(*what).where(consents.c.session_id.in_(session_ids))
    ordered = query.order_by(consents.c.session_id, consents.c.accepted_at, consents.c.id)
    rows = (await connection.execute(ordered)).all()
    return {whose: permission([Given(*row[1:]) for row in given]) for whose, given in groupby(rows, itemgetter(0))}


async def _choices_in(connection: AsyncConnection, asked: Sequence[str]) -> dict[str, bool]:
    query = (
        select(release_choices.c.conversation_id, release_choices.c.allowed)
        .where(release_choices.c.conversation_id.in_(asked))
        .order_by(release_choices.c.chosen_at, release_choices.c.id)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}  # the last one counts


async def _consents_of_turns_in(connection: AsyncConnection, asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = select(turns.c.conversation_id, turns.c.consent_id).where(turns.c.conversation_id.in_(asked)).distinct()
    rows = (await connection.execute(query.order_by(turns.c.conversation_id, turns.c.consent_id))).all()
    return {whose: tuple(row[1] for row in its) for whose, its in groupby(rows, itemgetter(0))}
