"""A release, from the ledger to those who read it."""

import asyncio
import json
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from arena.battle import Mode
from arena.errors import SetupError
from arena.session import Scope
from export.cli import command
from export.release import chat_1m
from export.release.progress import Quiet
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.tables import conversations, sessions, turns
from tests.facts import (
    a_consent,
    a_fought_battle,
    a_kept_conversation,
    a_said_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_voted_battle,
    an_end,
)
from tests.launches import FakeLaunch
from tests.releasing import MODELS, bytes_of, manifest_of, release

DATA_FILE = "data/train-00000-of-00001.parquet"


async def _fill(ledger: Ledger) -> None:
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, ("one", "1"), ("zwei 👋", "2\x00"))
    first, _ = await ledger.turns_of(conversation.id)
    again = a_turn(conversation.id, consent.id, text="one", supersedes=first.id)
    await ledger.open_turns(again)
    await ledger.finish_turn(an_end(again.id, answer="1, once more"))
    await a_fought_battle(ledger, consent)
    await a_kept_conversation(ledger, consent)
    await a_said_conversation(ledger, consent, model="withheld")
    await a_said_conversation(ledger, consent, model="hidden", mode=Mode.DIRECT)
    await a_said_conversation(ledger, await a_visitor(ledger, frozenset({Scope.SERVE, Scope.LOG})))


@pytest.fixture
async def made(ledger_url: str, tmp_path: Path) -> Path:
    async with open_ledger(ledger_url) as ledger:
        await _fill(ledger)
    await _release(ledger_url, tmp_path / "out")
    return tmp_path / "out"


async def _release(url: str, out: Path, *watcher: Quiet, **given: Any) -> dict[str, Any]:
    return await asyncio.to_thread(release, url, out, *watcher, **given)  # it runs a loop of its own


def _rows(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / DATA_FILE).to_pylist()


def _ids(folder: Path) -> set[str]:
    return {row["conversation_id"] for row in _rows(folder)}


def _in_a_fresh_python(code: str, *arguments: str) -> str:
    """`datasets` keeps caches and reads its environment once, so it gets a process of its own, without network."""
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": arguments[0], "PATH": "", "HOME": arguments[0]}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=150,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_rows_are_what_visitors_allowed_and_models_answered(made: Path):
    rows = sorted(_rows(made), key=lambda row: (row["model"], -row["turn"]))

    assert [row["model"] for row in rows] == ["doctor", "echo", "echo"]
    assert [message["content"] for message in rows[1]["conversation"]] == ["one", "1, once more", "zwei 👋", "2\ufffd"]
    assert [row["turn"] for row in rows] == [1, 2, 1]
    assert [len(row["openai_moderation"]) for row in rows] == [2, 4, 2]
    assert len({row["conversation_id"] for row in rows}) == 3


def test_the_file_has_the_schema_to_the_letter(made: Path):
    assert pq.read_schema(made / DATA_FILE).equals(chat_1m.SCHEMA)


def test_the_manifest_accounts_for_every_conversation_and_every_file(made: Path):
    manifest = manifest_of(made)

    assert manifest["counts"] == {
        "read": 7,
        "released": 3,
        "dropped": {"model_secret": 1, "model_withheld": 1, "no_answer": 1, "no_release_consent": 1},
    }
    files = {each["name"]: each for each in manifest["files"]}
    assert files[DATA_FILE]["rows"] == 3
    for name, there in bytes_of(made).items():
        assert name == "manifest.json" or files.pop(name)["sha256"] == sha256(there).hexdigest()
    assert files == {}


def test_a_release_is_all_that_is_left(made: Path):
    top = {each.name for each in made.iterdir()}

    assert top == {"README.md", "LICENSE.md", "croissant.json", "manifest.json", "data", "side", "stats"}
    assert {each.name for each in made.parent.iterdir()} >= {"out", "out.report.html"}


async def test_what_was_forgotten_is_listed_by_the_digests_of_its_ids_in_releases(ledger_url: str, tmp_path: Path):
    before, after = tmp_path / "before", tmp_path / "after"
    async with open_ledger(ledger_url) as ledger:
        kept, leaving = await a_visitor(ledger), await a_visitor(ledger)
        await a_said_conversation(ledger, kept)
        gone = [await a_said_conversation(ledger, leaving) for _ in range(3)]
        await _release(ledger_url, before)
        await forget(ledger, await give_code(ledger, leaving.session_id, 1.0), 7.0)
        manifest = await _release(ledger_url, after)

    assert manifest["withdrawn"] == sorted(sha256(each.encode()).hexdigest() for each in _ids(before) - _ids(after))
    assert manifest["counts"] == {"read": 4, "released": 1, "dropped": {"forgotten": 3}}
    assert len(manifest["withdrawn"]) == len(gone)


async def _one_of_a_class(url: str) -> None:
    async with open_ledger(url) as ledger:
        session = a_session(cohort="class-7b")
        consent = a_consent(session.id)
        await ledger.add_session(session)
        await ledger.add_consent(consent)
        await a_said_conversation(ledger, consent)
        await a_said_conversation(ledger, await a_visitor(ledger))


async def test_cohorts_that_the_operator_keeps_back_are_counted_and_not_named(ledger_url: str, tmp_path: Path):
    await _one_of_a_class(ledger_url)

    manifest = await _release(ledger_url, tmp_path / "out", cohorts=("class-7b",))

    assert manifest["counts"] == {"read": 2, "released": 1, "dropped": {"cohort": 1}}
    assert [name for name, there in bytes_of(tmp_path / "out").items() if b"class-7b" in there] == []


def _said(folder: Path) -> str:
    texts = [there.decode() for name, there in bytes_of(folder).items() if not name.endswith((".parquet", ".png"))]
    tables = [pq.read_table(each).to_pylist() for each in folder.rglob("*.parquet")]
    return "".join(texts) + json.dumps(tables) + folder.with_name(f"{folder.name}.report.html").read_text()


async def test_nothing_in_the_release_leads_back_to_the_ledger(ledger_url: str, made: Path):
    said = _said(made)

    async with open_ledger(ledger_url) as ledger, ledger.database.snapshot() as connection:
        ids = [
            row.id for table in (sessions, conversations, turns) for row in await connection.execute(select(table.c.id))
        ]
    assert ids
    assert [each for each in ids if each in said] == []


def test_a_secret_model_is_named_nowhere(made: Path):
    assert "hidden" not in json.dumps(_rows(made)) + json.dumps(manifest_of(made))


async def test_the_same_ledger_and_key_give_the_same_bytes(ledger_url: str, made: Path, tmp_path: Path):
    await _release(ledger_url, tmp_path / "again")

    assert bytes_of(tmp_path / "again") == bytes_of(made)
    assert (tmp_path / "again.report.html").read_bytes() == (tmp_path / "out.report.html").read_bytes()


async def test_another_key_gives_other_ids(ledger_url: str, made: Path, tmp_path: Path):
    await _release(ledger_url, tmp_path / "again", key=b"another key")

    assert not _ids(made) & _ids(tmp_path / "again")


async def test_another_seed_gives_another_order_of_the_same_rows(ledger_url: str, tmp_path: Path):
    async with open_ledger(ledger_url) as ledger:
        consent = await a_visitor(ledger)
        for _ in range(20):
            await a_said_conversation(ledger, consent)
    for seed in (1, 2):
        await _release(ledger_url, tmp_path / str(seed), seed=seed)

    one, two = ([row["conversation_id"] for row in _rows(tmp_path / str(seed))] for seed in (1, 2))
    assert one != two
    assert sorted(one) == sorted(two)


async def test_a_sample_is_so_many_rows_and_the_rest_is_counted(ledger_url: str, made: Path, tmp_path: Path):
    manifest = await _release(ledger_url, tmp_path / "two", sample=2)

    assert manifest["counts"]["released"] == 2
    assert manifest["counts"]["dropped"]["not_sampled"] == 1
    assert _ids(tmp_path / "two") < _ids(made)


LOAD = """
import json, sys
from datasets import load_dataset
_, home, folder = sys.argv
for loaded in (load_dataset(folder), load_dataset("parquet", data_files=folder + "/data/*.parquet")):
    rows = loaded["train"]
    print(json.dumps([list(loaded), rows.num_rows, rows.column_names, sorted(rows[:]["model"])]))
"""


def test_datasets_loads_the_folder_and_the_files(made: Path, tmp_path: Path):
    by_folder, by_files = map(json.loads, _in_a_fresh_python(LOAD, str(tmp_path), str(made)).splitlines())

    assert by_folder == by_files == [["train"], 3, chat_1m.SCHEMA.names, ["doctor", "echo", "echo"]]


def _export(*arguments: str) -> str:
    common = ["--names", "none", "--processes", "1"]
    done = CliRunner().invoke(command, ["release", *common, *arguments], obj=FakeLaunch(MODELS), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


async def test_the_command_writes_a_release_and_says_what_was_left_out(ledger_url: str, tmp_path: Path):
    async with open_ledger(ledger_url) as ledger:
        await _fill(ledger)

    output = await asyncio.to_thread(_export, "--store", ledger_url, "--out", str(tmp_path / "out"))

    assert output.startswith("chat-1m: released 3 of 7 conversations (left out: model_secret 1, ")
    assert output.count("\n") == 1


async def test_programs_are_told_stage_by_stage(ledger_url: str, tmp_path: Path):
    await _one_of_a_class(ledger_url)

    output = await asyncio.to_thread(_export, "--json", "--store", ledger_url, "--out", str(tmp_path / "out"))

    *stages, last = map(json.loads, output.splitlines())
    assert {each["event"] for each in stages} == {"stage"}
    ended = [each["stage"] for each in stages if each["state"] == "done"]
    assert ended == ["measure", "read", "map", "choose", "write chat-1m", "finish"]
    assert last["forms"][0]["counts"] == {"read": 2, "released": 2, "dropped": {}}


async def test_the_command_keeps_back_the_cohorts_of_the_configuration(
    ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARENA_EXPORT_WITHHELD_COHORTS", "class-7a,class-7b")
    await _one_of_a_class(ledger_url)

    output = await asyncio.to_thread(_export, "--store", ledger_url, "--out", str(tmp_path / "out"))

    assert output.startswith("chat-1m: released 1 of 2 conversations (left out: cohort 1)")


def test_without_a_ledger_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARENA_STORE_URL", raising=False)
    with pytest.raises(SetupError, match="there is no ledger"):
        _export("--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"))

    assert list(tmp_path.iterdir()) == []


def test_a_release_of_a_time_in_which_nothing_was_said_is_of_its_first_day(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    asyncio.run(_a_vote(url))

    given: dict[str, Any] = {"from": "2030-01-02"}
    manifest = release(url, tmp_path / "out", **given)

    assert (manifest["date"], manifest["counts"]["released"]) == ("2030-01-02", 0)


async def _a_vote(url: str) -> None:
    async with open_ledger(url) as ledger:
        await a_voted_battle(ledger, await a_visitor(ledger))


def test_two_releases_of_one_day_have_no_judge_in_common(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    asyncio.run(_a_vote(url))

    def judge(name: str, column: str, form: str, **given: Any) -> str:
        release(url, tmp_path / name, format=form, date="2026-10-01", **given)
        (row,) = pq.read_table(tmp_path / name / "data").to_pylist()
        return row[column]

    judges = [judge(f"a{seed}", "judge", "arena-battles", seed=seed) for seed in (1, 2)]
    visits = [judge(f"p{seed}", "evaluation_session_id", "preference-140k", seed=seed) for seed in (1, 2)]
    assert len({*judges, *visits}) == 4
    assert judge("again", "judge", "arena-battles", seed=1) == judges[0]


def test_a_release_whose_finder_of_names_does_not_answer_is_not_begun(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        finder = f"openai:http://127.0.0.1:{taken.getsockname()[1]}/v1 tiny"
        with pytest.raises(SetupError, match=r"--name-engine: http.*/v1 does not answer"):
            release(f"sqlite:///{tmp_path}/none", tmp_path / "out", name_engine=[finder])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("flag", "value"),
    [("tokenizer", "none.json"), ("sample_prompts", "none"), ("benchmarks", ["x"]), ("earlier", ["."])],
)
def test_a_release_whose_files_are_not_there_is_not_begun(tmp_path: Path, flag: str, value: str | list[str]):
    paths = [str(tmp_path / each) for each in value] if isinstance(value, list) else str(tmp_path / value)

    with pytest.raises(SetupError):
        release(f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out", watcher=None, **{flag: paths})

    assert not (tmp_path / "out").exists()
