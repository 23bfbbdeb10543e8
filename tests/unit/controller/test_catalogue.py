import asyncio

import pytest

from arena.errors import UnknownModel
from arena.leaderboard import BoardFigures, BoardRow, Leaderboard
from arena.model import ModelKind
from arena.worker import WorkerCard
from controller.catalogue import Catalogue
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from tests.arenas import a_model
from tests.pools import is_idle


def a_catalogue() -> Catalogue:
    pool, served = WorkerPool(15), ("plain", "hidden", "resting", "unlisted")
    pool.register(WorkerCard(id="one", url="http://127.0.0.1:1", models=served, slots=1), 0.0)
    entries = a_model("plain"), a_model("hidden", secret=True), a_model("resting", battle_weight=0), a_model("gone")
    return Catalogue(entries, pool)


def test_what_can_be_reached_is_listed_and_served():
    assert [entry.name for entry in a_catalogue().reachable()] == ["plain", "hidden", "resting"]


def test_lists_hold_no_secret_model():
    assert [model.name for model in a_catalogue().listed().models] == ["plain", "resting"]


def test_secret_models_fight_and_resting_ones_do_not():
    assert a_catalogue().battle_weights() == {"plain": 1.0, "hidden": 1.0}


def test_a_listed_model_can_be_chosen_also_when_its_worker_is_away():
    assert a_catalogue().choose("gone").name == "gone"


@pytest.mark.parametrize("name", ["hidden", "unlisted", "", "PLAIN"])
def test_for_visitors_there_is_no_other_model(name: str):
    with pytest.raises(UnknownModel):
        a_catalogue().choose(name)


def test_a_model_for_embeddings_is_served_but_neither_listed_nor_drawn_nor_talked_to():
    pool = WorkerPool(15)
    pool.register(WorkerCard(id="one", url="http://127.0.0.1:1", models=("plain", "vectors"), slots=1), 0.0)
    catalogue = Catalogue((a_model("plain"), a_model("vectors", kind=ModelKind.EMBEDDING)), pool)

    assert [entry.name for entry in catalogue.reachable()] == ["plain", "vectors"]
    assert [model.name for model in catalogue.listed().models] == ["plain"]
    assert catalogue.battle_weights() == {"plain": 1.0}
    assert catalogue.choose("vectors").name == "vectors"
    assert catalogue.choose_to_chat("plain").name == "plain"
    with pytest.raises(UnknownModel):
        catalogue.choose_to_chat("vectors")


def test_what_replaces_the_entries_is_all_there_is():
    catalogue = a_catalogue()
    catalogue.replace((a_model("gone", battle_weight=2.0), a_model("unlisted")))

    assert [entry.name for entry in catalogue.reachable()] == ["unlisted"]
    assert (catalogue.offers("plain"), catalogue.offers("gone")) == (False, True)
    assert catalogue.choose("gone").battle_weight == 2.0
    with pytest.raises(UnknownModel):
        catalogue.choose("plain")


def test_boards_hold_no_secret_model():
    counts = {"status": "unrated", "battles": 0, "wins": 0, "losses": 0, "ties": 0}
    rows = tuple(BoardRow.model_validate({"model": name} | counts) for name in ("plain", "hidden", "past"))

    assert [row.model for row in a_catalogue().shown(Leaderboard(rows=rows)).rows] == ["plain", "past"]


def test_figures_that_name_a_secret_model_are_not_shown():
    assert a_catalogue().may_draw(BoardFigures(models=("plain", "past")))
    assert not a_catalogue().may_draw(BoardFigures(models=("plain", "hidden")))


async def test_who_waits_for_what_a_model_may_use_is_served_when_it_may_use_more():
    pool = WorkerPool(15, allowance=lambda name: catalogue.allowance(name))  # noqa: PLW0108 (it is made below)
    pool.register(WorkerCard(id="one", url="http://127.0.0.1:1", models=("plain",), slots=2), 0.0)
    catalogue = Catalogue((a_model("plain", concurrency=1),), pool)
    async with pool.lease(Demand("plain")):
        waiting = pool.lease(Demand("plain"))
        having = asyncio.create_task(waiting.__aenter__())
        await asyncio.sleep(0)
        assert pool.waiting() == {"plain": 1}

        catalogue.replace((a_model("plain", concurrency=2),))
        await asyncio.wait_for(having, 10)
        await waiting.__aexit__(None, None, None)
    assert is_idle(pool)
