"""Copies of a ledger hold what visitors said, and nothing by which anybody gets in."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path

import httpx
import pytest

from arena.command.keys import data_key, period_key
from logging_store.backups import back_up
from logging_store.dumping import dump_ledger
from logging_store.ledger import open_ledger
from tests.arenas import GATEWAY_KEY, PAGE_KEY, WORKER_KEY, Visitor, a_stage
from tests.keys import a_key_at
from tests.worker_scripts import an_answer

ADDRESS = "198.51.100.77"


async def _dump(url: str, out: Path) -> None:
    async with open_ledger(url) as ledger:
        with out.open("wb") as lines:
            await dump_ledger(ledger, lines)


def _used(visitor: Visitor) -> list[str]:
    """Do what a visitor can do; return what only this visitor may know."""
    battle = visitor.new("/battles")
    visitor.say(battle, "Who wins?")
    assert visitor.vote(battle).status_code == 200
    code: str = visitor.post("/sessions/me/deletion-code").json()["code"]
    return [code, code.replace("-", ""), visitor.headers["x-arena-session"]]


@pytest.mark.parametrize("copy", [_dump, back_up])
def test_no_copy_holds_a_key(ledger_url: str, tmp_path: Path, copy: Callable[[str, Path], Coroutine[None, None, None]]):
    data, out = tmp_path / "data", tmp_path / "copy"
    chain_key = data_key(data, "chain")
    release_key = data_key(data, "release")

    with a_stage(
        tmp_path,
        store_url=ledger_url,
        chain_key=chain_key,
        pseudonym_key_of=partial(period_key, data, "pseudonym"),
    ) as stage:
        stage.worker.plays(an_answer("Hello"))
        program = a_key_at(ledger_url, "--scope", "chat", "--log")
        asked = {"model": "model-one", "stream": True, "messages": [{"role": "user", "content": "Which?"}]}
        called = httpx.post(
            f"{stage.arena.url}/v1/chat/completions", json=asked, headers={"authorization": f"Bearer {program}"}
        )
        with stage.arena.visitor(address=ADDRESS) as visitor:
            private = _used(visitor)
        worker_key = stage.worker.key
    asyncio.run(copy(ledger_url, out))

    files = [file.read_text().strip() for file in (data / "keys").iterdir()]
    copied = out.read_bytes()
    assert called.status_code == 200, called.text
    assert b"Who wins?" in copied
    assert b"Which?" in copied
    assert len(files) == 3
    for secret in [
        *files,
        release_key.get_secret_value(),
        PAGE_KEY,
        WORKER_KEY,
        GATEWAY_KEY,
        worker_key,
        program,
        *private,
    ]:
        assert secret.encode() not in copied
    assert [each for each in files if bytes.fromhex(each) in copied] == []
    assert ADDRESS.encode() not in copied
