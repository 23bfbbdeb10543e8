import asyncio

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from logging_store.engine import parse_url
from logging_store.groups import MOST_AT_ONCE, Job
from logging_store.linking import Linker
from logging_store.scribe import Scribe
from tests.databases import PostgresServer


async def _one(connection: AsyncConnection) -> int:
    return (await connection.execute(text("SELECT 1"))).scalar_one()


async def test_what_waits_is_done_on_one_connection_however_many_groups_it_makes(postgres: PostgresServer):
    engine = create_async_engine(parse_url(postgres.fresh_database()))
    taken: list[object] = []

    def take(connection: object, *_: object) -> None:
        taken.append(connection)

    event.listen(engine.sync_engine, "checkout", take)
    scribe = Scribe(engine, Linker(b"", ""))
    jobs = [Job(_one) for _ in range(2 * MOST_AT_ONCE + 1)]
    for job in jobs:
        scribe.hand(job)

    assert await asyncio.gather(*(job.outcome for job in jobs)) == [1] * len(jobs)
    await scribe.close()
    assert len(taken) == 1


async def test_a_connection_that_died_is_not_asked_again(postgres: PostgresServer):
    engine = create_async_engine(parse_url(postgres.fresh_database()), pool_pre_ping=True)
    scribe = Scribe(engine, Linker(b"", ""))

    async def die(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    dying, after = Job(die), [Job(_one) for _ in range(3)]
    scribe.hand(dying, urgent=True)  # it is a group by itself
    for job in after:
        scribe.hand(job)

    assert await asyncio.gather(*(job.outcome for job in after)) == [1, 1, 1]
    assert dying.outcome.exception() is not None
    await scribe.close()
