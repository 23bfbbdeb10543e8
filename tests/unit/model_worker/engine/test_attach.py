import pytest
from pydantic import SecretStr

from arena.errors import SetupError
from model_worker.engine.attach import attach_card, named_models

KEY = SecretStr("")


def test_models_are_named_as_here_or_as_here_and_there():
    assert named_models(["llama", "ours=their/name=1"]) == {"llama": "llama", "ours": "their/name=1"}


@pytest.mark.parametrize("wrong", ["", "=theirs", "ours="])
def test_half_a_name_is_refused(wrong: str):
    with pytest.raises(SetupError, match="write NAME, or NAME="):
        named_models([wrong])


@pytest.mark.parametrize("url", ["http://h:8000", "http://h:8000/", "http://h:8000/v1", "http://h:8000/v1/"])
def test_the_address_may_be_given_as_openais_clients_want_it(url: str):
    assert attach_card(url, {"m": "m"}, 1, KEY).url == "http://h:8000"


def test_only_other_names_are_upstreams():
    assert attach_card("http://h", {"a": "a", "b": "theirs"}, 1, KEY).upstreams == {"b": "theirs"}


@pytest.mark.parametrize("url", ["h:8000", "ftp://h", "http://", ""])
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(SetupError, match="is not the address of a server"):
        attach_card(url, {"m": "m"}, 1, KEY)
