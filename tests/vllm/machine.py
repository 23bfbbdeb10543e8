"""The vLLM that is installed here, and how its flags fit this machine: on one with GPUs the same tests use them."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from arena.errors import SetupError
from model_worker.engine.command_line import find_program

START_SECONDS = 300.0
"""On two cores that do other things as well; half a minute where nothing else runs."""
FLAGS = ("--max-model-len", "4096", "--enforce-eager", "--kv-cache-memory-bytes", "64M")
ON_GPU = ("--gpu-memory-utilization", "0.2")
"""Only that much has to be free at a start: several engines may share one."""
ON_CPU = {"OMP_NUM_THREADS": "1", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
"""Few processes and threads: two cores carry several engines."""


def vllm_program() -> Path:
    """Return where vLLM is; without it these tests fail."""
    try:
        return Path(find_program(os.environ))
    except SetupError as error:
        pytest.fail(str(error))


@cache
def is_for_cpus() -> bool:
    """Return what vLLM itself goes by: whether its version says `cpu`."""
    asked = "from importlib.metadata import version; print(version('vllm'))"
    python = vllm_program().parent / "python"
    return "cpu" in subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout


@cache
def gpus() -> int:
    """Return how many GPUs vLLM may use."""
    if is_for_cpus() or shutil.which("nvidia-smi") is None:
        return 0
    listed = subprocess.run(["nvidia-smi", "--list-gpus"], check=True, capture_output=True, text=True).stdout
    return listed.count("GPU ")


def flags() -> tuple[str, ...]:
    """Return what any engine is told here."""
    return FLAGS if is_for_cpus() else (*FLAGS, *ON_GPU)


def environment() -> dict[str, str]:
    """Return the environment of any engine here. Nothing is downloaded."""
    return {**os.environ, "HF_HUB_OFFLINE": "1", **(ON_CPU if is_for_cpus() else {})}


def for_two_workers() -> dict[str, str]:
    """Return what lets two workers of one engine run beside each other: on CPUs, a core for each."""
    cores = sorted(os.sched_getaffinity(0))
    return {"VLLM_CPU_OMP_THREADS_BIND": f"{cores[0]}|{cores[-1]}"} if is_for_cpus() else {}


def devices(engine: int) -> tuple[str, ...]:
    """Return which GPU an engine is given: one each, as far as there are."""
    return ("--devices", str(engine % gpus())) if gpus() else ()


def make_tiny_model(folder: Path) -> Path:
    """Make the model, with the Python that vLLM runs in."""
    python = vllm_program().parent / "python"
    maker = Path(__file__).with_name("make_tiny_model.py")
    subprocess.run([python, maker, folder / "tiny"], check=True, capture_output=True, timeout=START_SECONDS)
    return folder / "tiny"
