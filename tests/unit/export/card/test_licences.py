"""Licences."""

from pathlib import Path
from typing import Any

import pytest

from export.card.facts import gather
from export.card.licence_names import OURS, checked_licence
from export.card.licences import licence_of
from export.card.words import FORMS
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


def test_an_own_licence_has_a_name(tmp_path: Path):
    write_rows(tmp_path, "chat-1m", many("chat-1m", 3))
    licence = licence_of(gather(tmp_path, a_summary("chat-1m", licence="other:Our <b>terms</b> 1.0")))

    assert licence.hub == {"license": "other", "license_name": "Our <b>terms</b> 1.0", "license_link": "LICENSE.md"}
    assert "the licence **Our \\<b\\>terms\\</b\\> 1.0**" in licence.text
    assert licence.said.startswith("Our \\<b\\>terms")


@pytest.mark.parametrize("name", [*OURS, "odc-by", "openrail++", "other:Ours 1.0"])
def test_licences_that_there_are_are_taken(name: str):
    assert checked_licence(name) == name


@pytest.mark.parametrize("name", ["foo", "", "other", "other: ", "other:a\nb", "CC-BY-4.0", "Apache License"])
def test_any_other_is_refused_with_what_to_write(name: str):
    with pytest.raises(ValueError, match=r"odc-by, .*one of agreement, .*or your own as other:NAME"):
        checked_licence(name)


def test_every_form_has_a_licence_that_there_is():
    assert {words.licence for words in FORMS.values()} <= set(OURS)


def test_nothing_in_a_title_or_a_contact_becomes_a_part_of_the_text(tmp_path: Path):
    evil = "a\n\n# <script>alert(1)</script> [x](javascript:y)\u2028![i](http://h/i.png) `c` \u202eb"
    said = _text(tmp_path, "chat-1m", title=evil, contact=evil)
    shown = r"a \# \<script\>alert(1)\</script\> \[x\](javascript:y) \!\[i\](http://h/i.png) \`c\` b"

    assert said.startswith(f"# Data set agreement: {shown}\n\n")
    assert said.count(f"Contact: {shown}") == 1
