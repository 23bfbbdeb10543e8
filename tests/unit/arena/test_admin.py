from hypothesis import given
from hypothesis import strategies as st

from arena.admin import Reloaded, changed_keys, compare, revision_of
from arena.model import DEMO_MODELS, ModelEntry
from arena.settings import Limits

SOME = st.lists(st.sampled_from(DEMO_MODELS), unique=True).map(tuple)


@given(SOME, SOME)
def test_what_was_added_and_what_was_removed_make_one_list_of_models_the_other(
    old: tuple[ModelEntry, ...], new: tuple[ModelEntry, ...]
):
    added, removed, changed = compare(old, new)

    names = {entry.name for entry in old}
    assert (names - set(removed)) | set(added) == {entry.name for entry in new}
    assert changed == ()


def test_a_model_with_another_weight_is_changed():
    heavier = DEMO_MODELS[0].model_copy(update={"battle_weight": 9.0})

    assert compare(DEMO_MODELS, (heavier, *DEMO_MODELS[1:])) == ((), (), (heavier.name,))


def test_a_revision_is_the_same_for_the_same_configuration_and_for_no_other():
    limits = Limits()
    other = limits.model_copy(update={"input_chars": 1})

    assert revision_of(DEMO_MODELS, limits) == revision_of(list(DEMO_MODELS), Limits())
    assert (
        len({revision_of(DEMO_MODELS, limits), revision_of(DEMO_MODELS[1:], limits), revision_of(DEMO_MODELS, other)})
        == 3
    )


def test_changed_limits_are_named():
    assert changed_keys(Limits(), Limits().model_copy(update={"input_chars": 1, "output_tokens": 2})) == (
        "input_chars",
        "output_tokens",
    )


def test_a_report_is_one_line():
    report = Reloaded(revision="1", added=("a", "b"), limits=("input_chars",), needs_restart=("web.title",))

    assert report.sentence() == "added a, b; limits input_chars; only after a restart: web.title"
    assert Reloaded(revision="1").sentence() == "nothing changed"
