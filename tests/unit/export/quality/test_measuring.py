from dataclasses import dataclass
from typing import Any

import pytest

from arena.errors import SetupError
from export.personal_data.span import Kind
from export.quality.gate import RecallTooLow, refuse_below, too_low
from export.quality.measuring import measure_quality


@dataclass(frozen=True)
class Asks:
    names: str = "none"
    name_engines: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def quality() -> dict[str, Any]:
    return measure_quality(Asks(), seed=7, each=12)


def test_every_kind_is_measured_in_every_language_of_the_bench(quality: dict[str, Any]):
    assert list(quality["recall"]) == list(Kind)
    assert all(each == {"recall": each["recall"], "cases": 12} for each in quality["recall"].values())
    assert {"English", "Chinese", "Arabic"} <= {
        name for each in quality["recall_by_language"].values() for name in each
    }


def test_what_is_touched_by_mistake_is_measured_by_kind(quality: dict[str, Any]):
    assert quality["over_redaction"]["any kind"]["messages"] == 60
    assert quality["over_redaction"]["any kind"]["touched"] <= 0.05


def test_the_same_seed_measures_the_same(quality: dict[str, Any]):
    assert measure_quality(Asks(), seed=7, each=12) == quality


def test_nobody_changes_what_was_measured(quality: dict[str, Any]):
    measure_quality(Asks(), seed=7, each=12)["recall"].clear()

    assert measure_quality(Asks(), seed=7, each=12)["recall"] == quality["recall"]


def test_engines_of_others_are_said_not_to_be_measured():
    assert measure_quality(Asks(name_engines=("presidio:x",)), seed=7, each=12)["other_engines"] is None


def test_names_stand_beside_the_kinds():
    quality = measure_quality(Asks("balanced"), seed=7, each=2)

    assert quality["recall"]["NAME"]["cases"] > 100
    assert 0 < quality["recall"]["NAME_WHOLE"]["recall"] <= quality["recall"]["NAME"]["recall"] <= 1
    assert {"German", "English, African names", "English, Indian names"} <= set(quality["recall_by_language"]["NAME"])
    assert "Afrikaans" not in quality["recall_by_language"]["NAME"]
    assert quality["over_redaction"]["NAME"]["messages"] > 10


def test_a_release_is_refused_below_a_least_recall():
    quality = {"recall": {"PHONE": {"recall": 0.91, "cases": 10}}}

    refuse_below(quality, {"phone": 0.9})
    with pytest.raises(RecallTooLow, match=r"PHONE 0\.910 is below 0\.97"):
        refuse_below(quality, {"phone": 0.97})


def test_what_was_not_measured_is_not_good_enough():
    assert too_low({"recall": {}}, {"NAME": 0.5}) == ["NAME was not measured"]


def test_a_type_that_there_is_not_is_a_mistake():
    with pytest.raises(SetupError, match="SHOE_SIZE"):
        too_low({"recall": {}}, {"shoe-size": 0.5})
