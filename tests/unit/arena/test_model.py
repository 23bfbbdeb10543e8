import pytest
from pydantic import ValidationError

from arena.model import DEMO_MODELS, ModelEntry, WorkerKind


def an_entry(**fields: object) -> ModelEntry:
    return ModelEntry.model_validate({"name": "some-model", "worker": "openai", **fields})


def test_a_model_is_called_the_same_upstream_unless_told_otherwise():
    assert an_entry().upstream_name == "some-model"
    assert an_entry(upstream="theirs").upstream_name == "theirs"


def test_models_of_one_account_share_a_worker_and_others_do_not():
    here = {"api_key_env": "A_KEY", "base_url": "https://one.test/v1"}

    assert an_entry(**here).account == an_entry(name="other", **here).account
    assert an_entry(**here).account != an_entry(**here | {"api_key_env": "B_KEY"}).account
    assert an_entry(**here).account != an_entry(**here | {"base_url": "https://two.test/v1"}).account
    assert an_entry(**here).account != an_entry(worker="anthropic", **here).account


def test_visitors_learn_neither_the_key_nor_the_address_of_a_model():
    entry = an_entry(api_key_env="A_KEY", base_url="https://one.test/v1", upstream="theirs", organisation="Some Lab")

    shown = entry.public().model_dump_json()

    assert "Some Lab" in shown
    assert not any(hidden in shown for hidden in ("A_KEY", "one.test", "theirs"))


@pytest.mark.parametrize("name", ["", " x", "a?b", "a#b", "a\nb", "/a", "x" * 121])
def test_a_name_that_would_break_addresses_or_lines_is_refused(name: str):
    with pytest.raises(ValidationError):
        an_entry(name=name)


@pytest.mark.parametrize("weight", [-1, 1e10, float("inf"), float("nan")])
def test_a_weight_that_could_not_be_drawn_by_is_refused(weight: float):
    with pytest.raises(ValidationError):
        an_entry(battle_weight=weight)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"worker": "attach"}, "base_url is required for worker = 'attach'"),
        ({"worker": "azure"}, "base_url is required for worker = 'azure'"),
        ({"worker": "azure", "base_url": "https://x", "api_version": "v1"}, "api_version"),
        ({"worker": "openai", "api_version": "2024-10-21"}, "api_version is only for worker = 'azure' or 'anthropic'"),
        ({"worker": "anthropic", "region": "eu-west-1"}, "region is only for worker = 'bedrock' or 'vertex'"),
        ({"worker": "bedrock", "project": "p"}, "project is only for worker = 'vertex'"),
        ({"worker": "bedrock", "api_key_env": "K"}, "api_key_env is not for worker = 'bedrock'"),
        ({"worker": "vertex", "region": "a/../b"}, "region"),
        ({"worker": "anthropic", "kind": "embedding"}, "kind = 'embedding' is not for worker = 'anthropic'"),
    ],
)
def test_a_field_that_is_missing_or_means_nothing_is_named(fields: dict[str, str], said: str):
    with pytest.raises(ValidationError, match=said):
        an_entry(**fields)


def test_every_region_project_and_version_is_an_account_of_its_own():
    def bedrock(**fields: str) -> str:
        return an_entry(worker="bedrock", **fields).account

    assert bedrock() == "bedrock:-@-"
    assert bedrock(region="eu-west-1") == "bedrock:-@eu-west-1"
    assert len({bedrock(region="a"), bedrock(region="b"), bedrock(api_version="bedrock-2023-05-31")}) == 3
    assert an_entry(worker="vertex", region="global", project="p").account == "vertex:-@p/global"


def test_the_demo_models_share_one_worker_and_three_of_them_fight():
    assert {model.account for model in DEMO_MODELS} == {"demo"}
    assert {model.worker for model in DEMO_MODELS} == {WorkerKind.DEMO}
    assert all(model.public().is_demo for model in DEMO_MODELS)
    assert sum(model.battle_weight > 0 for model in DEMO_MODELS) >= 3
