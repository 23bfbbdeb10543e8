"""A visitor's own board: their own votes, for their own eyes."""

from collections.abc import Generator
from pathlib import Path

import pytest

from arena.battle import Outcome
from arena.ids import token_hash
from arena.leaderboard import OwnBoard
from logging_store.facts import ConsentFact
from tests.arenas import Stage, Visitor, a_model, a_stage
from tests.facts import a_voted_battle
from tests.visiting import refusal

BOARD = "/sessions/me/board"


@pytest.fixture
def both_stages(tmp_path: Path, ledger_url: str) -> Generator[Stage]:
    """A stage on each kind of database."""
    with a_stage(tmp_path, store_url=ledger_url) as stage:
        yield stage


def _board(visitor: Visitor) -> OwnBoard:
    return OwnBoard.model_validate_json(visitor.get(BOARD).content)


async def _consent(stage: Stage, visitor: Visitor) -> ConsentFact:
    session = await stage.arena.kept.session_by_token(token_hash(visitor.headers["x-arena-session"]))
    assert session is not None
    consent = await stage.arena.kept.consent_of(session.id)
    assert consent is not None
    return consent


def _cast(stage: Stage, visitor: Visitor, votes: int, outcome: Outcome = Outcome.MODEL_A) -> None:
    async def cast() -> None:
        consent = await _consent(stage, visitor)
        for _ in range(votes):
            await a_voted_battle(stage.arena.kept, consent, outcome)

    stage.arena.ask(cast())


def test_after_thirty_votes_a_visitor_sees_them_counted_and_nobody_elses(both_stages: Stage):
    visitor = both_stages.visitor
    _cast(both_stages, visitor, 29)
    with both_stages.arena.visitor(address="192.0.2.2") as other:
        _cast(both_stages, other, 2, Outcome.MODEL_B)
        assert _board(visitor) == OwnBoard(votes=29, needed=30)
        assert _board(other) == OwnBoard(votes=2, needed=30)

    _cast(both_stages, visitor, 1, Outcome.BOTH_BAD)

    found = _board(visitor)
    assert (found.votes, [(row.wins, row.losses, row.ties) for row in found.rows]) == (30, [(29, 0, 1), (0, 29, 1)])


def test_what_is_not_voted_yet_and_what_was_not_blind_changes_nothing(stage: Stage):
    stage.visitor.say(stage.visitor.new("/battles"))
    named = stage.visitor.new("/battles", mode="side_by_side", model_a="model-one", model_b="model-two")
    stage.visitor.say(named)
    stage.visitor.vote(named).raise_for_status()

    assert _board(stage.visitor) == OwnBoard(votes=0, needed=30)


def test_a_vote_counts_at_once(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    stage.visitor.vote(battle).raise_for_status()

    assert _board(stage.visitor) == OwnBoard(votes=1, needed=30)


def test_secret_models_are_not_named(tmp_path: Path):
    models = (a_model("model-one"), a_model("model-two", secret=True))
    with a_stage(tmp_path, *models) as stage:
        battle = stage.visitor.new("/battles")
        stage.visitor.say(battle)
        stage.visitor.vote(battle).raise_for_status()

        assert _board(stage.visitor) == OwnBoard(votes=0, needed=30)


def test_without_a_session_there_is_none(stage: Stage):
    del stage.visitor.headers["x-arena-session"]

    assert refusal(stage.visitor.get(BOARD)) == (401, "session_required")
