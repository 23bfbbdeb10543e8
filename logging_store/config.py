"""Where the ledger is."""

from pathlib import Path

from sqlalchemy import URL

from arena.errors import SetupError
from arena.settings import StoreSection
from logging_store.engine import parse_url

FILE_NAME = "ledger.sqlite3"


def ledger_url(section: StoreSection, data: Path, override: str | None = None) -> str:
    """Return the ledger's URL: `override` (from `--store`), else `[store].url`, else a file in the data folder."""
    file = URL.create("sqlite+aiosqlite", database=str(data / FILE_NAME)).render_as_string(hide_password=False)
    url = override or section.url or file
    parse_url(url)  # a mistake stops the start, not the first turn
    return url


def existing_ledger_url(section: StoreSection, data: Path, override: str | None = None) -> str:
    """Return the ledger's URL for a command that reads: a file that is not there is a `SetupError`, and is not made."""
    url = ledger_url(section, data, override)
    if file := missing_file(url):
        raise SetupError(f"there is no ledger at {file}: name the arena's folder with --data")
    return url


def missing_file(url: str) -> str | None:
    """Return the file of a ledger that is not there yet."""
    parsed = parse_url(url)
    is_missing = parsed.drivername.startswith("sqlite") and not Path(parsed.database or "").is_file()
    return parsed.database if is_missing else None
