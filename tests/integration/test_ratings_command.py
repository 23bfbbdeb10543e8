"""`arena ratings` as one types it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from arena.battle import Outcome
from logging_store.ledger import open_ledger
from tests.facts import a_visitor, a_voted_battle

ROOT = Path(__file__).parents[2]
VOTES = ROOT / "tests" / "data" / "battles" / "tulu_human.csv.gz"


async def _ratings(*arguments: object, cwd: Path) -> tuple[int, str, str]:
    command = (sys.executable, "-m", "arena.command", "ratings", *(str(each) for each in arguments))
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, stdout=PIPE, stderr=PIPE)
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


async def test_files_become_a_table_and_files(tmp_path: Path):
    code, said, errors = await _ratings("--battles", VOTES, "--out", "board", "--anchor", "chatgpt=1200", cwd=tmp_path)

    assert (code, errors) == (0, "")
    assert said.splitlines()[1].split()[:3] == ["1", "chatgpt", "1200.0"]
    board = json.loads((tmp_path / "board" / "leaderboard.json").read_text(encoding="utf-8"))
    assert [row["model"] for row in board["models"]] == ["chatgpt", "tulu_65B", "tulu_7B", "tulu_human_only_65B"]
    assert board["settings"]["anchor"] == {"model": "chatgpt", "rating": 1200}


async def test_a_reader_of_the_table_who_stops_early_gets_the_files_and_no_complaint(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)
    command = (sys.executable, "-m", "arena.command", "ratings", "--battles", str(VOTES), "--out", "board")
    process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=writing, stderr=PIPE)
    os.close(writing)
    _, errors = await asyncio.wait_for(process.communicate(), 60)

    assert (process.returncode, errors) == (0, b"")
    assert {"leaderboard.json", "pairs.csv", "figures"} <= {each.name for each in (tmp_path / "board").iterdir()}


async def test_filters_caps_and_checks_are_in_the_file(tmp_path: Path):
    wishes = ("--filter", "model_a!=tulu_7B", "--per-voter", 5, "--checks")
    code, said, errors = await _ratings("--battles", VOTES, "--out", "board", *wishes, cwd=tmp_path)

    assert (code, errors) == (0, "")
    assert "taken out, would put" in said
    board = json.loads((tmp_path / "board" / "leaderboard.json").read_text(encoding="utf-8"))
    assert (board["settings"]["filters"], board["settings"]["per_voter"]) == (["model_a!=tulu_7B"], 5)
    assert set(board["input"]["left_out"]) == {"filtered", "over_5_per_voter"}
    assert board["checks"]["influence"]["first"] == board["models"][0]["model"]


async def test_a_recipe_file_gives_the_same_board_as_the_options_do(tmp_path: Path):
    (tmp_path / "board.toml").write_text(
        'filters = ["model_a!=tulu_7B"]\nper_voter = 5\nstyle_without = ["bold", "code"]\n'
        'anchor = { model = "chatgpt", rating = 1114 }\n'
    )
    wishes = ("--filter", "model_a!=tulu_7B", "--per-voter", 5, "--anchor", "chatgpt=1114")
    wishes = (*wishes, "--style-without", "bold", "--style-without", "code")
    by_file = await _ratings("--battles", VOTES, "--recipe", "board.toml", "--out", "file", cwd=tmp_path)
    by_options = await _ratings("--battles", VOTES, *wishes, "--out", "options", cwd=tmp_path)

    assert (by_file[0], by_options[0]) == (0, 0)
    assert (tmp_path / "file" / "leaderboard.json").read_bytes() == (
        tmp_path / "options" / "leaderboard.json"
    ).read_bytes()


async def test_a_board_can_be_made_again_from_the_recipe_in_its_own_file(tmp_path: Path):
    wishes = ("--filter", "model_a!=tulu_7B", "--category", "no_ties", "--anchor", "chatgpt=1114", "--per-voter", 9)
    first = await _ratings("--battles", VOTES, *wishes, "--out", "first", cwd=tmp_path)
    again = await _ratings("--battles", VOTES, "--recipe", "first/leaderboard.json", "--out", "again", cwd=tmp_path)

    assert (first[0], again[0]) == (0, 0), again
    boards = [(tmp_path / each / "leaderboard.json").read_bytes() for each in ("first", "again")]
    assert boards[0] == boards[1]
    assert json.loads(boards[0])["categories"]["no_ties"]["models"]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("colour = 3", (), "board.toml: colour: Extra inputs"),
        ("method =", (), "board.toml: Invalid value"),
        ("style = true", ("--seed", 3), "leave out --seed"),
    ],
)
async def test_a_wrong_recipe_is_one_line(text: str, arguments: tuple[object, ...], said: str, tmp_path: Path):
    (tmp_path / "board.toml").write_text(text)
    code, _, errors = await _ratings("--battles", VOTES, "--recipe", "board.toml", *arguments, cwd=tmp_path)

    assert (code, errors.count("\n")) == (2, 1), errors
    assert said in errors


async def test_without_files_it_rates_the_ledgers_votes(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/data/ledger.sqlite3") as ledger:
        consent = await a_visitor(ledger)
        for outcome in (Outcome.MODEL_A, Outcome.MODEL_A, Outcome.MODEL_B, Outcome.BOTH_BAD):
            await a_voted_battle(ledger, consent, outcome)
        await a_voted_battle(ledger, consent, reasons=("not_anonymous",))
    code, said, _ = await _ratings(cwd=tmp_path)

    assert code == 0
    assert [line.split()[1] for line in said.splitlines()[1:3]] == ["echo", "doctor"]
    assert "4 battles, 2 models" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--battles", "none.csv"), "there is no file none.csv"),
        (("--battles", VOTES, "--method", "glicko"), "'glicko' is not one of"),
        (("--battles", VOTES, "--anchor", "chatgpt"), "'chatgpt' is not MODEL=RATING"),
        (("--battles", VOTES, "--anchor", "gpt-9=1000"), "'gpt-9' has no rating here"),
        (("--battles", VOTES, "--ci", "bootstrap", "--method", "elo"), "elo has no errors"),
        (("--battles", VOTES, "--style", "--method", "davidson"), "--style goes with --method bt only"),
        (("--battles", VOTES, "--style", "--style-without", "colour"), "'colour' is not one of length, headers, lists"),
        (("--battles", VOTES, "--filter", "colour=red"), "there is no column colour"),
        (("--battles", VOTES, "--category", "poems"), "'poems' is not one of code, maths"),
        (("--battles", VOTES, "--category", "hard_prompt"), "`arena ratings label` asks a model for them"),
        (("--battles", VOTES, "--leave-out", "rude"), "'rude' is not one of unanswered"),
        (("--battles", VOTES, "--category", "code"), "there is no column conversation_a"),
        ((), "there is no ledger"),
        (("publish",), "no board waits for review"),
        (("--style", "site", "--out", "site"), "--style goes behind site"),
        (("site", "--board", "board", "--min-battles", 5, "--out", "site"), "leave out --min-battles"),
    ],
)
async def test_what_cannot_be_done_is_one_line_and_code_2(arguments: tuple[object, ...], said: str, tmp_path: Path):
    code, out, errors = await _ratings(*arguments, cwd=tmp_path)

    assert (code, out, errors.count("\n")) == (2, "", 1), errors
    assert said in errors


async def test_an_unknown_winner_is_code_2_with_its_row(tmp_path: Path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\na,b,tie\na,b,left\n")
    code, _, errors = await _ratings("--battles", "votes.csv", cwd=tmp_path)

    assert (code, errors.split(";")[0]) == (2, "arena: votes.csv: row 2: winner is 'left'")
