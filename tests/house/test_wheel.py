"""What `pip install .` installs: everything we wrote, and few packages of others."""

import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.repository import PACKAGES, ROOT, files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def base_packages() -> dict[str, Distribution]:
    """Return the installed packages that a bare `pip install .` brings, with what they need in turn."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in distribution("chat-arena").requires or []]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name not in found and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            found[name] = distribution(name)
            waiting += [Requirement(text) for text in found[name].requires or []]
    return found


@pytest.fixture(scope="module")
def bare_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python in which only the wheel and its base packages are installed."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for package in base_packages().values():
        for top in {file.parts[0] for file in package.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            source = Path(str(package.locate_file(top)))
            shutil.copytree(source, site / top, dirs_exist_ok=True) if source.is_dir() else shutil.copy(source, site)
    return folder / "bin" / "python"


def arena(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "arena.command", *arguments]
    return subprocess.run(command, cwd=python.parent, check=False, capture_output=True, text=True, timeout=60)


def test_the_wheel_holds_every_file_of_our_packages_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == {name.as_posix() for name in files(*PACKAGES)}


def test_a_bare_install_is_light():
    assert len(base_packages()) < 20


def test_a_bare_install_has_the_command(bare_python: Path):
    shown = arena(bare_python, "--help")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert all(f"\n  {name} " in shown.stdout for name in ("up", "controller", "worker", "web", "store", "export"))


@pytest.mark.parametrize(
    "arguments",
    ["controller", "worker", "web", "store stats", "export release --format chat-1m --out out", "ratings watch"],
)
def test_a_bare_install_says_what_a_command_needs(bare_python: Path, arguments: str):
    command, *others = arguments.split()
    refused = arena(bare_python, command, *others)

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"arena {command} needs more packages: pip install 'chat-arena[" in refused.stderr
