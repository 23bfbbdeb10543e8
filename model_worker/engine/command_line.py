"""The command line of `vllm serve`, and the environment it runs in. No I/O but for finding the program."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import ModelKind

OURS = (
    "--host",
    "--port",
    "--api-key",
    "--served-model-name",
    "--uds",
    "--root-path",
    "--ssl-keyfile",
    "--ssl-certfile",
)
"""What the worker itself says to vLLM, or what would make the engine's address another one than its card says."""
_PLACE = Path(".venv-vllm") / "bin" / "vllm"


@dataclass(frozen=True)
class Wanted:
    """The engine that is wanted."""

    model: str
    """A name on the Hugging Face hub, or a folder."""
    name: str
    """Under which it is served."""
    slots: int
    """Answers at once, all replicas together."""
    flags: tuple[str, ...] = ()
    """vLLM's own, passed on as they are."""
    devices: str = ""
    """Which GPUs it sees, such as `0,1`; empty: all."""
    kind: ModelKind = ModelKind.CHAT

    def __post_init__(self) -> None:
        for flag in self.flags:
            if _option(flag) in OURS:
                raise SetupError(f"{_option(flag)} is set by the worker itself: use its own options instead")

    @property
    def total_slots(self) -> int:
        """Answers at once, as vLLM understands its flags: a limit of its own is for each replica."""
        each = _last(self.flags, "--max-num-seqs")
        return self.slots if each is None else each * self._replicas

    @property
    def _replicas(self) -> int:
        return _last(self.flags, "--data-parallel-size", "-dp") or 1

    def command(self, program: str, host: str, port: int) -> tuple[str, ...]:
        """Return the command line. The key is not in it: every user of the machine can read command lines."""
        limit: tuple[str, ...] = ()
        if _last(self.flags, "--max-num-seqs") is None:
            limit = ("--max-num-seqs", str(-(-self.slots // self._replicas)))
        named = ("--served-model-name", self.name, "--host", host, "--port", str(port))
        told = (*limit, *self._runner, "--disable-uvicorn-access-log", *self.flags)
        return (program, "serve", self.model, *named, *told)

    @property
    def _runner(self) -> tuple[str, ...]:
        """What makes vLLM serve embeddings, also with a model that was trained to write."""
        is_told = any(_option(flag) == "--runner" for flag in self.flags)
        return ("--runner", "pooling") if self.kind is ModelKind.EMBEDDING and not is_told else ()

    def without_secrets(self, line: str) -> str:
        """Return what vLLM said without what it was told in secret, such as the token after `--hf-token`."""
        for word, following in _pairs(self.flags):
            if _option(word).endswith(("-token", "-key")) and (secret := word.partition("=")[2] or following):
                line = line.replace(secret, "***")
        return line

    def environment(self, ours: Mapping[str, str], key: SecretStr) -> dict[str, str]:
        """Return the environment of the engine: ours, without the arena's secrets, and with the engine's own."""
        kept = {name: value for name, value in ours.items() if not name.startswith("ARENA_")}
        seen = {"CUDA_VISIBLE_DEVICES": self.devices} if self.devices else {}
        return {
            "VLLM_NO_USAGE_STATS": "1",
            **kept,
            **seen,
            "PYTHONUNBUFFERED": "1",
            "VLLM_API_KEY": key.get_secret_value(),
        }


def _option(word: str) -> str:
    """Return which option a word of a command line is; vLLM takes underscores for dashes."""
    name = word.partition("=")[0]
    return name.replace("_", "-") if name.startswith("--") else name


def _pairs(flags: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return each word with the one that follows it."""
    return zip(flags, (*flags, "")[1:], strict=True)


def _last(flags: Sequence[str], *names: str) -> int | None:
    """Return the number that an option has in the flags, by any of its names; the last one counts, as in vLLM."""
    found = None
    for word, following in _pairs(flags):
        if _option(word) in names:
            text = word.partition("=")[2] or following
            if not text.isdigit() or text == "0":
                raise SetupError(f"{_option(word)}: {text!r} is not a number above 0")
            found = int(text)
    return found


def find_program(environment: Mapping[str, str], beside: Iterable[Path] | None = None) -> str:
    """Return where `vllm` is: ARENA_VLLM, an environment of its own beside ours, or the PATH. Raises SetupError."""
    if given := environment.get("ARENA_VLLM", "").strip():
        if found := shutil.which(given):
            return found
        raise SetupError(f"ARENA_VLLM: {given} is not a program")
    for folder in (Path.cwd(), Path(sys.prefix).parent) if beside is None else beside:
        if os.access(folder / _PLACE, os.X_OK):
            return str(folder / _PLACE)
    if found := shutil.which("vllm", path=environment.get("PATH")):
        return found
    raise SetupError("vLLM is not installed: run `make vllm`, or name its program in ARENA_VLLM")
