"""Keeps boards that were written down as JSON before: one of many models is long, and is not taken apart here."""

from sqlalchemy import JSON, Text, cast, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.ledger import Ledger
from logging_store.queries import BOARDS_KEPT
from logging_store.tables import leaderboards


async def save_board_text(ledger: Ledger, text: str, votes: int, made_at: float) -> None:
    """Keep a board as the latest, and forget the oldest: as `Ledger.save_leaderboard`."""

    async def save_in(connection: AsyncConnection) -> None:
        written = literal(text, Text)
        board = written if connection.dialect.name == "sqlite" else cast(written, JSON)
        row = leaderboards.insert().values(made_at=made_at, votes=votes, board=board).returning(leaderboards.c.id)
        made = (await connection.execute(row)).scalar_one()
        await connection.execute(leaderboards.delete().where(leaderboards.c.id <= made - BOARDS_KEPT))

    await ledger.database.write(save_in)
