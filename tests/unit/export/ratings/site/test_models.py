"""What is known of models beside their votes."""

from pathlib import Path

import pytest

from arena.errors import SetupError
from arena.model import ModelEntry, WorkerKind
from export.ratings.site.models import facts_of, read_facts

_TOML = """
[[models]]
name = "a"
worker = "demo"
organisation = "A"
price_out = 1.5
"""


def test_a_file_can_be_toml_or_json(tmp_path: Path):
    (tmp_path / "models.toml").write_text(_TOML)
    (tmp_path / "list.json").write_text('[{"name": "a", "organisation": "A", "price_out": 1.5}]')
    (tmp_path / "table.json").write_text('{"models": [{"name": "a", "organisation": "A", "price_out": 1.5}]}')

    found = [read_facts(tmp_path / name) for name in ("models.toml", "list.json", "table.json")]
    assert found[0] == found[1] == found[2]
    assert found[0]["a"].price_out == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("name", "said", "problem"),
    [
        ("x.toml", "models = 3", "no list of models"),
        ("x.toml", "models =", "x.toml: Invalid value"),
        ("x.json", "[{}]", "name: Field required"),
        ("x.json", '[{"name": "a", "price_in": -1}]', "price_in: Input should be greater"),
        ("x.json", "{", "x.json: "),
    ],
)
def test_a_wrong_file_is_one_line_that_names_it(tmp_path: Path, name: str, said: str, problem: str):
    (tmp_path / name).write_text(said)

    with pytest.raises(SetupError, match=problem):
        read_facts(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SetupError, match=r"cannot read .*none\.toml"):
        read_facts(tmp_path / "none.toml")


def test_nothing_is_told_of_secret_models():
    entries = [ModelEntry(name=name, worker=WorkerKind.DEMO, secret=name == "b", licence="MIT") for name in "ab"]

    assert {name: each.licence for name, each in facts_of(entries).items()} == {"a": "MIT"}
