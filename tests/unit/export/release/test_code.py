"""The code of a release."""

import subprocess
import sys
from pathlib import Path

import pytest

from export.release import code
from export.release.code import code_digests, is_of_releases

LOADED = """
import sys
import export.names.adapters.openai, export.release.cli
for module in list(sys.modules.values()):
    if (file := getattr(module, "__file__", None)) and module.__name__.partition(".")[0] in {packages}:
        print(file)
"""


def test_everything_that_a_release_loads_counts():
    root = Path(code.__file__).parents[2]
    asked = LOADED.format(packages={"arena", "export", "logging_store"})
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, timeout=60)
    loaded = [Path(line).relative_to(root).as_posix() for line in said.stdout.splitlines()]

    assert len(loaded) > 100
    assert [each for each in loaded if not is_of_releases(each)] == []


def test_a_changed_file_is_another_code_wherever_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a" / "made_up" / "inner").mkdir(parents=True)
    (tmp_path / "a" / "made_up" / "__init__.py").touch()
    (tmp_path / "a" / "made_up" / "inner" / "list.txt").write_text("one")
    monkeypatch.setattr(code, "_PACKAGES", ("made_up",))
    monkeypatch.syspath_prepend(tmp_path / "a")
    before = code_digests()

    (tmp_path / "a" / "made_up" / "__pycache__").mkdir()
    (tmp_path / "a" / "made_up" / "__pycache__" / "x.pyc").write_text("x")
    assert code_digests() == before
    (tmp_path / "a" / "made_up" / "inner" / "list.txt").write_text("two")
    assert code_digests() != before
