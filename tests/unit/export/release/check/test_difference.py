from pathlib import Path
from typing import Any

import pytest

from arena.errors import SetupError
from export.release.all_forms import FORMS
from export.release.check.difference import difference
from export.release.steps import Bundle
from tests.unit.export.release.bundles import RELEASE
from tests.unit.export.release.check.folders import a_release
from tests.unit.export.release.rows import a_row


def _bundles(*names: str, **given: Any) -> list[Bundle]:
    return [Bundle((a_row(name, **given),)) for name in names]


def _id(name: str) -> str:
    return RELEASE.id("chat-1m", name)


@pytest.mark.parametrize("form", FORMS)
def test_a_release_does_not_differ_from_itself(tmp_path: Path, form: str):
    old, new = a_release(tmp_path / "old", form), a_release(tmp_path / "new", form)

    assert difference(old, new).is_nothing


def test_rows_are_told_apart_by_their_ids(tmp_path: Path):
    old = a_release(tmp_path / "old", bundles=[*_bundles("same", "gone"), *_bundles("other", language="French")])
    new = a_release(tmp_path / "new", bundles=[*_bundles("other", "new", "same")])

    found = difference(old, new)

    assert (found.added, found.removed, found.changed) == ([_id("new")], [_id("gone")], [_id("other")])
    assert found.columns == {"language": 1}
    assert not found.is_nothing


def test_a_word_in_a_message_is_a_change(tmp_path: Path):
    old = a_release(tmp_path / "old", bundles=_bundles("c", texts=("Hello?", "Hello!")))
    new = a_release(tmp_path / "new", bundles=_bundles("c", texts=("Hello?", "Hello NAME_1!")))

    assert difference(old, new).columns == {"conversation": 1}


def test_counts_recipe_settings_and_versions_are_compared(tmp_path: Path):
    old = a_release(tmp_path / "old", read=6, dropped={"minor": 1})
    new = a_release(
        tmp_path / "new",
        recipe=["keep what may be released", "redact"],
        settings={"seed": 7},
        versions={"pyarrow": "26"},
    )

    found = difference(old, new)

    assert found.counts == {"read": (6, 5), "dropped minor": (1, None)}
    assert (found.recipe_added, found.recipe_removed) == (["redact"], ["shuffle"])
    assert found.settings == {"pii": ("drop", None), "policy": ({}, None), "shuffle": (42, 7)}
    assert found.versions == {"chat-arena": ("0.1.0", None), "pyarrow": (None, "26")}


def test_forms_cannot_be_compared_with_each_other(tmp_path: Path):
    with pytest.raises(SetupError, match="their ids cannot be joined"):
        difference(a_release(tmp_path / "old"), a_release(tmp_path / "new", "full"))


def test_data_that_cannot_be_read_cannot_be_compared(tmp_path: Path):
    old, new = a_release(tmp_path / "old"), a_release(tmp_path / "new")
    (old.data_files[0]).write_bytes(b"nothing")

    with pytest.raises(SetupError, match="old"):
        difference(old, new)
