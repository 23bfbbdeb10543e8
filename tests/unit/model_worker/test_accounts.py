import pytest
from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import DEMO_MODELS, ModelEntry, WorkerKind
from model_worker.accounts import choose_account, served_models
from model_worker.config import WorkerSettings
from model_worker.demo.catalogue import DEMOS

REMOTE = ModelEntry(name="gpt", worker=WorkerKind.OPENAI, api_key_env="A_KEY")


def no_key(variable: str) -> SecretStr:
    raise SetupError(f"{variable} is missing")


def test_the_only_account_need_not_be_named():
    assert choose_account(DEMO_MODELS, "") == DEMO_MODELS


def test_of_several_accounts_one_is_chosen_by_its_label():
    assert choose_account((*DEMO_MODELS, REMOTE), REMOTE.account) == (REMOTE,)


@pytest.mark.parametrize("wanted", ["", "nobody"])
def test_a_choice_that_is_none_names_all_accounts(wanted: str):
    with pytest.raises(SetupError, match="demo, openai:A_KEY"):
        choose_account((*DEMO_MODELS, REMOTE), wanted)


def test_every_model_of_the_built_in_catalogue_is_served():
    assert {entry.name for entry in DEMO_MODELS} == set(DEMOS)
    assert set(served_models(WorkerSettings(models=DEMO_MODELS), no_key)) == set(DEMOS)


def test_a_demo_model_may_be_served_under_another_name():
    entry = ModelEntry(name="listener", upstream="demo-doctor", worker=WorkerKind.DEMO)

    assert list(served_models(WorkerSettings(models=(entry,)), no_key)) == ["listener"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ModelEntry(name="demo-nobody", worker=WorkerKind.DEMO), "no demo model 'demo-nobody'"),
        (ModelEntry(name="m", worker=WorkerKind.VLLM), "by its engine itself"),
        (ModelEntry(name="m", worker=WorkerKind.ATTACH, base_url="http://x/v1"), "by its engine itself"),
        (ModelEntry(name="m", worker=WorkerKind.AZURE, base_url="https://x"), "AZURE_OPENAI_API_KEY is missing"),
        (ModelEntry(name="m", worker=WorkerKind.OPENAI), "OPENAI_API_KEY is missing"),
        (ModelEntry(name="m", worker=WorkerKind.ANTHROPIC), "ANTHROPIC_API_KEY is missing"),
        (ModelEntry(name="m", worker=WorkerKind.OPENAI, base_url="http://x/v1", api_key_env="K"), "K is missing"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_sentence(entry: ModelEntry, said: str):
    with pytest.raises(SetupError, match=said):
        served_models(WorkerSettings(models=(entry,)), no_key)


@pytest.mark.parametrize("worker", [WorkerKind.OPENAI, WorkerKind.ANTHROPIC])
def test_a_server_of_ones_own_needs_no_key(worker: WorkerKind):
    entry = ModelEntry(name="m", worker=worker, base_url="http://127.0.0.1:1/v1")

    assert list(served_models(WorkerSettings(models=(entry,)), no_key)) == ["m"]
