"""Licences."""

from pathlib import Path
from typing import Any

import pytest

from export.card.facts import gather
from export.card.licences import licence_of
from tests.written import a_summary, many, write_rows


def _text(tmp_path: Path, form: str, **given: Any) -> str:
    write_rows(tmp_path, form, many(form, 3))
    return licence_of(gather(tmp_path, a_summary(form, **given))).text


@pytest.mark.parametrize(
    ("form", "terms"),
    [
        (
            "chat-1m",
            ("not exclusive", "find out who anybody", "hand\nthe data set on", "delete all your copies", "no endo"),
        ),
        ("arena-battles", ("CC BY 4.0", "CC BY-NC 4.0", "find out who anybody")),
        ("preference-140k", ("CC BY 4.0", "each model's provider", "find out who anybody")),
        ("full", ("no licence", "do not publish it")),
    ],
)
def test_each_form_has_its_terms(tmp_path: Path, form: str, terms: tuple[str, ...]):
    flat = " ".join(_text(tmp_path, form).lower().split())

    assert [term for term in terms if " ".join(term.lower().split()) not in flat] == []


def test_it_says_of_which_release_it_is_and_whom_to_write_to(tmp_path: Path):
    said = _text(tmp_path, "chat-1m", title="My talks", contact="data@arena.test")

    assert said.startswith("# Data set agreement: My talks\n\nRelease of 2026-10-01.")
    assert "Contact: data@arena.test" in said


def test_signs_of_templates_in_a_title_are_only_signs(tmp_path: Path):
    assert "{date} $x" in _text(tmp_path, "chat-1m", title="{date} $x")


def test_another_licence_is_named(tmp_path: Path):
    assert "**odc-by**" in _text(tmp_path, "chat-1m", licence="odc-by")


def test_a_template_of_another_form_can_be_chosen(tmp_path: Path):
    assert "CC BY-NC 4.0" in _text(tmp_path, "chat-1m", licence="cc-prompts-nc-outputs")
