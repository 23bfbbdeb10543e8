"""The periods whose keys hashed visitors' addresses: what is left of each, and the end of a key."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import SetupError
from arena.periods import PERIOD
from logging_store.ledger import Ledger
from logging_store.tables import sessions

_PREFIX = "pseudonym-"


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """How much of a period the ledger holds. The period without a name is from before there were any, or imported."""

    period: str
    sessions: int
    pseudonyms: int
    """As many visitors as their addresses tell apart."""


async def period_counts(ledger: Ledger) -> list[PeriodCount]:
    """Return what the ledger holds of each period, the oldest first."""
    return await ledger.database.read(_counts_in)


async def _counts_in(connection: AsyncConnection) -> list[PeriodCount]:
    pseudonyms = func.count(sessions.c.address_hash.distinct())
    query = select(sessions.c.period, func.count(), pseudonyms).group_by(sessions.c.period).order_by(sessions.c.period)
    return [PeriodCount(period, number, users) for period, number, users in await connection.execute(query)]


def key_file(data: Path, period: str) -> Path:
    """Return where the key of a period is kept. Raises `SetupError` for what is no period."""
    if not PERIOD.fullmatch(period):
        raise SetupError(f"{period!r} is no period: they are named like 2026Q4, 2026-11 or 2026")
    return data / "keys" / f"{_PREFIX}{period}.key"


def kept_keys(data: Path) -> set[str]:
    """Return the periods whose keys are still there."""
    names = {file.stem.removeprefix(_PREFIX) for file in (data / "keys").glob(f"{_PREFIX}*.key")}
    return {name for name in names if PERIOD.fullmatch(name)}


def destroy(file: Path) -> bool:
    """Overwrite a key, on the disk as well, and remove it. Return whether there was one.

    Raises `SetupError` if it cannot be done. File systems that write in other places than before (most on flash memory,
    all that keep snapshots) may hold the old bytes until they need the room.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SetupError(f"{file} cannot be overwritten: {error.strerror}") from error
    try:
        os.write(descriptor, secrets.token_bytes(max(64, os.fstat(descriptor).st_size)))
        os.fsync(descriptor)
        file.unlink()
        _to_disk(file.parent)
    except OSError as error:
        raise SetupError(f"{file} cannot be overwritten and removed: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return True


def _to_disk(folder: Path) -> None:
    """Make sure that what was removed from a folder stays so after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
