"""The card's head: what the hub reads."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import Features

from export.card.facts import gather
from export.card.header import header, size_category
from tests.written import SCHEMAS, a_conversation, a_summary, many, write_rows

LMSYS_CHAT_1M = """
- {name: conversation_id, dtype: string}
- {name: model, dtype: string}
- {name: conversation, list: [{name: content, dtype: string}, {name: role, dtype: string}]}
- {name: turn, dtype: int64}
- {name: language, dtype: string}
- name: openai_moderation
  list:
  - name: categories
    struct: [{name: harassment, dtype: bool}, {name: harassment/threatening, dtype: bool}, {name: hate, dtype: bool},
      {name: hate/threatening, dtype: bool}, {name: self-harm, dtype: bool},
      {name: self-harm/instructions, dtype: bool}, {name: self-harm/intent, dtype: bool},
      {name: sexual, dtype: bool}, {name: sexual/minors, dtype: bool},
      {name: violence, dtype: bool}, {name: violence/graphic, dtype: bool}]
  - name: category_scores
    struct: [{name: harassment, dtype: float64}, {name: harassment/threatening, dtype: float64},
      {name: hate, dtype: float64}, {name: hate/threatening, dtype: float64}, {name: self-harm, dtype: float64},
      {name: self-harm/instructions, dtype: float64}, {name: self-harm/intent, dtype: float64},
      {name: sexual, dtype: float64}, {name: sexual/minors, dtype: float64}, {name: violence, dtype: float64},
      {name: violence/graphic, dtype: float64}]
  - {name: flagged, dtype: bool}
- {name: redacted, dtype: bool}
"""
"""What the original's card says of its features."""


def _head(tmp_path: Path, form: str = "chat-1m", **given: Any) -> dict[str, Any]:
    write_rows(tmp_path, form, many(form, 30))
    _, head, rest = header(gather(tmp_path, a_summary(form, **given))).split("---\n")
    assert rest == ""
    return yaml.safe_load(head)


def test_the_features_are_the_originals_to_the_letter(tmp_path: Path):
    assert _head(tmp_path)["dataset_info"]["features"] == yaml.safe_load(LMSYS_CHAT_1M)


@pytest.mark.parametrize("form", SCHEMAS)
def test_the_features_of_every_form_are_those_of_its_files(tmp_path: Path, form: str):
    said = Features._from_yaml_list(_head(tmp_path, form)["dataset_info"]["features"])  # pyright: ignore[reportPrivateUsage]

    assert said == Features.from_arrow_schema(SCHEMAS[form])
    assert list(said) == SCHEMAS[form].names


def test_sizes_are_those_of_the_files(tmp_path: Path):
    info = _head(tmp_path)["dataset_info"]

    assert info["splits"] == [{"name": "train", "num_bytes": info["dataset_size"], "num_examples": 30}]
    assert info["download_size"] == sum(path.stat().st_size for path in (tmp_path / "data").iterdir())


def test_the_hub_lets_only_those_in_who_agree(tmp_path: Path):
    head = _head(tmp_path)

    assert "LICENSE.md" in head["extra_gated_prompt"]
    assert head["extra_gated_fields"] == {"Name": "text", "Email": "text", "Affiliation": "text", "Country": "text"}
    assert head["extra_gated_button_content"]


def test_languages_are_codes_and_what_is_unknown_is_none(tmp_path: Path):
    rows = [a_conversation(n, language=name) for n, name in enumerate(["Hebrew", "Chinese", "unknown", "Elvish"])]
    write_rows(tmp_path, "chat-1m", rows)
    head = yaml.safe_load(header(gather(tmp_path, a_summary())).split("---\n")[1])

    assert head["language"] == ["zh", "he"]


def test_a_licence_of_the_operators_takes_the_place_of_the_forms(tmp_path: Path):
    ours, theirs = _head(tmp_path), _head(tmp_path, licence="cc-by-4.0")

    assert (ours["license"], ours["license_link"]) == ("other", "LICENSE.md")
    assert theirs["license"] == "cc-by-4.0"
    assert "license_name" not in theirs


def test_a_title_with_signs_of_yaml_stays_a_title(tmp_path: Path):
    assert _head(tmp_path, title="a: b\n---\n# c")["pretty_name"] == "a: b --- # c"


@pytest.mark.parametrize(
    ("rows", "category"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (1_000_000, "1M<n<10M")]
)
def test_a_size_is_in_the_hubs_words(rows: int, category: str):
    assert size_category(rows) == category
