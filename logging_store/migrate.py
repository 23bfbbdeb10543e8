"""Brings a database to the newest tables. Safe when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from arena.errors import SetupError
from logging_store.engine import FOREIGN_ERRORS, Database

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_262_031_105
"""The number of the advisory lock under which PostgreSQL is migrated; any constant that nobody else uses."""


async def migrate(database: Database) -> None:
    """Bring the tables to the newest revision, in one transaction that others wait for."""
    try:
        async with database.writer.begin() as connection:
            if not database.is_sqlite:  # SQLite: the transaction is the lock
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade)
    except FOREIGN_ERRORS as error:
        where = database.writer.url.render_as_string(hide_password=True)
        raise SetupError(f"the ledger {where} cannot be opened: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(cause).__name__


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SetupError("the ledger was written by a newer version of this program") from error
