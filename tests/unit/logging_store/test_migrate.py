import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from arena.errors import SetupError
from logging_store.ledger import Ledger, open_ledger
from logging_store.migrate import SCRIPTS
from logging_store.tables import metadata


def _differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_the_migrations_make_the_tables_that_the_code_knows(ledger: Ledger):
    assert await ledger.database.read(lambda connection: connection.run_sync(_differences)) == []


async def test_the_tables_carry_their_names(ledger: Ledger):
    assert list(await ledger.row_counts()) == [
        "api_keys",
        "battles",
        "chains",
        "consents",
        "conversations",
        "deletion_codes",
        "leaderboard_figures",
        "leaderboards",
        "links",
        "reactions",
        "release_choices",
        "sessions",
        "tombstones",
        "turns",
        "usage",
        "votes",
    ]


def test_there_is_one_newest_revision():
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1


async def test_a_ledger_from_a_newer_program_is_left_alone(ledger: Ledger, ledger_url: str):
    future = text("UPDATE alembic_version SET version_num = 'future'")
    await ledger.database.write(lambda connection: connection.execute(future))

    with pytest.raises(SetupError, match="newer version"):
        async with open_ledger(ledger_url):
            pass
