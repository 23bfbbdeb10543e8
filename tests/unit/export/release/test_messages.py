import pyarrow as pa

from export.moderation.verdict import CATEGORIES, GuardLabels
from export.release.messages import EXTRA_MODERATION, LOCAL_MODERATION, extra_moderation, local_moderation
from tests.unit.export.release.bundles import a_side, a_verdict


def test_categories_without_a_column_are_told_besides():
    row = a_side("a", verdicts=(a_verdict(), None))

    (told,) = pa.array(list(extra_moderation([row])), EXTRA_MODERATION).to_pylist()

    assert (told["side"], told["message"], told["model"]) == (None, 0, "omni")
    assert told["categories"] == {"illicit": False, "illicit/violent": False}
    assert told["category_scores"] == {"illicit": 0.25, "illicit/violent": 0.25}


def test_of_a_battle_the_side_is_told():
    rows = [a_side(side, verdicts=(a_verdict(), a_verdict())) for side in "ab"]

    told = [(each["side"], each["message"]) for each in extra_moderation(rows)]

    assert told == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


def test_an_older_model_says_nothing_besides():
    older = a_verdict(categories=dict.fromkeys(CATEGORIES, False), scores=dict.fromkeys(CATEGORIES, 0.0))

    assert list(extra_moderation([a_side("a", verdicts=(older, older))])) == []


def test_a_guard_models_labels_are_told_as_it_said_them():
    row = a_side("a", guard_labels=(None, GuardLabels("llama-guard", "guard", "3", ("unsafe", "S1"))))

    told = pa.array(list(local_moderation([row])), LOCAL_MODERATION).to_pylist()

    assert told == [
        {
            "side": None,
            "message": 1,
            "model": "guard",
            "engine": "llama-guard",
            "version": "3",
            "labels": ["unsafe", "S1"],
        }
    ]
