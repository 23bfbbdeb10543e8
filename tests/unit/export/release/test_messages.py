import pyarrow as pa

from export.moderation.verdict import CATEGORIES
from export.release.messages import EXTRA_MODERATION, extra_moderation
from tests.unit.export.release.bundles import a_side, a_verdict


def test_categories_without_a_column_go_into_a_side_file():
    row = a_side("a", verdicts=(a_verdict(), None))

    (told,) = pa.Table.from_pylist(list(extra_moderation("id", [row])), schema=EXTRA_MODERATION).to_pylist()

    assert (told["id"], told["side"], told["message"], told["model"]) == ("id", None, 0, "omni")
    assert told["categories"] == {"illicit": False, "illicit/violent": False}
    assert told["category_scores"] == {"illicit": 0.25, "illicit/violent": 0.25}


def test_of_a_battle_the_side_file_names_the_side():
    rows = [a_side(side, verdicts=(a_verdict(), a_verdict())) for side in "ab"]

    assert [(each["side"], each["message"]) for each in extra_moderation("id", rows)] == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
        ("b", 1),
    ]


def test_an_older_model_says_nothing_besides():
    older = a_verdict(categories=dict.fromkeys(CATEGORIES, False), scores=dict.fromkeys(CATEGORIES, 0.0))

    assert list(extra_moderation("id", [a_side("a", verdicts=(older, older))])) == []
