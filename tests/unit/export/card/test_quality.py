"""What was measured of the redaction, as tables."""

from export.card.quality import quality_tables

MEASURED = {
    "bench": {"seed": 42},
    "recall": {"EMAIL": 0.9987, "NAME": 0.96},
    "cases": {"EMAIL": 1400, "NAME": 50},
    "recall_by_language": {"EMAIL": {"en": 1.0, "de": 0.99}, "NAME": {"vi": 0.9}},
    "over_redaction": {"patterns": 0.01},
    "over_redaction_cases": {"patterns": 700},
    "names": {"setting": "recall", "clean_conversations": 0.93},
    "failed": ["NAME"],
}


def test_what_was_found_stands_beside_of_how_many():
    first, second, *_ = quality_tables(MEASURED)

    assert first.rows == [("EMAIL", "0.999", "1,400"), ("NAME", "0.960", "50")]
    assert second.rows == [("patterns", "0.010", "700")]


def test_what_was_not_measured_in_a_language_is_left_empty():
    by_language = quality_tables(MEASURED)[2]

    assert by_language.head == ("found, by language", "de", "en", "vi")
    assert by_language.rows == [("EMAIL", "0.990", "1.000", ""), ("NAME", "", "", "0.900")]


def test_figures_that_nobody_foresaw_are_shown_too():
    said = quality_tables({"names": None, "new_figure": 0.5, "by_mood": {"glad": {"share": 0.25}}, "failed": []})

    assert said[0].rows == [("glad", "0.250")]
    assert said[1].rows == [("names", "not measured"), ("new figure", "0.500"), ("failed", "-")]


def test_nothing_measured_gives_no_table():
    assert quality_tables({}) == []
