"""From which country somebody comes."""

import sys
from pathlib import Path
from typing import Any

import pytest

from arena.errors import SetupError
from controller.country import country_in, open_countries
from tests.country_file import write_countries

RECORDS = {
    "192.0.2.0/24": {"country": {"iso_code": "SE"}},
    "2001:db8:1::/48": {"country": {"iso_code": "FI"}},
    "198.51.100.0/24": {"registered_country": {"iso_code": "US"}},
}


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("192.0.2.77", "SE"),
        ("::ffff:192.0.2.77", "SE"),
        ("2001:db8:1:2:3:4:5:6", "FI"),
        ("2001:db8:1:2::%eth0", "FI"),
        ("203.0.113.1", ""),
        ("198.51.100.1", ""),
        ("no address", ""),
        ("", ""),
    ],
)
def test_the_country_of_an_address_is_what_the_file_says(tmp_path: Path, address: str, country: str):
    assert open_countries(str(write_countries(tmp_path / "countries.mmdb", RECORDS)))(address) == country


def test_a_file_that_knows_version_four_alone_says_nothing_of_the_other(tmp_path: Path):
    records = {"192.0.2.0/24": {"country_code": "se"}}
    country_of = open_countries(str(write_countries(tmp_path / "countries.mmdb", records, version=4)))

    assert country_of("192.0.2.1") == "SE"
    assert country_of("2001:db8::1") == ""


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country": {"iso_code": "DE"}}, "DE"),
        ({"country": "de"}, "DE"),
        ({"country_code": "DE"}, "DE"),
        ({"country": {"names": {"en": "Germany"}}}, ""),
        ({"country": "Germany"}, ""),
        ({"country": {"iso_code": "Ä1"}}, ""),
        (None, ""),
        ("DE", ""),
    ],
)
def test_only_two_letters_are_a_country(record: Any, country: str):
    assert country_in(record) == country


def test_without_a_file_nobody_comes_from_anywhere():
    assert open_countries("")("192.0.2.1") == ""


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(SetupError, match=r"^controller\.country_database: .*there\.mmdb cannot be read: No such file"):
        open_countries(str(tmp_path / "not-there.mmdb"))
    (tmp_path / "text.mmdb").write_text("this is a text")
    with pytest.raises(SetupError, match=r"text\.mmdb cannot be read: it is no database in MaxMind's format$"):
        open_countries(str(tmp_path / "text.mmdb"))


def test_without_the_package_the_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "maxminddb", None)

    with pytest.raises(SetupError, match=r"pip install 'chat-arena\[country\]'$"):
        open_countries("countries.mmdb")
