import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from export.release.check.rows import row_findings
from export.release.steps import Bundle
from tests.unit.export.release.bundles import a_battle_bundle, a_side, a_verdict
from tests.unit.export.release.check.folders import a_release
from tests.unit.export.release.rows import a_row

AT = 1_790_000_000.5
"""2026-09-21: when the battles of these tests were voted on."""


def _problems(folder: Path, form: str, columns: dict[str, Any], **said: Any) -> set[str]:
    made = a_release(folder, form, [a_battle_bundle()], lambda row: row.update(columns), **said)
    return {each.split(": ", 2)[-1] for each in row_findings(made, lambda _texts: (), lambda _rows: None)}


@pytest.mark.parametrize(
    ("form", "column"),
    [
        ("arena-battles", "judge"),
        ("preference-140k", "evaluation_session_id"),
        ("full", "session"),
        ("full", "battle"),
    ],
)
def test_people_and_battles_have_pseudonyms(tmp_path: Path, form: str, column: str):
    assert _problems(tmp_path, form, {column: "arena_user_jane.roe@gmail.com"}) == {f"its {column} is no pseudonym"}


@pytest.mark.parametrize("at", [None, math.nan, math.inf, -1.0, 1e18])
def test_a_vote_is_cast_at_a_time_of_a_calendar(tmp_path: Path, at: float | None):
    problem = "its tstamp is no time at which it can have been voted on"

    assert _problems(tmp_path, "arena-battles", {"tstamp": at}) == {problem}


@pytest.mark.parametrize(
    ("settings", "is_found"),
    [
        ({"from": "2026-09-22T15:00:00Z"}, True),
        ({"from": "2026-09-22T00:00:00Z"}, False),
        ({"to": "2025-07-01T00:00:00Z"}, True),
        ({"to": "2026-09-01T00:00:00Z"}, False),
    ],
)
def test_a_vote_is_of_the_time_of_the_release_or_soon_after(tmp_path: Path, settings: dict[str, str], is_found: bool):
    problem = "its tstamp is no time at which it can have been voted on"

    assert _problems(tmp_path, "arena-battles", {}, settings=settings) == ({problem} if is_found else set())


def test_a_conversation_of_full_finished_within_the_time_of_the_release(tmp_path: Path):
    found = _problems(tmp_path, "full", {"finished_on": date(2026, 9, 1)}, settings={"to": "2026-09-01T00:00:00Z"})

    assert found == {"its finished_on is not within the time of the release"}


@pytest.mark.parametrize("language", ["Jane Roe", "english", "jane.roe@gmail.com"])
def test_a_language_is_one_that_there_is(tmp_path: Path, language: str):
    assert _problems(tmp_path, "chat-1m", {"language": language}) == {"its language is none that there is"}


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        ("chat-1m", {"model": "jane.roe@gmail.com/llama-3"}),
        ("arena-battles", {"model_b": "jane.roe@gmail.com/llama-3"}),
        ("preference-140k", {"model_a": "jane.roe@gmail.com/llama-3"}),
        ("full", {"vote_reasons": ["jane.roe@gmail.com"]}),
    ],
)
def test_personal_data_in_other_columns_is_found(tmp_path: Path, form: str, columns: dict[str, Any]):
    (column,) = columns
    found = _problems(tmp_path / "a", form, columns)

    assert found == {f"personal data is in column {column}: EMAIL"}
    assert _problems(tmp_path / "b", form, columns, settings={"policy": {"EMAIL": "keep"}, "seed": 42}) == set()


MODELS = (
    *("gpt-4-0613", "gpt-4o-2024-08-06", "llama-3.1-8b-instruct", "claude-3-5-sonnet-20241022", "RWKV-4-Raven-14B"),
    *("meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "qwen2.5-72b@us-east-1", "gemini-2.5-pro-preview-03-25"),
    *("deepseek-r1-0528", "mistral-small-3.1-24b-instruct-2503", "command-a-03-2025", "model 0123456789"),
)


@pytest.mark.parametrize("model", MODELS)
def test_names_of_models_are_no_personal_data(tmp_path: Path, model: str):
    assert _problems(tmp_path, "chat-1m", {"model": model}) == set()


@pytest.mark.parametrize("form", ["chat-1m", "arena-battles", "full"])
def test_what_moderation_says_fits_the_settings(tmp_path: Path, form: str):
    minors = a_verdict(flagged=True, categories={**a_verdict().categories, "sexual/minors": True})
    flagged = a_battle_bundle(*(a_side(side, verdicts=(minors, minors)) for side in "ab"))
    none = a_battle_bundle()
    settings = {"keep-sexual-minors": False, "require-moderation": True, "seed": 42}

    def problems(bundle: Bundle, folder: str) -> set[str]:
        made = a_release(tmp_path / folder, form, [bundle], settings=settings)
        return {each.split(": ", 2)[-1] for each in row_findings(made, lambda _texts: (), lambda _rows: None)}

    assert problems(flagged, "flagged") == {"it is flagged sexual/minors, which the settings leave out"}
    assert problems(none, "none") == {"a message has no verdict, which the settings require"}


def test_scores_are_numbers(tmp_path: Path):
    odd = a_verdict(scores={**a_verdict().scores, "hate": math.nan})
    made = a_release(tmp_path, bundles=[Bundle((a_row(verdicts=(odd, a_verdict())),))])

    (found,) = row_findings(made, lambda _texts: (), lambda _rows: None)
    assert found.endswith("a score of moderation is no number")
