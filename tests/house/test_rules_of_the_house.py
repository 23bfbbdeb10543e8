import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.house.repository import ROOT, files

REGISTRIES = re.compile(r"py" r"pi\.org|python" r"hosted\.|npm" r"js\.org|arti" r"factory|--(extra-)?index" r"-url[= ]")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers)/\w+")
GLOSSARY = ROOT / "ARCHITECTURE.md"


def texts() -> list[tuple[Path, str]]:
    """Every file that is text."""
    known = [(name, (ROOT / name).read_bytes()) for name in files()]
    return [(name, content.decode()) for name, content in known if b"\0" not in content]


def mentions(pattern: re.Pattern[str]) -> list[str]:
    return [f"{name}: {found.group()}" for name, text in texts() if (found := pattern.search(text))]


def test_no_file_names_a_package_registry():
    assert mentions(REGISTRIES) == []


def test_no_file_holds_a_path_of_somebodys_machine():
    assert mentions(MACHINE_PATHS) == []


def test_arrows_point_down():
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def glossary() -> list[tuple[str, str]]:
    if not GLOSSARY.exists() or "## Glossary" not in GLOSSARY.read_text():
        return []
    table = GLOSSARY.read_text().split("## Glossary")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| `([^`|]+)`", table, re.MULTILINE)
    return [(word, where) for word, where in rows if word != "word"]


@pytest.mark.parametrize(("word", "where"), glossary())
def test_a_word_of_the_glossary_is_in_the_code(word: str, where: str):
    if "/" in where:
        assert (ROOT / where).exists(), word
    else:
        module, _, name = where.rpartition(".")
        assert hasattr(import_module(module), name), word
