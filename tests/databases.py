"""Real databases for tests: a throwaway PostgreSQL server, and files for SQLite."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from logging_store.ledger import open_ledger

_NUMBERS = count()
_EMPTY = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid();
drop schema public cascade;
create schema public;
"""


class PostgresServer:
    """A server on a socket in its own folder: no port, no network."""

    def __init__(
        self, binaries: Path, folder: Path, user: str | None, *, durable: bool = False, options: str = ""
    ) -> None:
        self._binaries = binaries
        self._folder = folder
        self._user = user
        self._sync = "" if durable else "-F"
        self._options = options
        self._used: list[str] = []
        self._pattern: str | None = None
        self._thrown_away: list[str] = []

    def initialise(self) -> None:
        self._run("initdb", "-U", "arena", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

    def start(self) -> None:
        settings = f"{self._sync} -c listen_addresses='' -c unix_socket_directories='{self._folder}' {self._options}"
        self._run("pg_ctl", "-o", settings, "-w", "-t", "60", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def fresh_database(self) -> str:
        """Return the URL of an empty database: one that was given back, or a new one, which is hundreds of files."""
        if self._used:
            name = self._used.pop()
            self._ask("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", _EMPTY)
        else:
            name = f"arena_{next(_NUMBERS)}"
            self._ask("createdb", name)
        return f"postgresql://arena@/{name}?host={self._folder}"

    def fresh_ledger(self) -> str:
        """Return the URL of an empty ledger: a copy of one whose tables were made once."""
        if self._pattern is None:
            self._pattern = self.fresh_database()
            with ThreadPoolExecutor(1) as apart:  # whoever asks may have a loop of their own
                apart.submit(asyncio.run, _made(self._pattern)).result()
        name = f"arena_{next(_NUMBERS)}"
        orders = [f"DROP DATABASE {each} WITH (FORCE)" for each in self._thrown_away]
        orders.append(f"CREATE DATABASE {name} TEMPLATE {_name(self._pattern)}")
        self._ask("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", *(f"--command={each}" for each in orders))
        self._thrown_away.clear()
        return f"postgresql://arena@/{name}?host={self._folder}"

    def throw_away(self, url: str) -> None:
        """Have this database dropped when another ledger is made: a test may have done anything to its tables."""
        self._thrown_away.append(_name(url))

    def give_back(self, url: str) -> None:
        """Let somebody else have this database, emptied."""
        self._used.append(_name(url))

    def _ask(self, tool: str, *arguments: str) -> None:
        command = [self._binaries / tool, "-h", self._folder, "-U", "arena", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def _run(self, tool: str, *arguments: str) -> None:
        # into a file, not a pipe: the server would inherit the pipe and hold it open
        with (self._folder / "log").open("ab") as log:
            command = [self._binaries / tool, "-D", self._folder / "data", *arguments]
            subprocess.run(command, check=True, timeout=120, user=self._user, cwd="/", stdout=log, stderr=log)


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


async def _made(url: str) -> None:
    async with open_ledger(url):
        pass


def postgres_binaries() -> Path | None:
    """Return the folder with initdb and its friends."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((each for each in reversed(found) if (each / "createdb").exists()), None)


def _server_user() -> str | None:
    """The server refuses to run as root: then it runs as someone without rights."""
    if os.geteuid() != 0:
        return None
    known = Path("/etc/passwd").read_text(encoding="utf-8")
    return "postgres" if "\npostgres:" in known else "nobody"


@contextmanager
def postgres_server(*, durable: bool = False, options: str = "") -> Generator[PostgresServer]:
    """Start a server in a temporary folder; stop it and remove the folder at the end.

    One that is `durable` waits for the disk at each commit, as a real one does.
    """
    binaries = postgres_binaries()
    if binaries is None:
        explain = pytest.fail if os.environ.get("CI") else pytest.skip
        explain("no PostgreSQL found (initdb is not on PATH): the ledger is NOT tested on it")
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="arena-pg-"))
    if user:
        shutil.chown(folder, user)
    server = PostgresServer(binaries, folder, user, durable=durable, options=options)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
