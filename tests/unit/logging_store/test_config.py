from pathlib import Path

import pytest

from arena.errors import SetupError
from arena.settings import StoreSection
from logging_store.config import existing_ledger_url, ledger_url
from logging_store.engine import parse_url


def test_without_a_url_the_ledger_is_a_file_in_the_data_folder(tmp_path: Path):
    url = ledger_url(StoreSection(), tmp_path)

    assert parse_url(url).database == str(tmp_path / "ledger.sqlite3")


def test_the_command_line_wins_over_the_file():
    assert ledger_url(StoreSection(url="sqlite:///file.db"), Path("data"), "sqlite:///mine.db") == "sqlite:///mine.db"


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/arena", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_hold_a_ledger_is_refused_at_the_start(url: str):
    with pytest.raises(SetupError, match=r"^store\.url: "):
        ledger_url(StoreSection(url=url), Path("data"))


def test_reading_makes_no_ledger_where_there_is_none(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no ledger"):
        existing_ledger_url(StoreSection(), tmp_path / "absent")

    assert list(tmp_path.iterdir()) == []
