"""`make vllm`, as far as it can be tested without installing vLLM."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT

FOLDER = ROOT / "deploy" / "vllm"
LOCKS = ["requirements-vllm-cpu.txt", "requirements-vllm-cuda.txt"]
FAKE_PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && for each in python vllm; do cp "$0" "$3/bin/$each"; done ;;
    "-m pip") echo "$@" >> pip.log; case "$*" in *"${KILLED_AT:-nowhere}"*) kill -9 $PPID ;; esac ;;
esac
"""
"""A Python 3.11 that has all it takes, makes environments like itself, and notes what pip is asked for."""


def install(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder of its own, cut off from every place that has packages."""
    shutil.copytree(FOLDER, folder / "deploy" / "vllm", dirs_exist_ok=True)
    alone = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "ARENA_VLLM_BUILD": "cpu"}
    return subprocess.run(
        [folder / "deploy" / "vllm" / "install"],
        env={**os.environ, **alone, "PYTHON": sys.executable, **settings},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="its lock files are for Python 3.11")
def test_where_no_torch_for_cpus_is_found_one_line_says_what_to_set(tmp_path: Path):
    refused = install(tmp_path)

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert re.search(r"no build of torch==\S+\+cpu .* set PIP_FIND_LINKS .* PIP_EXTRA_INDEX_URL", refused.stderr)


def test_an_unknown_build_is_refused_before_anything_is_made(tmp_path: Path):
    refused = install(tmp_path, ARENA_VLLM_BUILD="tpu")

    assert (refused.returncode, refused.stderr) == (2, "ARENA_VLLM_BUILD=tpu: it is cuda or cpu\n")
    assert not (tmp_path / ".venv-vllm").exists()


def fake_python(folder: Path) -> str:
    program = folder / "fake-python"
    program.write_text(FAKE_PYTHON)
    program.chmod(0o755)
    return str(program)


def asked(folder: Path) -> list[str]:
    """Return what pip was asked for since the last time: the last word of each call, without its folder."""
    log = folder / "pip.log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    assert all("--no-deps" in line for line in lines)
    assert all("--require-hashes" in line for line in lines if "requirements-" in line)
    return [line.rpartition("/")[2] for line in lines]


@pytest.mark.parametrize(
    ("build", "parts"), [("cpu", ["torch-cpu.txt", LOCKS[0]]), ("cuda", [LOCKS[1]])], ids=["cpu", "cuda"]
)
def test_a_second_run_does_nothing_until_a_lock_changes(tmp_path: Path, build: str, parts: list[str]):
    settings = {"PYTHON": fake_python(tmp_path), "ARENA_VLLM_BUILD": build}
    assert install(tmp_path, **settings).returncode == 0
    assert asked(tmp_path)[: len(parts)] == parts

    again = install(tmp_path, **settings)
    assert (again.returncode, again.stdout + again.stderr, asked(tmp_path)) == (0, "", [])

    (tmp_path / ".venv-vllm" / ".ready").write_text(f"{build} of another lock\n")
    assert install(tmp_path, **settings).returncode == 0
    assert asked(tmp_path)[: len(parts)] == parts


@pytest.mark.parametrize("where", ["torch-cpu.txt", LOCKS[0]])
def test_a_run_that_was_killed_is_completed_by_the_next(tmp_path: Path, where: str):
    python = fake_python(tmp_path)
    assert install(tmp_path, PYTHON=python, KILLED_AT=where).returncode == -9
    assert asked(tmp_path)[-1] == where

    assert install(tmp_path, PYTHON=python).returncode == 0
    assert asked(tmp_path)[:2] == ["torch-cpu.txt", LOCKS[0]]


def test_without_the_right_python_one_line_says_what_to_set(tmp_path: Path):
    for name in ("sh", "bash", "cat", "cksum", "dirname", "id", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    refused = install(tmp_path, PYTHON="no-python", PATH=str(tmp_path))

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.endswith("are for Python 3.11, and none was found: name it with PYTHON=...\n")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_and_hashes_everything(name: str):
    lock = (FOLDER / name).read_text(encoding="utf-8")

    assert "://" not in lock
    for block in re.split(r"\n(?=\S)", lock):
        assert block.startswith("#") or "--hash=sha256:" in block, block


def test_the_stand_in_for_the_distribution_has_the_version_that_is_locked():
    (locked,) = re.findall(r"^vllm-cpu==(\S+)", (FOLDER / LOCKS[0]).read_text(encoding="utf-8"), re.MULTILINE)
    shim = (FOLDER / "shim" / "pyproject.toml").read_text(encoding="utf-8")

    assert f'version = "{locked}+cpu"' in shim
    assert f"vllm-cpu=={locked}" in shim
