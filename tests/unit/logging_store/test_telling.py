"""What a chain is told of a record can be computed again from its row, in either kind of database."""

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import Any

import anyio.from_thread
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending, Parameters, ReactionKind
from arena.session import AgeGroup, Consent, Scope
from logging_store.chain import Event, Said, digest_of
from logging_store.dumping import plain_tables
from logging_store.facts import ReleaseChoiceFact, TurnEnd
from logging_store.ledger import Ledger, open_ledger
from logging_store.queries import consent_row, insert_in, row_of
from logging_store.tables import consents
from logging_store.telling import TABLES, Fact, content_of_row, said_end, said_of
from tests.databases import PostgresServer
from tests.facts import (
    a_consent,
    a_conversation,
    a_reaction,
    a_session,
    a_turn,
    an_id,
)

WORDS = st.text(st.characters(codec=None), max_size=60)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
TIMES = st.one_of(st.floats(-1e300, 1e300), st.integers(0, 2**60), st.just(-0.0))
COUNTS = st.none() | st.integers(-(2**31), 2**31 - 1)
PARAMETERS = st.builds(
    Parameters,
    temperature=st.none() | st.floats(0, 2) | st.just(1),
    top_p=st.none() | st.floats(0, 1, exclude_min=True),
    max_tokens=st.none() | st.integers(1, 1_000_000),
)
ENDS = st.fixed_dictionaries(
    {
        "ending": st.sampled_from(Ending),
        "finished_at": TIMES,
        "answer": WORDS,
        "reasoning": WORDS,
        "worker": st.none() | NAMES,
        "first_word_at": st.none() | TIMES,
        "finish_reason": st.none() | NAMES,
        "error_code": st.none() | NAMES,
        "prompt_tokens": COUNTS,
        "completion_tokens": COUNTS,
    }
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """Write facts and return their plain rows, as a function without `await`."""
    url = f"sqlite:///{tmp_path_factory.mktemp('telling')}/ledger.sqlite3"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.fresh_database()
    with anyio.from_thread.start_blocking_portal() as portal, portal.wrap_async_context_manager(open_ledger(url)) as it:
        yield partial(portal.call, _kept, it)


async def _kept(ledger: Ledger, *facts: Fact) -> list[dict[str, Any]]:
    async def keep(connection: AsyncConnection) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for fact, said in zip(facts, map(_first, facts), strict=True):
            table = TABLES[said.event]
            row = consent_row(fact) if table is consents else row_of(fact)  # pyright: ignore[reportArgumentType]
            await insert_in(connection, (table, row))
            plain = plain_tables()[table.name]
            found = await connection.execute(select(plain).where(plain.c.id == fact.id))
            rows.append(dict(found.mappings().one()))
        return rows

    return await ledger.database.write(keep)


def _first(fact: Fact) -> Said:
    return next(said_of(fact))


def a_home() -> tuple[Any, Any, Any]:
    session = a_session()
    return session, a_consent(session.id), a_conversation(session.id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=WORDS, model=NAMES, parameters=PARAMETERS, opened_at=TIMES, position=st.integers(0, 2**31 - 1), end=ENDS)
def test_a_turn_says_the_same_when_it_is_written_and_when_it_is_read(
    kept: Any, text: str, model: str, parameters: Parameters, opened_at: float, position: int, end: dict[str, Any]
):
    session, consent, conversation = a_home()
    said = {"text": text, "model": model, "parameters": parameters, "opened_at": opened_at, "position": position}
    turn = a_turn(conversation.id, consent.id, **said, **end)

    *_, row = kept(session, consent, conversation, turn)

    opened, ended = said_of(turn)
    assert (opened.content, ended.content) == (
        content_of_row(Event.TURN_OPENED, row),
        content_of_row(Event.TURN_ENDED, row),
    )
    assert said_end(TurnEnd(turn.id, **end)) == ended
    assert digest_of("00" * 16, opened.content) == digest_of("00" * 16, content_of_row(Event.TURN_OPENED, row))
    assert digest_of("00" * 16, ended.content) == digest_of("00" * 16, content_of_row(Event.TURN_ENDED, row))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    scopes=st.frozensets(st.sampled_from(Scope)),
    at=TIMES,
    covers_past=st.booleans(),
    age_group=st.sampled_from(AgeGroup),
    name=NAMES,
    kind=st.sampled_from(ReactionKind),
    allowed=st.booleans(),
)
def test_all_else_says_the_same_when_it_is_written_and_when_it_is_read(
    kept: Any,
    scopes: frozenset[Scope],
    at: float,
    covers_past: bool,
    age_group: AgeGroup,
    name: str,
    kind: ReactionKind,
    allowed: bool,
):
    session, consent, conversation = a_home()
    allowed_then = Consent(
        terms_version=name,
        scopes=scopes,
        language=name,
        accepted_at=at,
        covers_past=covers_past,
        age_group=age_group,
    )
    consent = replace(consent, consent=allowed_then)
    turn = a_turn(conversation.id, consent.id)
    reaction = a_reaction(turn.id, session.id, kind=kind, reacted_at=at)
    choice = ReleaseChoiceFact(an_id(), conversation.id, session.id, allowed, at)
    facts = (replace(session, cohort=name, opened_at=at), consent, conversation, turn, reaction, choice)

    rows = kept(*facts)

    for fact, row in zip(facts, rows, strict=True):
        said = _first(fact)
        assert digest_of("00" * 16, said.content) == digest_of("00" * 16, content_of_row(said.event, row))
        assert isinstance(said.at, float)
