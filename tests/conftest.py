"""Fixtures for what must be closed."""

import gc
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import hypothesis
import pytest

from logging_store.ledger import Ledger, open_ledger
from tests.databases import PostgresServer, postgres_server
from tests.tables import an_empty_ledger

# In CI the same examples every time: new ones are looked for where somebody is there to read what they found.
# Nowhere a deadline: how long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="module", autouse=True)
def rounds_of_the_collector_are_short() -> Generator[None]:
    """What a file leaves behind is looked at once: among a million objects of thousands of tests a full round of the
    garbage collector takes two seconds, in which every server in the test's process stands still.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """An empty database, once of each kind: nobody has made tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.sqlite3"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh_database()
    yield url
    server.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """An empty ledger, once in each kind of database: quicker than by the migrations."""
    if request.param == "sqlite":
        yield an_empty_ledger(tmp_path / "ledger.sqlite3")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh_ledger()
    yield url
    server.throw_away(url)


@pytest.fixture
async def ledger(ledger_url: str) -> AsyncGenerator[Ledger]:
    """An empty ledger, once in each kind of database."""
    async with open_ledger(ledger_url) as ledger:
        yield ledger
