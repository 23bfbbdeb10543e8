"""A release is read by what people read data sets with, and by what was written for the originals."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

from export.release.all_forms import FORMS
from logging_store.ledger import open_ledger
from tests.facts import a_said_conversation, a_visitor, a_voted_battle
from tests.releasing import Quiet, an_order, make_release
from tests.written import UNMODERATED, a_conversation, a_release, moderated, said, write_rows

ROWS = 40


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of each form, in `FORM/`."""
    folder = tmp_path_factory.mktemp("releases")
    for form in FORMS:
        a_release(folder / form, form, ROWS)
    return folder


def _in_a_fresh_python(code: str, folder: Path, home: Path) -> Any:
    """`datasets` and `mlcroissant` keep caches and read their environment once: a process of its own, offline."""
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code, folder], check=False, capture_output=True, text=True, timeout=170, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


LOAD = """
import json, sys
from datasets import load_dataset
loaded = {}
for form in ("chat-1m", "arena-battles", "preference-140k", "full"):
    folder = f"{sys.argv[1]}/{form}"
    ways = {
        "folder": load_dataset(folder, split="train"),
        "files": load_dataset("parquet", data_files=folder + "/data/train-*.parquet", split="train"),
        "streaming": load_dataset(folder, split="train", streaming=True),
    }
    for way, rows in ways.items():
        ids = [next(iter(row.values())) for row in rows]
        loaded[f"{form} {way}"] = [len(ids), list(rows.features), rows.features._to_yaml_list()]
print(json.dumps(loaded))
"""


def test_datasets_loads_every_form_by_folder_by_files_and_streaming(releases: Path, tmp_path: Path):
    loaded = _in_a_fresh_python(LOAD, releases, tmp_path)

    for form in FORMS:
        folder, files, streaming = (loaded[f"{form} {way}"] for way in ("folder", "files", "streaming"))
        assert folder == files == streaming
        assert folder[:2] == [ROWS, FORMS[form].schema.names]


READER = """
import json, sys
from collections import Counter
from datasets import Features, load_dataset
from datasets import Value

dataset = load_dataset(sys.argv[1], split="train")
categories = ("harassment harassment/threatening hate hate/threatening self-harm self-harm/instructions "
              "self-harm/intent sexual sexual/minors violence violence/graphic").split()
original = Features({
    "conversation_id": Value("string"),
    "model": Value("string"),
    "conversation": [{"content": Value("string"), "role": Value("string")}],
    "turn": Value("int64"),
    "language": Value("string"),
    "openai_moderation": [{
        "categories": {name: Value("bool") for name in categories},
        "category_scores": {name: Value("float64") for name in categories},
        "flagged": Value("bool"),
    }],
    "redacted": Value("bool"),
})
assert dataset.features == original, dataset.features
assert dataset.features.arrow_schema == original.arrow_schema
assert list(dataset.features) == list(original)

# as training scripts do: English, not flagged, in the order of roles
def is_wanted(row):
    unsafe = any(message["flagged"] for message in row["openai_moderation"])
    return row["language"] == "English" and not unsafe and not row["redacted"]

kept = dataset.filter(is_wanted)
roles = {"user": "human", "assistant": "gpt"}
shared = [
    {"id": row["conversation_id"],
     "conversations": [{"from": roles[m["role"]], "value": m["content"]} for m in row["conversation"]]}
    for row in kept
]
prompts = [row["conversation"][0]["content"] for row in dataset if row["conversation"][0]["role"] == "user"]
worst = max(max((m["category_scores"]["sexual"] or 0) for m in row["openai_moderation"]) for row in dataset)
frame = dataset.to_pandas()
print(json.dumps([
    len(dataset), len(shared), sum(len(each["conversations"]) for each in shared), len(prompts), worst,
    Counter(frame["model"]), int(frame["turn"].sum()), sum(len(c) for c in frame["conversation"]),
]))
"""


def test_a_reader_written_for_lmsys_chat_1m_works_unchanged(tmp_path: Path):
    rows = [
        a_conversation(1, conversation=said("a", "b", "c", "d"), openai_moderation=[moderated()] * 4),
        a_conversation(2, openai_moderation=[moderated(), moderated("sexual")]),
        a_conversation(3, language="German", model="doctor"),
        a_conversation(4, conversation=said("e", "f"), openai_moderation=[UNMODERATED] * 2),
    ]
    write_rows(tmp_path / "out", "chat-1m", rows)

    told = _in_a_fresh_python(READER, tmp_path / "out", tmp_path)

    assert told == [4, 2, 6, 4, 0.9, {"echo": 3, "doctor": 1}, 5, 10]


CROISSANT = """
import itertools, json, sys
import mlcroissant
told = {}
for form in ("chat-1m", "arena-battles", "preference-140k", "full"):
    dataset = mlcroissant.Dataset(f"{sys.argv[1]}/{form}/croissant.json")
    assert not dataset.metadata.ctx.issues.errors and not dataset.metadata.ctx.issues.warnings
    first = next(iter(dataset.records("rows")))
    (messages,) = [v for k, v in first.items() if k in ("rows/conversation", "rows/conversation_a")]
    told[form] = [sum(1 for _ in dataset.records("rows")), sorted(first), str(messages[0])]
print(json.dumps(told))
"""


def test_mlcroissant_finds_no_fault_and_reads_every_row(releases: Path, tmp_path: Path):
    told = _in_a_fresh_python(CROISSANT, releases, tmp_path)

    for form in FORMS:
        first = pq.read_table(releases / form / "data").to_pylist()[0]
        message = (first.get("conversation") or first["conversation_a"])[0]
        text = message["content"] if isinstance(message["content"], str) else message["content"][0]["text"]
        rows, columns, said_first = told[form]
        assert rows == ROWS
        assert columns == sorted(f"rows/{name}" for name in FORMS[form].schema.names)
        assert text in said_first


@pytest.mark.parametrize("form", FORMS)
def test_polars_and_duckdb_read_every_form(releases: Path, form: str):
    files = str(releases / form / "data/train-*.parquet")
    frame = polars.scan_parquet(files).collect()
    with duckdb.connect() as connection:
        lines = connection.execute(f"SELECT * FROM '{files}'").fetchall()
        columns = [name for name, *_ in connection.description or ()]

    assert frame.columns == columns == FORMS[form].schema.names
    assert frame.height == len(lines) == ROWS
    assert frame.to_series(0).to_list() == [row[0] for row in lines]


def test_what_the_card_says_to_load_it_with_works(releases: Path, tmp_path: Path):
    card = (releases / "chat-1m/README.md").read_text()
    query = card.split("```sql\n")[1].split(";")[0]
    blocks = [block.split("```")[0] for block in card.split("```python\n")[1:]]
    code = blocks[0] + "loaded = rows\n" + blocks[1] + "rows.collect()\nrows = loaded\n" + blocks[2]
    run = "import json, os, sys\nos.chdir(sys.argv[1])\n" + code + "print(json.dumps(len(rows)))\n"

    assert _in_a_fresh_python(run, releases / "chat-1m", tmp_path) == ROWS
    here = query.replace("data/", f"{releases}/chat-1m/data/")
    with duckdb.connect() as connection:
        assert sum(number for _, number in connection.execute(here).fetchall()) == ROWS


def test_a_release_from_the_ledger_loads_in_every_form(tmp_path: Path):
    async def fill(url: str) -> None:
        async with open_ledger(url) as ledger:
            consent = await a_visitor(ledger)
            for number in range(3):
                await a_said_conversation(ledger, consent, (f"What is {number}?", "A number."))
            await a_voted_battle(ledger, consent)

    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    asyncio.run(fill(url))
    make_release(an_order(url, tmp_path / "out", format=list(FORMS)), Quiet())

    loaded = _in_a_fresh_python(LOAD, tmp_path / "out", tmp_path / "home")
    croissants = _in_a_fresh_python(CROISSANT, tmp_path / "out", tmp_path / "home")
    for form in FORMS:
        expected = 1 if form in {"arena-battles", "preference-140k"} else 5
        assert {loaded[f"{form} {way}"][0] for way in ("folder", "files", "streaming")} == {expected}
        assert croissants[form][0] == expected
