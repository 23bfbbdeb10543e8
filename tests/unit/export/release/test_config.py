from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import SetupError
from export.release.config import ReleaseSettings, pairs, read_settings, release_name


def _file(folder: Path, text: str) -> Path:
    file = folder / "release.toml"
    file.write_text(text)
    return file


def test_without_a_file_there_are_defaults():
    settings = read_settings(None, {})

    assert (settings.format, settings.names, settings.pii, settings.seed) == (("chat-1m",), "recall", "drop", 42)


def test_keys_are_the_flags_names_with_either_sign(tmp_path: Path):
    file = _file(
        tmp_path, 'from = 2026-07-01\nto = "2026-10-01"\nkeep_sexual_minors = true\nname-engine = ["gliner:x"]'
    )

    settings = read_settings(file, {})

    assert settings.start == datetime(2026, 7, 1, tzinfo=UTC)
    assert settings.end == datetime(2026, 10, 1, tzinfo=UTC)
    assert settings.keep_sexual_minors
    assert settings.name_engines == ("gliner:x",)


def test_flags_override_the_file(tmp_path: Path):
    file = _file(tmp_path, 'names = "none"\nseed = 7')

    settings = read_settings(file, {"names": "balanced", "seed": None})

    assert (settings.names, settings.seed) == ("balanced", 7)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("colour = 1", "release.toml: colour: unknown key"),
        ('names = "all"', "release.toml: names: Input should be 'recall', 'balanced' or 'none'"),
        ('format = ["chat-1m", "csv"]', "release.toml: format.2: Input should be"),
        ('from = "soon"', "release.toml: from: write a date such as 2026-07-01"),
        ("sample = 0", "release.toml: sample: Input should be greater"),
        ("canaries = false", "release.toml: canaries: write a number"),
        ('licence = "foo"', "release.toml: licence: 'foo' is no licence that the hub knows"),
        ("policy = { SHOE = 'drop' }", "release.toml: policy: SHOE is none of EMAIL, PHONE, "),
        ("policy = { NAME = 'keep' }", "release.toml: policy: NAME is none of EMAIL, PHONE, "),
        ("policy = { EMAIL = 'redact', email = 'keep' }", "release.toml: policy: EMAIL is given twice"),
        ("min-recall = { EMAIL = 0.99, email = 0.5 }", "release.toml: min-recall: EMAIL is given twice"),
        ("min-recall = { EMAIL = true }", "release.toml: min-recall.EMAIL: write a number"),
        ('from = "0001-01-01T00:00:00+05:00"', "release.toml: from: is before the year 1 or after the year 9999"),
        ("min-recall = { SHOE = 0.9 }", "release.toml: min-recall: SHOE is none of EMAIL, PHONE, "),
        ("names = ", "release.toml: "),
    ],
)
def test_a_mistake_is_one_line_with_the_file_and_the_key(tmp_path: Path, text: str, problem: str):
    with pytest.raises(SetupError) as caught:
        read_settings(_file(tmp_path, text), {})

    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_kinds_may_be_written_as_one_likes():
    given = {"policy": {"birth-date": "keep"}, "min-recall": {"name-whole": 0.9, "Email": 0.9}}

    assert ReleaseSettings.model_validate(given).policy == {"birth-date": "keep"}


def test_a_wrong_flag_is_named_as_a_flag(tmp_path: Path):
    with pytest.raises(SetupError, match=r"^--names: Input should be"):
        read_settings(_file(tmp_path, "seed = 1"), {"names": "all"})


def test_a_kind_that_is_told_two_things_is_a_mistake():
    with pytest.raises(SetupError, match=r"^--policy: EMAIL is given twice$"):
        pairs("policy", ["EMAIL=drop", "IP=keep", "EMAIL=keep"])


@pytest.mark.parametrize("end", ["2026-07-01", "2026-06-30", "2026-07-01T01:00:00+02:00"])
def test_a_time_that_ends_before_it_begins_is_a_mistake(end: str):
    with pytest.raises(SetupError, match=r"^--to: must be later than `from`$"):
        read_settings(None, {"from": "2026-07-01", "to": end})


def test_an_absent_file_is_a_mistake(tmp_path: Path):
    with pytest.raises(SetupError, match=r"release.toml: cannot be read"):
        read_settings(tmp_path / "release.toml", {})


def test_times_with_a_zone_are_told_in_utc():
    settings = ReleaseSettings.model_validate({"from": "2026-07-01T02:00:00+02:00"})

    assert settings.start == datetime(2026, 7, 1, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_begins_at_midnight_in_utc(day: date):
    settings = ReleaseSettings.model_validate({"from": day.isoformat(), "date": day.isoformat()})

    assert settings.start == datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert settings.date == day


def test_where_and_by_how_many_it_is_made_decides_about_no_byte():
    here = ReleaseSettings.model_validate({"processes": 1, "out": "a", "engine": "local"})
    there = ReleaseSettings.model_validate({"processes": 9, "out": "b", "engine": "dask"})

    assert here.steering == there.steering
    assert here.steering != ReleaseSettings.model_validate({"seed": 43}).steering


def test_a_key_that_is_written_in_both_ways_is_a_mistake(tmp_path: Path):
    with pytest.raises(SetupError, match=r"release\.toml: keep_sexual_minors: given twice"):
        read_settings(_file(tmp_path, "keep_sexual_minors = true\nkeep-sexual-minors = false"), {})


def test_a_releases_name_tells_it_from_all_others():
    others = [{}, {"from": "2026-07-01"}, {"to": "2026-07-01"}, {"sample": 5}, {"seed": 7}, {"title": "Ours"}]
    names = {release_name(ReleaseSettings.model_validate(each), "2026-10-01") for each in others}

    assert len(names | {release_name(ReleaseSettings(), "2027-01-01")}) == len(others) + 1


def test_where_and_as_what_a_release_is_written_is_not_in_its_name():
    same = [{}, {"format": "arena-battles"}, {"processes": 3, "out": "x", "data": "y"}, {"benchmarks": ["z"]}]

    assert len({release_name(ReleaseSettings.model_validate(each), "2026-10-01") for each in same}) == 1
