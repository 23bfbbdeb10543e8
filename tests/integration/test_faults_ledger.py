"""Real faults of real databases under load: what visitors were told is kept is there, once and whole."""

import asyncio
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from arena.chat import Finished, TextDelta
from arena.errors import LedgerError, SetupError
from logging_store.ledger import open_ledger
from tests.arenas import PLAIN, Arena, a_stage, an_arena, end_of
from tests.cutting_proxy import Moment, cutting
from tests.databases import PostgresServer, postgres_server
from tests.ledger_faults import another_process_locks, file_of, server_refuses
from tests.ledger_load import Load, an_answer_of_its_own, check_all_is_kept
from tests.mounts import filled, read_only, small_disk
from tests.scripted_worker import a_worker
from tests.worker_scripts import finish, say


@contextmanager
def under_load(folder: Path, url: str, **given: Any) -> Generator[tuple[Arena, Load]]:
    """Run a controller on a ledger, with visitors; after the fault everybody goes on, and all is compared."""
    settings: dict[str, Any] = {"store_url": url, "ledger_seconds": 2.0, "silence_seconds": 600.0, **given}
    with an_arena(folder, **settings) as arena, a_worker("worker-1", "model-one", "model-two", slots=64) as worker:
        worker.plays(an_answer_of_its_own())
        arena.take_in(worker)
        load = Load(arena.url)
        with load.running():
            yield arena, load
            arena.wait_for_the_ledger()
            load.until_more(turns=10, votes=5)
        arena.check_nothing_is_held()
    asyncio.run(check_all_is_kept(load, url))


@pytest.mark.parametrize("when", ["pause", "go_on"])
def test_a_file_that_another_process_locks(tmp_path: Path, when: str):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    with (
        under_load(tmp_path, url, when_ledger_fails=when) as (arena, load),
        another_process_locks(file_of(url)),
    ):
        load.until_more(refusals=20, turns=5 if when == "go_on" else 0)
        assert arena.outage.watch.is_away


@pytest.mark.parametrize("when", ["pause", "go_on"])
def test_a_disk_that_is_full(tmp_path: Path, when: str):
    with small_disk(megabytes=12) as disk:
        url = f"sqlite:///{disk}/ledger.sqlite3"
        with under_load(tmp_path, url, when_ledger_fails=when) as (_, load), filled(disk):
            load.until_more(refusals=30)


@pytest.mark.parametrize("when", ["pause", "go_on"])
def test_a_server_that_is_stopped_at_once_and_started_again(tmp_path: Path, when: str):
    with postgres_server(durable=True) as server:
        url = server.fresh_database()
        with under_load(tmp_path, url, when_ledger_fails=when) as (_, load):
            for _ in range(2):
                server.stop()
                load.until_more(refusals=20)
                server.start()
                load.until_more(votes=3)


@pytest.mark.parametrize("when", ["pause", "go_on"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_that_is_cut_when_it_commits(tmp_path: Path, postgres: PostgresServer, moment: Moment, when: str):
    place, _, folder = postgres.fresh_database().partition("?host=")
    with cutting(Path(folder), moment, every=10) as proxy:
        url = place.replace("@/", f"@127.0.0.1:{proxy.port}/")
        with under_load(tmp_path, url, when_ledger_fails=when) as (_, load):
            proxy.is_cutting = True
            load.until(lambda: proxy.cuts >= 8)
            proxy.is_cutting = False


def test_a_server_that_becomes_read_only(tmp_path: Path, postgres: PostgresServer):
    url = postgres.fresh_database()
    with under_load(tmp_path, url) as (_, load), server_refuses(url):
        load.until_more(refusals=30)


def test_a_servers_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with small_disk(megabytes=160) as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        with postgres_server(durable=True) as server:
            url = server.fresh_database()
            monkeypatch.undo()
            with under_load(tmp_path, url) as (_, load):
                with filled(disk):
                    load.until_more(refusals=30)
                server.stop()  # a server without room for its log is dead, or it is not
                server.start()


def test_a_ledger_in_a_folder_that_is_read_only_is_refused_and_what_waited_stays(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store/ledger.sqlite3"
    with under_load(tmp_path, url) as (arena, load):
        load.until_more(votes=1)
        del arena

    async def start() -> None:
        with pytest.raises((LedgerError, SetupError)):
            async with open_ledger(url) as ledger:
                await ledger.lose_open_turns("controller", 9.5)

    with read_only(tmp_path / "store"):
        asyncio.run(start())
    asyncio.run(check_all_is_kept(load, url))


def test_while_a_write_hangs_everything_else_goes_on(tmp_path: Path):
    with a_stage(tmp_path, ledger_seconds=1.0) as stage, ThreadPoolExecutor(1) as beside:
        stage.worker.plays([say(*["word "] * 60, pace=0.05), finish("stop")])
        chat, battle = stage.visitor.new("/conversations", model="model-one"), stage.visitor.new("/battles")
        took: list[float] = []
        with stage.visitor.answering(chat) as stream:
            stream.until(TextDelta)
            with another_process_locks(tmp_path / "ledger.sqlite3"):
                hanging = beside.submit(stage.visitor.post, "/battles", json={})
                while not hanging.done():
                    began = time.monotonic()
                    stage.arena.take_in(stage.worker)
                    stream.until(TextDelta)
                    took.append(time.monotonic() - began)
                refused = stage.visitor.vote(battle)
                ready = httpx.get(f"{stage.arena.url}/health/ready", verify=PLAIN)
                assert end_of(stream.rest()) == Finished(reason="stop")

    assert (hanging.result().status_code, hanging.result().json()["code"]) == (503, "unconfirmed")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert (ready.status_code, ready.json()["ledger"]) == (200, "away")
    assert len(took) >= 5, "it hung for a second"
    assert max(took) < 0.9
