"""A release, from the ledger to those who read it."""

import asyncio
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from arena.battle import Mode
from arena.errors import SetupError
from arena.model import ModelEntry, WorkerKind
from arena.session import Scope
from export.cli import command
from export.release import chat_1m
from export.release.making import DATA_FILE, chat_1m_recipe, make_release
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
    an_end,
)
from tests.launches import ECHO, FakeLaunch

KEY = b"a release key"
MODELS = (
    ECHO,
    ModelEntry(name="withheld", worker=WorkerKind.DEMO, release=False),
    ModelEntry(name="hidden", worker=WorkerKind.DEMO, secret=True),
)


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
async def release(ledger: Ledger, tmp_path: Path) -> Path:
    await _fill(ledger)
    out = tmp_path / "out"
    out.mkdir()
    await make_release(ledger, chat_1m_recipe(MODELS), KEY, out)
    return out


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


def test_the_rows_are_what_visitors_allowed_and_models_answered(release: Path):
    rows = pq.read_table(release / DATA_FILE).to_pylist()

    assert [row["model"] for row in rows] == ["echo", "echo", "doctor"]
    assert [message["content"] for message in rows[0]["conversation"]] == ["one", "1, once more", "zwei 👋", "2\ufffd"]
    assert [row["turn"] for row in rows] == [2, 1, 1]
    assert [len(row["openai_moderation"]) for row in rows] == [4, 2, 2]
    assert len({row["conversation_id"] for row in rows}) == 3


def test_the_file_has_the_schema_to_the_letter(release: Path):
    assert pq.read_schema(release / DATA_FILE).equals(chat_1m.SCHEMA)


def test_the_manifest_accounts_for_every_conversation_and_every_file(release: Path):
    manifest = json.loads((release / "manifest.json").read_text())

    assert manifest["counts"] == {
        "read": 7,
        "released": 3,
        "dropped": {"model_secret": 1, "model_withheld": 1, "no_answer": 1, "no_release_consent": 1},
    }
    files = {each["path"]: each for each in manifest["files"]}
    assert sorted(files) == ["README.md", DATA_FILE]
    assert files[DATA_FILE]["rows"] == 3
    for name, entry in files.items():
        assert entry["sha256"] == sha256((release / name).read_bytes()).hexdigest()


async def test_what_was_forgotten_is_listed_by_the_digests_of_its_ids_in_releases(ledger: Ledger, tmp_path: Path):
    kept, leaving = await a_visitor(ledger), await a_visitor(ledger)
    await a_said_conversation(ledger, kept)
    gone = [await a_said_conversation(ledger, leaving) for _ in range(3)]
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    await make_release(ledger, chat_1m_recipe(MODELS), KEY, before)
    await forget(ledger, await give_code(ledger, leaving.session_id, 1.0), 7.0)
    await make_release(ledger, chat_1m_recipe(MODELS), KEY, after)

    once, now = (pq.read_table(each / DATA_FILE)["conversation_id"].to_pylist() for each in (before, after))
    manifest = json.loads((after / "manifest.json").read_text())

    assert manifest["withdrawn"] == sorted(sha256(each.encode()).hexdigest() for each in set(once) - set(now))
    assert manifest["counts"] == {"read": 4, "released": 1, "dropped": {"forgotten": 3}}
    assert len(manifest["withdrawn"]) == len(gone)


async def test_cohorts_that_the_operator_keeps_back_are_counted_and_not_named(ledger: Ledger, tmp_path: Path):
    session = a_session(cohort="class-7b")
    consent = a_consent(session.id)
    await ledger.add_session(session)
    await ledger.add_consent(consent)
    await a_said_conversation(ledger, consent)
    await a_said_conversation(ledger, await a_visitor(ledger))

    await make_release(ledger, chat_1m_recipe(MODELS, ["class-7b"]), KEY, tmp_path)
    manifest = (tmp_path / "manifest.json").read_text()

    assert json.loads(manifest)["counts"] == {"read": 2, "released": 1, "dropped": {"cohort": 1}}
    assert "class-7b" not in manifest + (tmp_path / "README.md").read_text()


async def test_nothing_in_the_release_leads_back_to_the_ledger(ledger: Ledger, release: Path):
    said = (release / "README.md").read_text() + (release / "manifest.json").read_text()
    said += json.dumps(pq.read_table(release / DATA_FILE).to_pylist())

    async with ledger.database.snapshot() as connection:
        ids = [
            row.id for table in (sessions, conversations, turns) for row in await connection.execute(select(table.c.id))
        ]
    assert [each for each in ids if each in said] == []


def test_a_secret_model_is_named_nowhere(release: Path):
    said = (release / "README.md").read_text() + (release / "manifest.json").read_text()

    assert "hidden" not in said
    assert "hidden" not in pq.read_table(release / DATA_FILE)["model"].to_pylist()


async def test_the_same_ledger_and_key_give_the_same_bytes(ledger: Ledger, release: Path, tmp_path: Path):
    (tmp_path / "again").mkdir()
    await make_release(ledger, chat_1m_recipe(MODELS), KEY, tmp_path / "again")

    names = ["README.md", DATA_FILE, "manifest.json"]
    assert [(release / name).read_bytes() for name in names] == [
        (tmp_path / "again" / name).read_bytes() for name in names
    ]


async def test_another_key_gives_other_ids(ledger: Ledger, release: Path, tmp_path: Path):
    (tmp_path / "again").mkdir()
    await make_release(ledger, chat_1m_recipe(MODELS), b"another key", tmp_path / "again")

    here, there = (
        set(pq.read_table(each / DATA_FILE)["conversation_id"].to_pylist()) for each in (release, tmp_path / "again")
    )
    assert not here & there


async def test_progress_is_told_conversation_by_conversation(ledger: Ledger, tmp_path: Path):
    await _fill(ledger)
    told: list[int] = []

    await make_release(ledger, chat_1m_recipe(MODELS), KEY, tmp_path, told.append)

    assert told == list(range(1, 8))


LOAD = """
import json, sys
from datasets import load_dataset
_, home, folder = sys.argv
for loaded in (load_dataset(folder), load_dataset("parquet", data_files=folder + "/data/*.parquet")):
    rows = loaded["train"]
    print(json.dumps([list(loaded), rows.num_rows, rows.column_names, rows[:]["model"]]))
"""


async def test_datasets_loads_the_folder_and_the_files(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        await _fill(ledger)
        (tmp_path / "out").mkdir()
        await make_release(ledger, chat_1m_recipe(MODELS), KEY, tmp_path / "out")

    by_folder, by_files = map(json.loads, _in_a_fresh_python(LOAD, str(tmp_path), str(tmp_path / "out")).splitlines())

    assert by_folder == by_files == [["train"], 3, chat_1m.SCHEMA.names, ["echo", "echo", "doctor"]]


def _export(*arguments: str) -> str:
    done = CliRunner().invoke(command, ["release", *arguments], obj=FakeLaunch(MODELS), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


async def test_the_command_writes_a_release_and_says_what_was_left_out(ledger_url: str, tmp_path: Path):
    async with open_ledger(ledger_url) as ledger:
        await _fill(ledger)

    arguments = ["--format", "chat-1m", "--store", ledger_url, "--out", str(tmp_path / "out")]
    output = await asyncio.to_thread(_export, *arguments)  # the command runs a loop of its own

    assert output.startswith("chat-1m: released 3 of 7 conversations (left out: model_secret 1, ")
    assert output.endswith("; not redacted yet\n")
    assert output.count("\n") == 1


async def test_the_command_keeps_back_the_cohorts_of_the_configuration(
    ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARENA_EXPORT_WITHHELD_COHORTS", "class-7a,class-7b")
    async with open_ledger(ledger_url) as ledger:
        session = a_session(cohort="class-7b")
        consent = a_consent(session.id)
        await ledger.add_session(session)
        await ledger.add_consent(consent)
        await a_said_conversation(ledger, consent)

    arguments = ["--format", "chat-1m", "--store", ledger_url, "--out", str(tmp_path / "out")]
    output = await asyncio.to_thread(_export, *arguments)

    assert output.startswith("chat-1m: released 0 of 1 conversations (left out: cohort 1)")


def test_an_unknown_format_is_wrong_usage(tmp_path: Path):
    done = CliRunner().invoke(command, ["release", "--format", "sealed", "--out", str(tmp_path)], obj=FakeLaunch())

    assert done.exit_code == 2


def test_without_a_ledger_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARENA_STORE_URL", raising=False)
    with pytest.raises(SetupError, match="there is no ledger"):
        _export("--format", "chat-1m", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"))

    assert list(tmp_path.iterdir()) == []
