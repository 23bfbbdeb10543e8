"""Keys as an operator makes them: by the command."""

import asyncio
from collections.abc import Sequence

from typer.testing import CliRunner

from logging_store.api_keys import all_keys
from logging_store.facts import ApiKeyFact
from logging_store.keys_cli import command
from logging_store.ledger import open_ledger
from tests.launches import FakeLaunch


def keys_command(url: str, *arguments: str) -> str:
    """Run `arena keys` on a ledger; return what it wrote on standard output."""
    done = CliRunner().invoke(command, [*arguments, "--store", url], obj=FakeLaunch(), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def a_key_at(url: str, *options: str) -> str:
    """Make a key; return it."""
    return keys_command(url, "create", "--name", "a program", *options).strip()


def keys_at(url: str) -> Sequence[ApiKeyFact]:
    """Return what the ledger knows of its keys."""

    async def read() -> Sequence[ApiKeyFact]:
        async with open_ledger(url) as ledger:
            return await all_keys(ledger)

    return asyncio.run(read())
