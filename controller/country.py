"""From which country somebody comes, where the operator has put a database for it on this machine."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arena.addresses import network_of
from arena.errors import SetupError

CountryOf = Callable[[str], str]
"""Returns the two letters (ISO 3166-1) of an address's country, or nothing."""


_TWO_LETTERS = re.compile("[A-Za-z]{2}")


def nowhere(_address: str) -> str:
    """Return nothing: nobody asked for it."""
    return ""


def open_countries(file: str) -> CountryOf:
    """Return who looks countries up in a file in MaxMind's format; without a file, nobody does.

    The file is read into memory once: a newer one counts from the next start. Raises `SetupError` if it cannot be read.
    """
    if not file:
        return nowhere
    try:
        import maxminddb  # noqa: PLC0415 (only who wants it needs it)
    except ImportError as error:
        raise SetupError(
            "controller.country_database: reading it needs one more package: pip install 'chat-arena[country]'"
        ) from error
    try:
        reader = maxminddb.open_database(Path(file), maxminddb.MODE_MEMORY)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no database in MaxMind's format"
        raise SetupError(f"controller.country_database: {file} cannot be read: {reason}") from error

    def country_of(address: str) -> str:
        try:
            return country_in(reader.get(network_of(address).partition("/")[0]))
        except (ValueError, maxminddb.InvalidDatabaseError):  # no address, of a version that it has not, or damaged
            return ""

    return country_of


def country_in(record: Any) -> str:
    """Return the two letters that a record holds, as MaxMind and others write them."""
    fields = record if isinstance(record, dict) else {}
    country = fields.get("country", fields.get("country_code"))
    code = country.get("iso_code") if isinstance(country, dict) else country
    return code.upper() if isinstance(code, str) and _TWO_LETTERS.fullmatch(code) else ""
