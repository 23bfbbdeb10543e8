from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from export.release.all_forms import FORMS
from export.release.check.rows import row_findings
from export.release.steps import Bundle
from tests.unit.export.release.bundles import a_battle_bundle, a_side, a_verdict
from tests.unit.export.release.check.folders import DATA, Change, a_release
from tests.unit.export.release.rows import a_row, a_said_turn


def _nobody(_texts: Iterable[str]) -> Sequence[str]:
    return ()


def _found(folder: Path, form: str = "chat-1m", change: Change = lambda _row: None, **given: Any) -> list[str]:
    return list(row_findings(a_release(folder, form, change=change, **given), _nobody, lambda _rows: None))


@pytest.mark.parametrize("form", FORMS)
def test_rows_as_they_were_made_have_no_findings(tmp_path: Path, form: str):
    moderated = a_side("a", verdicts=(a_verdict(), None))
    bundles = [a_battle_bundle(moderated), Bundle((a_row("direct"),))]

    assert _found(tmp_path, form, bundles=bundles) == []


def test_how_far_it_is_is_told(tmp_path: Path):
    told: list[int] = []

    list(row_findings(a_release(tmp_path), _nobody, told.append))

    assert sum(told) == 5


def _with(**columns: Any) -> Change:
    def change(row: dict[str, Any]) -> None:
        row.update(columns)

    return change


def _without_a_message(row: dict[str, Any]) -> None:
    row["conversation"][0]["content"] = None


def _without_an_answer(row: dict[str, Any]) -> None:
    row["conversation"] = row["conversation"][:1]


def _without_a_verdict(row: dict[str, Any]) -> None:
    row["openai_moderation"] = row["openai_moderation"][:1]


def _half_moderated(row: dict[str, Any]) -> None:
    row["openai_moderation"][0]["flagged"] = True


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_without_an_answer, "conversation: user and assistant do not take turns"),
        (_without_a_verdict, "moderation has not one entry a message"),
        (_half_moderated, "a verdict is neither whole nor wholly null"),
        (_with(turn=7), "conversation: its turns are miscounted"),
        (_with(language=None), "it has no language"),
        (_without_a_message, "conversation: a message is missing"),
    ],
)
def test_what_does_not_fit_is_found_and_counted(tmp_path: Path, change: Change, problem: str):
    assert f"{DATA}: 5 rows, the first is row 1: {problem}" in _found(tmp_path, change=change)


def _null_messages(row: dict[str, Any]) -> None:
    row["conversation"] = [None, None]
    row["openai_moderation"] = [None, {"categories": None, "category_scores": None, "flagged": None}]


def test_what_is_null_where_it_must_not_be_is_found(tmp_path: Path):
    found = _found(tmp_path, change=_null_messages)

    assert {each.split(": ", 2)[-1] for each in found} == {
        "conversation: user and assistant do not take turns",
        "conversation: a message is missing",
        "a verdict is neither whole nor wholly null",
    }


def test_rows_of_other_columns_are_passed_over(tmp_path: Path):
    made = a_release(tmp_path)
    pq.write_table(pa.table({"conversation_id": ["a"] * 5, "conversation": ["text"] * 5}), tmp_path / DATA)

    assert list(row_findings(made, _nobody, lambda _rows: None)) == ["data: 0 different ids, but 5 are released"]


def test_rows_stand_where_the_seed_puts_them(tmp_path: Path):
    made = a_release(tmp_path)
    pq.write_table(pq.read_table(tmp_path / DATA).slice(1), tmp_path / "rest")
    table = pa.concat_tables([pq.read_table(tmp_path / "rest"), pq.read_table(tmp_path / DATA).slice(0, 1)])
    pq.write_table(table, tmp_path / DATA)

    found = list(row_findings(made, _nobody, lambda _rows: None))

    assert found == [f"{DATA}: row 5: it is not where its id and the seed put it"]


def test_what_is_redacted_has_a_mark_in_it(tmp_path: Path):
    assert f"{DATA}: 5 rows, the first is row 1: it is redacted, but no mark is in it" in _found(
        tmp_path, change=_with(redacted=True)
    )


def _another_turn(row: dict[str, Any]) -> None:
    row["full_conversation"] = row["full_conversation"] * 2


def _other_counts(row: dict[str, Any]) -> None:
    row["conv_metadata"]["sum_user_tokens"] = 99


@pytest.mark.parametrize(
    ("form", "change", "problem"),
    [
        ("preference-140k", _another_turn, "full_conversation is not what the sides say"),
        ("preference-140k", _other_counts, "conv_metadata is not what the texts count"),
        ("preference-140k", _with(evaluation_order=0), "its evaluation_order is no number of a vote"),
        ("full", _with(redacted=True), "it is redacted though nothing was replaced, or the other way round"),
        ("full", _with(estimated_tokens=[1]), "a list has not one entry a message"),
        ("full", _with(turn_reaction=[]), "a list has not one entry a turn"),
    ],
)
def test_what_a_form_says_twice_it_says_alike(tmp_path: Path, form: str, change: Change, problem: str):
    assert any(each.endswith(f": {problem}") for each in _found(tmp_path, form, change))


def test_ids_are_checked(tmp_path: Path):
    assert _found(tmp_path, change=_with(conversation_id="1")) == [
        f"{DATA}: 5 rows, the first is row 1: its id is not 32 hex digits",
        f"{DATA}: 4 rows, the first is row 2: its id is that of another row",
        "data: 1 different ids, but 5 are released",
    ]


def test_an_outcome_must_be_one_of_the_forms_own(tmp_path: Path):
    change = _with(winner="both_bad")

    assert _found(tmp_path / "old", "arena-battles", change) == [
        f"{DATA}: row 1: its winner is none of those that there are"
    ]
    assert _found(tmp_path / "new", "preference-140k", change) == []


@pytest.mark.parametrize("form", FORMS)
def test_personal_data_that_is_left_is_found_in_every_form(tmp_path: Path, form: str):
    said = ("Hello?", "Write to jane.roe@mailbox.org")
    bundle = a_battle_bundle(b=a_side("b", said))

    found = _found(tmp_path, form, bundles=[bundle])

    assert len(found) == 1
    assert found[0].endswith("personal data is left: EMAIL")
    assert "jane" not in found[0]


def test_what_the_policy_keeps_may_be_there(tmp_path: Path):
    row = a_row(turns=(a_said_turn(text="Write to jane.roe@mailbox.org"),))
    settings = {"pii": "drop", "policy": {"email": "keep"}}

    assert _found(tmp_path, bundles=[Bundle((row,))], settings=settings) == []


def test_a_canary_that_came_out_is_found_in_its_row(tmp_path: Path):
    bundles = [Bundle((a_row(f"c{at}", texts=(f"I am bird {at}", "Hello!")),)) for at in range(3)]
    made = a_release(tmp_path, bundles=bundles)

    found = row_findings(made, lambda texts: [each for each in texts if "bird 1" in each], lambda _rows: None)

    which = [row["conversation"][0]["content"] for row in pq.read_table(tmp_path / DATA).to_pylist()].index(
        "I am bird 1"
    )
    assert list(found) == [f"{DATA}: row {which + 1}: a canary is in it"]


def test_a_file_that_is_cut_is_found(tmp_path: Path):
    made = a_release(tmp_path)
    (tmp_path / DATA).write_bytes((tmp_path / DATA).read_bytes()[:-4])

    found = list(row_findings(made, _nobody, lambda _rows: None))

    assert found[0].startswith(f"{DATA}: cannot be read to its end")
