"""The card's text."""

from pathlib import Path
from typing import Any

import pytest

from export.card.facts import gather
from export.card.text import body
from tests.written import SCHEMAS, a_conversation, a_summary, many, write_rows


def _card(tmp_path: Path, form: str = "chat-1m", rows: list[dict[str, Any]] | None = None, **given: Any) -> str:
    write_rows(tmp_path, form, many(form, 30) if rows is None else rows)
    return body(gather(tmp_path, a_summary(form, **given)))


def test_the_figures_are_the_originals_and_estimates_are_called_so(tmp_path: Path):
    said = _card(tmp_path)

    for key in ("# Conversations | 30", "# Models | ", "# Users | 4", "# Languages | 6", "Avg. # Turns per Sample | "):
        assert f"| {key}" in said
    assert "| Avg. # Tokens per Prompt (estimate) | " in said
    assert "| Avg. # Tokens per Response (estimate) | " in said


def test_everything_left_out_has_a_reason_in_words(tmp_path: Path):
    said = _card(tmp_path, dropped={"no_release_consent": 1200, "personal_data_iban": 1, "a_new_reason": 7})

    assert "| `no_release_consent` | a turn of it is under a consent that does not allow publication | 1,200 |" in said
    assert "| `personal_data_iban` | it held personal data: iban | 1 |" in said
    assert "| `a_new_reason` | a new reason | 7 |" in said


def test_nothing_left_out_is_said_too(tmp_path: Path):
    assert "Nothing: all of 9 were released." in _card(tmp_path, dropped={})


def test_the_measured_recall_is_in_it_and_what_was_not_measured_is_said(tmp_path: Path):
    assert "0.960" in _card(tmp_path)
    assert "**not measured**" in _card(tmp_path, quality={})


def test_moderation_that_did_not_run_is_said_and_nothing_is_counted(tmp_path: Path):
    said = _card(tmp_path, rows=[a_conversation(1)])

    assert "Not run: every value in the moderation columns is null." in said
    assert "# Flagged" not in said


def test_moderation_names_its_model_and_counts_as_the_paper_does(tmp_path: Path):
    said = _card(tmp_path)

    assert "By `omni-moderation-2024-09-26`: " in said
    for group in ("# Flagged", "sexual", "harassment", "violence", "hate", "self-harm"):
        assert f"| {group} | " in said


@pytest.mark.parametrize("form", SCHEMAS)
def test_every_column_of_every_form_is_explained(tmp_path: Path, form: str):
    said = _card(tmp_path, form)
    lines = {line.split("`")[1]: line for line in said.splitlines() if line.startswith("| `")}

    assert [name for name in SCHEMAS[form].names if lines.get(name, "|  |").endswith("|  |")] == []


def test_full_says_first_that_it_is_not_for_publication(tmp_path: Path):
    assert "**Not for publication.**" in _card(tmp_path, "full").split("##")[0]


def test_how_to_have_something_removed_fits_the_form(tmp_path: Path):
    assert 'row["question_id"]' in _card(tmp_path, "arena-battles")
    assert "Questions: data@arena.test." in _card(tmp_path, contact="data@arena.test")


def test_names_that_are_markdown_or_html_stay_names(tmp_path: Path):
    said = _card(tmp_path, title="<script>x</script> *a*", recipe=["a | b"], rows=[])

    assert "<script>" not in said
    assert "# \\<script\\>x\\</script\\> \\*a\\*" in said
    assert "1. a \\| b" in said
