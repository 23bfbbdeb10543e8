"""The database goes away, and comes back."""

import pytest

from arena.errors import LedgerError
from logging_store.ledger import open_ledger
from tests.databases import postgres_server
from tests.facts import a_session


async def test_a_server_that_goes_away_is_a_ledger_error_until_it_is_back():
    kept, refused, later = a_session(), a_session(), a_session()
    with postgres_server() as server:
        async with open_ledger(server.fresh_database()) as ledger:
            await ledger.add_session(kept)
            server.stop()
            with pytest.raises(LedgerError):
                await ledger.add_session(refused)
            server.start()
            await ledger.add_session(later)

            found = [await ledger.session_by_token(each.token_hash) for each in (kept, refused, later)]

    assert found == [kept, None, later]
