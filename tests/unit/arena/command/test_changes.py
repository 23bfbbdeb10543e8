from hypothesis import given
from hypothesis import strategies as st

from arena.command.changes import READ_BY_THE_CONTROLLER_ALONE, Served, Steps, accounts, runs_only_once, steps
from arena.model import DEMO_MODELS, ModelEntry, WorkerKind

ENTRIES = st.builds(
    ModelEntry,
    name=st.sampled_from("abcdef"),
    worker=st.sampled_from([WorkerKind.DEMO, WorkerKind.OPENAI, WorkerKind.VLLM]),
    upstream=st.sampled_from(["", "x"]),
    slots=st.integers(1, 3),
    battle_weight=st.sampled_from([0.0, 1.0, 2.0]),
    price_in=st.sampled_from([None, 1.0]),
)
FILES = st.lists(ENTRIES, max_size=6, unique_by=lambda entry: entry.name).map(tuple)


def done(running: dict[str, Served], wanted: dict[str, Served], decided: Steps) -> dict[str, Served]:
    """Do what was decided, and nothing else."""
    left = {label: served for label, served in running.items() if label not in decided.drain}
    return left | {label: wanted[label] for label in (*decided.start, *decided.replace)}


@given(FILES, FILES)
def test_the_steps_lead_from_any_file_to_any_other(old: tuple[ModelEntry, ...], new: tuple[ModelEntry, ...]):
    running, wanted = accounts(old), accounts(new)

    assert done(running, wanted, steps(running, wanted)) == wanted


@given(FILES)
def test_the_same_file_again_is_nothing_to_do(models: tuple[ModelEntry, ...]):
    assert steps(accounts(models), accounts(models)) == Steps()


@given(FILES, FILES)
def test_every_account_is_in_one_list_at_most_and_only_where_it_changed(
    old: tuple[ModelEntry, ...], new: tuple[ModelEntry, ...]
):
    running, wanted = accounts(old), accounts(new)
    decided = steps(running, wanted)
    touched = [*decided.start, *decided.drain, *decided.replace]

    assert len(touched) == len(set(touched))
    assert all(running.get(label) != wanted.get(label) for label in touched)


@given(FILES)
def test_every_model_is_served_by_the_worker_of_its_account(models: tuple[ModelEntry, ...]):
    found = accounts(models)

    assert {label: {entry.name for entry in served} for label, served in found.items()} == {
        model.account: {each.name for each in models if each.account == model.account} for model in models
    }


def test_what_only_the_controller_reads_leaves_a_worker_alone():
    changed = tuple(
        entry.model_copy(
            update={"battle_weight": 9.0, "price_in": 1.0, "price_out": 2.0, "release": False, "secret": True}
        )
        for entry in DEMO_MODELS
    )

    assert accounts(changed) == accounts(DEMO_MODELS)


def test_what_a_worker_reads_replaces_it():
    (first, *rest) = DEMO_MODELS
    changed = (first.model_copy(update={"slots": 3}), *rest)

    assert steps(accounts(DEMO_MODELS), accounts(changed)) == Steps(replace=("demo",))


def test_only_an_engine_of_our_own_has_its_gpu_to_itself():
    assert runs_only_once((ModelEntry(name="a", worker=WorkerKind.VLLM),))
    assert not runs_only_once(DEMO_MODELS)


def test_the_fields_that_leave_a_worker_alone_exist():
    assert set(ModelEntry.model_fields) >= READ_BY_THE_CONTROLLER_ALONE
