"""`arena ratings site` as one types it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from arena.battle import Outcome
from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.history import History
from logging_store.ledger import open_ledger
from tests.facts import a_visitor, a_voted_battle

VOTES = Path(__file__).parents[2] / "tests" / "data" / "battles" / "tulu_human.csv.gz"
_SECRET = '[[models]]\nname = "chatgpt"\nworker = "demo"\nsecret = true\n'
_MODELS = '[[models]]\nname = "chatgpt"\norganisation = "OpenAI"\nlicence = "proprietary"\n'


async def _ratings(*arguments: object, cwd: Path) -> tuple[int, str, str]:
    command = (sys.executable, "-m", "arena.command", "ratings", *(str(each) for each in arguments))
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, stdout=PIPE, stderr=PIPE)
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*.*"))}


async def test_votes_become_the_same_site_twice(tmp_path: Path):
    (tmp_path / "models.toml").write_text(_MODELS)
    for out in ("1", "2"):
        code, _, errors = await _ratings(
            "site", "--battles", VOTES, "--models", "models.toml", "--out", out, cwd=tmp_path
        )
        assert (code, errors) == (0, "")

    found = _files(tmp_path / "1")
    assert found == _files(tmp_path / "2")
    pages = {"index", "overall-style"}
    kinds = ("csv", "json", "parquet")
    assert set(found) == {f"{page}.html" for page in pages} | {
        f"data/{page}.{kind}" for page in pages for kind in kinds
    }
    assert b"OpenAI" in found["index.html"]


async def test_a_boards_folder_becomes_a_site(tmp_path: Path):
    (tmp_path / "board.toml").write_text("style = true\n")
    await _ratings("--battles", VOTES, "--recipe", "board.toml", "--out", "board", cwd=tmp_path)
    from_folder = await _ratings("site", "--board", "board", "--out", "a", cwd=tmp_path)
    from_votes = await _ratings("site", "--battles", VOTES, "--recipe", "board.toml", "--out", "b", cwd=tmp_path)

    assert from_folder[0] == from_votes[0] == 0
    assert (tmp_path / "a" / "index.html").read_bytes() == (tmp_path / "b" / "index.html").read_bytes()


async def test_options_make_the_sites_boards_as_they_make_those_of_files(tmp_path: Path):
    wishes = ("--anchor", "chatgpt=1200", "--min-battles", 700, "--per-voter", 99, "--ci", "clustered")
    from_files = await _ratings("--battles", VOTES, *wishes, "--checks", "--out", "board", cwd=tmp_path)
    from_votes = await _ratings("site", "--battles", VOTES, *wishes, "--out", "site", cwd=tmp_path)
    made = json.loads((tmp_path / "board" / "leaderboard.json").read_text(encoding="utf-8"))
    shown = json.loads((tmp_path / "site" / "data" / "index.json").read_text(encoding="utf-8"))

    assert from_files[0] == from_votes[0] == 0, (from_files, from_votes)
    assert 0 < len(made["models"]) < 4
    assert (shown["settings"], shown["checks"]) == (made["settings"], made["checks"])
    assert [row["rating"] for row in shown["models"]] == [row["rating"] for row in made["models"]]


async def test_the_ledgers_votes_become_a_site_with_the_ratings_that_were_published(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/data/ledger.sqlite3") as ledger:
        consent = await a_visitor(ledger)
        for outcome in (Outcome.MODEL_A, Outcome.MODEL_A, Outcome.MODEL_B, Outcome.BOTH_BAD):
            await a_voted_battle(ledger, consent, outcome)
    history = History(tmp_path / "data" / "leaderboard" / "history.jsonl")
    for day, rating in ((1, 1031.0), (2, 1042.0)):
        row = BoardRow(model="echo", status="rated", rating=rating, battles=4, wins=2, losses=1, ties=1)
        history.append(Leaderboard(votes=4, updated_at=day * 86_400.0, rows=(row,)))
    code, _, errors = await _ratings("site", "--out", "site", "--title", "Our <arena>", cwd=tmp_path)
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")

    assert (code, errors) == (0, "")
    assert "<h1>Our &lt;arena&gt;</h1>" in page
    assert '<th scope="row">1970-01-03</th><td class="number">1042</td>' in page


async def test_a_secret_model_stops_it(tmp_path: Path):
    (tmp_path / "arena.toml").write_text(_SECRET)
    code, _, errors = await _ratings("site", "--battles", VOTES, "--out", "site", cwd=tmp_path)

    assert code == 2
    assert "chatgpt is secret" in errors
    assert not (tmp_path / "site").exists()


async def test_a_folder_that_holds_no_board_is_one_line(tmp_path: Path):
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "leaderboard.json").write_text("[]")

    for folder, problem in (("none", "cannot read"), ("board", "not what `arena ratings --out` writes")):
        code, _, errors = await _ratings("site", "--board", folder, "--out", "site", cwd=tmp_path)
        assert code == 2
        assert problem in errors
        assert len(errors.splitlines()) == 1
