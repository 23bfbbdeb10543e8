"""Reads the whole ledger for those who publish, a little at a time, while it stands still.

A release reads millions of rows: questions go to the driver as they are, and of each row comes no more than is used.
"""

import sqlite3
from collections.abc import AsyncGenerator, Generator, Sequence, Set
from contextlib import asynccontextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import text

from arena.battle import Mode
from arena.chat import Ending
from arena.errors import LedgerError
from logging_store.details import Ask, Details, Row, Wanted
from logging_store.engine import Database
from logging_store.facts import ConversationFact, ConversationRecord, SaidTurn, TurnDetails, Withheld
from logging_store.ledger import Ledger
from logging_store.withholding import NO_PERMISSION, Given, Permission, Selection, permission

PAGE = 512
"""Conversations held in memory at once, with all their turns."""

Read = ConversationRecord | Withheld

# `CROSS JOIN` and the parts in brackets tell SQLite, `_BY_INDEXES` tells PostgreSQL in which order to look things up:
# from one page of conversations to what belongs to them, by indexes, however large the ledger and whatever the database
# believes to know of it. Else PostgreSQL reads whole tables for each page, and compiles for it what runs in no time.
_BY_INDEXES = (
    "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), "
    "set_config('jit', 'off', true)"
)
_CONVERSATIONS = """
SELECT c.id, c.session_id, c.mode, c.model, c.opened_at, c.battle_id, c.side, s.address_hash, s.period, s.cohort,
    (SELECT 1 FROM tombstones t WHERE t.conversation_id = c.id),
    (SELECT r.allowed FROM release_choices r WHERE r.conversation_id = c.id
        ORDER BY r.chosen_at DESC, r.id DESC LIMIT 1)
FROM conversations c CROSS JOIN sessions s
WHERE c.id > $1 AND s.id = c.session_id ORDER BY c.id LIMIT {size}
"""
_CONSENTS = """
SELECT k.session_id, k.accepted_at, k.id, k.release, k.covers_past, k.age_group
FROM (
    SELECT DISTINCT session_id
    FROM (SELECT session_id FROM conversations WHERE id > $1 ORDER BY id LIMIT {size}) AS page
) AS sought CROSS JOIN consents k
WHERE k.session_id = sought.session_id
"""
_TURNS = """
SELECT t.conversation_id, t.position, t.opened_at, t.id, t.consent_id, t.text, t.answer, t.ending, t.supersedes,
    t.finished_at
FROM (SELECT id FROM conversations WHERE id > $1 ORDER BY id LIMIT {size}) AS page CROSS JOIN turns t
WHERE t.conversation_id = page.id
"""

_MODES = {each.value: each for each in Mode}
_ENDINGS: dict[str | None, Ending | None] = {None: None, **{each.value: each for each in Ending}}
_WHOSE = itemgetter(0)
_CONSENT_ORDER = itemgetter(0, 1, 2)
_TURN_ORDER = itemgetter(0, 1, 2, 3)


async def conversation_records(  # noqa: PLR0913 (one for each that can be asked for)
    ledger: Ledger,
    withheld_cohorts: Set[str] = frozenset(),
    *,
    finished_from: float | None = None,
    finished_to: float | None = None,
    battles: bool = False,
    everything: bool = False,
    after: str = "",
    page: int = PAGE,
) -> AsyncGenerator[Read]:
    """Yield what is known of every conversation in the order of ids, all as of one moment: what may be released as a
    record, of the rest only that it is there and why it is withheld.

    `finished_from` (inclusive) and `finished_to` (exclusive), unix seconds, limit it by when the last turn finished, of
    a battle the last one of either side. With `battles` their sides come with them and their votes, with `everything`
    also all that is known besides. It begins `after` a conversation's id. Close it with `contextlib.aclosing`.
    """
    selection = Selection(withheld_cohorts, finished_from, finished_to)
    wanted = Wanted(selection.is_limited, battles or everything, everything)
    async with _asking(ledger.database) as ask:
        last = after
        while heads := await ask(_CONVERSATIONS, last, page):
            consents = sorted(await ask(_CONSENTS, last, page), key=_CONSENT_ORDER)
            turns = sorted(await ask(_TURNS, last, page), key=_TURN_ORDER)
            details = await wanted.of(ask, last, page)
            for each in _page(selection, heads, consents, turns, details):
                yield each
            last = heads[-1][0]


@asynccontextmanager
async def _asking(database: Database) -> AsyncGenerator[Ask]:
    """Lend a way to put questions to the driver, to all of which the ledger stands still."""
    async with database.snapshot() as connection:
        # begins the transaction, which the driver's own questions then share
        await connection.execute(text("SELECT 1" if database.is_sqlite else _BY_INDEXES))
        driver: Any = (await connection.get_raw_connection()).driver_connection

        async def ask(question: str, last: str, size: int) -> Sequence[Row]:
            asked = question.format(size=size)
            if not database.is_sqlite:
                return await driver.fetch(asked, last)
            try:
                return await driver.execute_fetchall(asked.replace("$", "?"), (last,))
            except sqlite3.Error as error:
                raise LedgerError from error

        yield ask


def _page(
    selection: Selection, heads: Sequence[Row], consents: Sequence[Row], turns: Sequence[Row], details: Details
) -> Generator[Read]:
    """Put a page of conversations together, `consents` and `turns` being in order."""
    permissions = {
        session_id: permission([Given(*row[2:]) for row in its_own])
        for session_id, its_own in groupby(consents, key=_WHOSE)
    }
    said = {conversation_id: list(its_own) for conversation_id, its_own in groupby(turns, key=_WHOSE)}
    for head in heads:
        allowed = permissions.get(head[1], NO_PERMISSION)
        yield _read(selection, head, allowed, said.get(head[0], []), details)


def _read(selection: Selection, head: Row, allowed: Permission, turns: Sequence[Row], details: Details) -> Read:
    conversation_id, session_id, mode, model, opened_at, battle_id, side, address_hash, period, cohort, gone, wanted = (
        head
    )
    finishes = [turn[9] for turn in turns]
    if conversation_id in details.last_finishes:
        finishes.append(details.last_finishes[conversation_id])
    reason = selection.why_not(
        is_forgotten=bool(gone),
        is_wanted=wanted is None or bool(wanted),
        cohort=cohort,
        permission=allowed,
        consent_ids=[turn[4] for turn in turns],
        finishes=finishes,
    )
    if reason is not None:
        return Withheld(conversation_id, reason, battle_id, side)
    return ConversationRecord(
        ConversationFact(conversation_id, session_id, _MODES[mode], model, opened_at, battle_id, side),
        tuple(map(_said, turns)) if not details.turns else tuple(_said(row, details.turns[row[3]]) for row in turns),
        address_hash,
        period,
        details.battles.get(battle_id) if battle_id else None,
        details.circumstances.get(session_id),
    )


def _said(row: Row, details: TurnDetails | None = None) -> SaidTurn:
    _, position, _, turn_id, _, text, answer, ending, supersedes, finished_at = row
    return SaidTurn(turn_id, position, text, answer, _ENDINGS[ending], supersedes, finished_at, details)
