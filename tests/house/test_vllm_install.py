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


def install(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder of its own, cut off from every place that has packages."""
    shutil.copytree(FOLDER, folder / "deploy" / "vllm")
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
