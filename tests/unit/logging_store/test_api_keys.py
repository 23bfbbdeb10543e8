from arena.api_key import KeyPriority, KeyScope
from logging_store.api_keys import add_key, all_keys, keys_of, revoke_key
from logging_store.ledger import Ledger
from tests.facts import an_api_key

FULL = an_api_key(
    scopes=(KeyScope.ADMIN,),
    models=("one", "two"),
    priority=KeyPriority.BATCH,
    requests_per_minute=1,
    tokens_per_minute=2,
    tokens_per_day=2**40,
    may_log=True,
    may_release=True,
    created_at=8.5,
    expires_at=99.5,
)


async def test_a_key_is_found_by_its_hash_and_only_by_that(ledger: Ledger):
    key = an_api_key()
    for each in (key, FULL):
        await add_key(ledger, each)

    assert await keys_of(ledger, [FULL.key_hash, "unknown", FULL.prefix]) == {FULL.key_hash: FULL}
    assert await all_keys(ledger) == [key, FULL]
    assert await keys_of(ledger, []) == {}


async def test_a_key_is_revoked_once_and_stays(ledger: Ledger):
    key = an_api_key()
    await add_key(ledger, key)

    assert await revoke_key(ledger, key.id, 11.5)
    assert not await revoke_key(ledger, key.id, 12.5)
    assert not await revoke_key(ledger, "unknown", 12.5)

    (kept,) = await all_keys(ledger)
    assert kept == an_api_key(id=key.id, key_hash=key.key_hash, revoked_at=11.5)
