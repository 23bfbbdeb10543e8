"""Programs' keys: made, found by their hash, revoked. A key that was revoked stays, with the time of it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.api_key import KeyScope
from logging_store.facts import ApiKeyFact
from logging_store.ledger import Ledger
from logging_store.queries import insert_in, row_of
from logging_store.tables import api_keys


async def add_key(ledger: Ledger, key: ApiKeyFact) -> None:
    """Remember a key."""
    await ledger.database.write(lambda connection: insert_in(connection, (api_keys, row_of(key))))


async def keys_of(ledger: Ledger, hashes: Collection[str]) -> dict[str, ApiKeyFact]:
    """Return those of the keys that there are, by their hashes; revoked and expired ones too."""
    query = select(api_keys).where(api_keys.c.key_hash.in_(hashes))
    return {key.key_hash: key for key in await ledger.database.read(lambda connection: _keys(connection, query))}


async def all_keys(ledger: Ledger) -> Sequence[ApiKeyFact]:
    """Return every key, the oldest first."""
    query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
    return await ledger.database.read(lambda connection: _keys(connection, query))


async def revoke_key(ledger: Ledger, key_id: str, now: float) -> bool:
    """Let a key end now. Return whether it was this call that ended it."""
    its_own = api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)
    change = api_keys.update().where(*its_own).values(revoked_at=now)

    async def revoke(connection: AsyncConnection) -> int:
        return (await connection.execute(change)).rowcount

    return await ledger.database.write(revoke) == 1


async def _keys(connection: AsyncConnection, query: Select[Any]) -> list[ApiKeyFact]:
    return [_key_fact(row) for row in (await connection.execute(query)).mappings()]


def _key_fact(row: RowMapping) -> ApiKeyFact:
    values: dict[str, Any] = {**row}
    values["scopes"] = tuple(KeyScope(each) for each in row["scopes"])
    return ApiKeyFact(**values)
