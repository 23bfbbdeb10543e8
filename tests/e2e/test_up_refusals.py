"""`arena up` that cannot start: one clear line, exit code 2, nothing half-started."""

import subprocess
from pathlib import Path

import pytest

from arena.command.listening import listen
from tests.e2e.arena_up import ARENA, arena_up


def refused(folder: Path, *options: str) -> str:
    """Return the one line that it says."""
    done = subprocess.run([*ARENA, "up", *options], cwd=folder, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert not (folder / "data" / "ledger.sqlite3").exists()
    return done.stderr.strip()


@pytest.mark.parametrize("option", ["--port", "--controller-port"])
def test_a_port_in_use(option: str, tmp_path: Path):
    other = {"--port": "--controller-port", "--controller-port": "--port"}[option]
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        said = refused(tmp_path, option, str(port), other, "0")

    assert said == f"arena: port {port} is in use: choose another with {option}"


def test_a_wrong_configuration(tmp_path: Path):
    (tmp_path / "arena.toml").write_text('[limits]\nturns_per_minute = 0\n[[models]]\nname = "a"\nworker = "demo"\n')

    said = refused(tmp_path, "--port", "0", "--controller-port", "0")

    assert said == "arena: arena.toml: limits.turns_per_minute: Input should be greater than or equal to 1"


def test_a_configuration_that_is_not_there(tmp_path: Path):
    assert refused(tmp_path, "--config", "gone.toml") == "arena: gone.toml: cannot be read: No such file or directory"


def test_a_missing_key_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("A_VENDORS_KEY", raising=False)
    (tmp_path / "arena.toml").write_text('[[models]]\nname = "far"\nworker = "openai"\napi_key_env = "A_VENDORS_KEY"\n')

    said = refused(tmp_path, "--port", "0", "--controller-port", "0")

    assert said.startswith("arena: model far: the environment variable A_VENDORS_KEY is not set")


def test_a_placeholder_key_beyond_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_PAGE_KEY", "changeme")
    monkeypatch.setenv("ARENA_WORKER_KEY", "changeme")

    said = refused(tmp_path, "--host", "0.0.0.0", "--port", "0", "--controller-port", "0")

    assert "the page key" in said
    assert "is a placeholder" in said


def test_a_process_that_cannot_start_is_named_with_its_reason(tmp_path: Path):
    nobody = {"ARENA_STORE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    with arena_up(tmp_path, env=nobody) as arena:
        assert arena.process.wait(60) == 2
        arena.wait_for("arena: controller cannot start: the ledger ")

    assert not any("Traceback" in line for line in arena.lines)
