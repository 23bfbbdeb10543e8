import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from arena.command.keys import data_key, is_loopback, is_placeholder
from arena.errors import SetupError

PRINT_KEY = "import sys, pathlib; from arena.command.keys import data_key; " + (
    "sys.stdin.readline(); print(data_key(pathlib.Path(sys.argv[1]), 'page').get_secret_value())"
)


def test_a_key_is_made_when_missing_and_stays_the_same(tmp_path: Path):
    first = data_key(tmp_path, "page")

    assert data_key(tmp_path, "page") == first
    assert data_key(tmp_path, "worker") != first
    assert not is_placeholder(first)


def test_keys_are_readable_by_their_owner_only(tmp_path: Path):
    data_key(tmp_path / "data", "page")

    keys = tmp_path / "data" / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()] == [0o600]


def test_a_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_PAGE_KEY", "from-the-environment")

    assert data_key(tmp_path, "page").get_secret_value() == "from-the-environment"
    assert not (tmp_path / "keys").exists()


def test_an_empty_key_file_is_refused_rather_than_trusted(tmp_path: Path):
    data_key(tmp_path, "page")
    (tmp_path / "keys" / "page.key").write_text("\n")

    with pytest.raises(SetupError, match=r"page\.key: the file is empty"):
        data_key(tmp_path, "page")


def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "keys" / "page.key").mkdir(parents=True)

    with pytest.raises(SetupError, match=r"page\.key: the key cannot be read or made: Is a directory"):
        data_key(tmp_path, "page")


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path):
    (tmp_path / "data").write_text("a file is in the way")

    with pytest.raises(SetupError, match="cannot be read or made: Not a directory"):
        data_key(tmp_path / "data", "page")


def test_processes_that_start_together_agree_on_a_key(tmp_path: Path):
    racers = [
        subprocess.Popen([sys.executable, "-c", PRINT_KEY, tmp_path], stdin=-1, stdout=-1, text=True) for _ in range(4)
    ]
    said = [racer.communicate("go\n", timeout=60)[0] for racer in racers]

    assert len(set(said)) == 1
    assert said[0].strip() == data_key(tmp_path, "page").get_secret_value()
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["page.key"]


@pytest.mark.parametrize(
    "secret", ["changeme-changeme-changeme", "short", "sk-...", "your-api-key-goes-here", "a" * 40]
)
def test_examples_and_short_words_are_placeholders(secret: str):
    assert is_placeholder(SecretStr(secret))


def test_a_vendors_key_may_be_short_but_not_an_example():
    assert not is_placeholder(SecretStr("ollama"), shortest=1)
    assert is_placeholder(SecretStr("sk-..."), shortest=1)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("a.test", False)],
)
def test_only_loopback_is_loopback(host: str, expected: bool):
    assert is_loopback(host) is expected
