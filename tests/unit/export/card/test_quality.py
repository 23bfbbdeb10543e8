"""What was measured of the redaction, as tables."""

from export.card.quality import quality_tables

MEASURED = {
    "seed": 42,
    "names": "recall",
    "recall": {"EMAIL": {"recall": 0.9987, "cases": 1400}, "NAME": {"recall": 0.96, "cases": 50}},
    "recall_by_language": {"EMAIL": {"English": 1.0, "German": 0.99}, "NAME": {"Vietnamese": 0.9}},
    "over_redaction": {"any kind": {"touched": 0.01, "messages": 700}},
    "versions": {"google-re2": "1"},
}


def test_what_was_found_stands_beside_of_how_many():
    recall, _, over, single = quality_tables(MEASURED)

    assert recall.head == ("personal data", "recall", "cases")
    assert recall.rows == [("EMAIL", "0.999", "1,400"), ("NAME", "0.960", "50")]
    assert over.rows == [("any kind", "0.010", "700")]
    assert single.rows == [("names", "recall")]


def test_languages_have_a_line_each_and_what_was_not_measured_is_left_empty():
    by_language = quality_tables(MEASURED)[1]

    assert by_language.head == ("found, by language", "NAME", "EMAIL")
    assert by_language.rows == [("English", "", "1.000"), ("German", "", "0.990"), ("Vietnamese", "0.900", "")]


def test_figures_that_nobody_foresaw_are_shown_too():
    said = quality_tables({"names": None, "new_figure": 0.5, "by_mood": {"glad": {"share": 0.25}}, "failed": []})

    assert said[0].rows == [("glad", "0.250")]
    assert said[1].rows == [("names", "not measured"), ("new figure", "0.500"), ("failed", "-")]


def test_nothing_measured_gives_no_table():
    assert quality_tables({}) == []
