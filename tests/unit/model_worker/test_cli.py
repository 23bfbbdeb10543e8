import pytest
from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import DEMO_MODELS, ModelEntry, WorkerKind
from model_worker.cli import make_card, read_settings
from model_worker.config import WorkerSettings

DEMO = WorkerSettings(models=DEMO_MODELS)


def test_a_card_says_where_and_what_and_how_much():
    card = make_card(DEMO, "127.0.0.1", 5000)

    assert card.id.startswith("demo-")
    assert card.url == "http://127.0.0.1:5000"
    assert card.models == tuple(entry.name for entry in DEMO_MODELS)
    assert card.slots == 256
    assert not card.is_proxy


def test_every_start_has_another_name_and_another_key():
    one, other = (make_card(DEMO, "127.0.0.1", 5000) for _ in range(2))

    assert one.id != other.id
    assert one.key.get_secret_value() != other.key.get_secret_value()
    assert len(one.key.get_secret_value()) >= 32


def test_a_worker_for_a_provider_says_that_it_is_a_proxy():
    settings = WorkerSettings(models=(ModelEntry(name="m", worker=WorkerKind.OPENAI, base_url="http://x"),))

    assert make_card(settings, "127.0.0.1", 1).is_proxy


def test_an_ipv6_address_stands_in_brackets():
    assert make_card(DEMO, "::1", 5000).url == "http://[::1]:5000"


def test_who_listens_everywhere_has_to_say_where_it_is_reached():
    with pytest.raises(SetupError, match="ARENA_WORKER_URL"):
        make_card(DEMO, "0.0.0.0", 5000)

    settings = WorkerSettings(models=DEMO_MODELS, url="http://worker-1:5000")
    assert make_card(settings, "0.0.0.0", 5000).url == "http://worker-1:5000"


def test_an_address_that_is_none_is_refused_in_one_sentence():
    with pytest.raises(SetupError, match="ARENA_WORKER_URL: 'worker-1' is not an address"):
        make_card(WorkerSettings(models=DEMO_MODELS, url="worker-1"), "127.0.0.1", 5000)


def test_the_environment_overrides_the_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_WORKER_WORDS_PER_SECOND", "7")

    assert read_settings(DEMO_MODELS, (), SecretStr("")).words_per_second == 7


def test_a_mistake_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_WORKER_WORDS_PER_SECOND", "fast")

    with pytest.raises(SetupError, match="ARENA_WORKER_WORDS_PER_SECOND"):
        read_settings(DEMO_MODELS, (), SecretStr(""))


def test_a_very_large_worker_still_has_a_card():
    many = tuple(ModelEntry(name=f"m{number}", worker=WorkerKind.DEMO, slots=60_000) for number in range(2))

    assert make_card(WorkerSettings(models=many), "127.0.0.1", 1).slots == 100_000
