"""The figures as CSV."""

import csv
import io
from pathlib import Path

from export.stats.figures import Lengths, count
from export.stats.tables import length_groups, tables
from tests.written import a_conversation, many, write_rows


def test_a_name_with_a_comma_stays_one_name(tmp_path: Path):
    stats = count(write_rows(tmp_path, "chat-1m", [a_conversation(model='a, "b"')]))

    assert list(csv.reader(io.StringIO(tables(stats)["models.csv"]))) == [["model", "rows"], ['a, "b"', "1"]]


def test_no_spreadsheet_takes_a_name_for_a_formula(tmp_path: Path):
    rows = [a_conversation(number, model=name) for number, name in enumerate(("=cmd()", "@SUM(1)", "gpt-4"))]

    assert tables(count(write_rows(tmp_path, "chat-1m", rows)))["models.csv"].split() == [
        *("model,rows", "'=cmd(),1", "'@SUM(1),1", "gpt-4,1")
    ]


def test_each_message_is_in_one_group_of_lengths():
    prompts, answers = Lengths([(0, 3), (5, 2), (1000, 1)]), Lengths([(3_000, 4)])
    groups = length_groups(prompts, answers)

    assert sum(group[1] for group in groups) == 6
    assert [(edge, number) for edge, number, _ in groups if number] == [(0, 3), (4, 2), (724, 1)]
    assert groups[-1] == (2896, 0, 4)


def test_no_table_is_made_of_what_nobody_knows(tmp_path: Path):
    stats = count(write_rows(tmp_path, "chat-1m", [a_conversation()]))

    assert sorted(tables(stats)) == ["languages.csv", "lengths.csv", "models.csv", "turns.csv"]


def test_conversations_have_no_days_and_battles_no_more_than_days(tmp_path: Path):
    battles = tables(count(write_rows(tmp_path / "b", "arena-battles", many("arena-battles", 20))))
    conversations = tables(count(write_rows(tmp_path / "c", "chat-1m", many("chat-1m", 20))))

    assert {len(row.split(",")[0]) for row in battles["days.csv"].splitlines()[1:]} == {len("2026-09-21")}
    assert "days.csv" not in conversations
    assert "unsafe.csv" in conversations
