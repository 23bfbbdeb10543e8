import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from arena.command.keys import data_key, is_loopback, is_placeholder, period_key
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


def test_each_period_has_a_key_of_its_own(tmp_path: Path):
    first = period_key(tmp_path, "pseudonym", "2026Q4")

    assert period_key(tmp_path, "pseudonym", "2026Q4") == first
    assert period_key(tmp_path, "pseudonym", "2027Q1") != first
    names = {file.name for file in (tmp_path / "keys").iterdir()}
    assert names == {"pseudonym-2026Q4.key", "pseudonym-2027Q1.key"}


def test_a_key_from_before_there_were_periods_becomes_the_first_ones(tmp_path: Path):
    old = data_key(tmp_path, "pseudonym")

    assert period_key(tmp_path, "pseudonym", "2026Q4") == old
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["pseudonym-2026Q4.key"]
    assert period_key(tmp_path, "pseudonym", "2027Q1") != old


@pytest.mark.parametrize("is_there_before", [False, True])
def test_processes_that_meet_a_new_period_together_agree_on_its_key(tmp_path: Path, is_there_before: bool):
    if is_there_before:
        data_key(tmp_path, "pseudonym")
    start = threading.Barrier(8)

    def meet(_: int) -> SecretStr:
        start.wait()
        return period_key(tmp_path, "pseudonym", "2026Q4")

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(meet, range(8)))

    assert len(found) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["pseudonym-2026Q4.key"]


def test_a_variable_wins_over_the_file_of_a_period(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_PSEUDONYM_KEY", "from-the-environment")

    assert period_key(tmp_path, "pseudonym", "2026Q4").get_secret_value() == "from-the-environment"
    assert not (tmp_path / "keys").exists()


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
