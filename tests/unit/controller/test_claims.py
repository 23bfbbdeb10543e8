import pytest
from pydantic import SecretStr

from arena.errors import WorkerBroke, WorkerLacksModel
from arena.worker import WorkerCard
from controller.claims import Claim

CARD = WorkerCard(id="w", url="http://127.0.0.1:1", models=("ours",), slots=1, upstreams={"ours": "theirs"})


def a_claim() -> Claim:
    return Claim("ours", CARD, {"ours", "theirs", "another"}.__contains__)


@pytest.mark.parametrize("said", ["ours", "theirs", "ours-2026-11-21", "", None, 17, ["another"], {"another": 1}])
def test_what_names_no_other_model_of_ours_is_the_engines_own_affair(said: object):
    claim = a_claim()

    for _ in range(2):
        claim.check(said)


def test_another_model_of_ours_is_refused_whenever_it_is_named():
    claim = a_claim()
    claim.check("ours")

    for _ in range(2):
        with pytest.raises(WorkerLacksModel):
            claim.check("another")
    claim.check("ours")


def test_a_key_is_not_to_be_repeated_but_a_word_in_its_place_is_no_key():
    keyed, worded = (
        Claim("ours", CARD.model_copy(update={"key": SecretStr(key)}), str.isupper)
        for key in ("sk-a-vendors-key-of-some-length", "EMPTY")
    )

    keyed.hear(b"nothing of it")
    with pytest.raises(WorkerBroke):
        keyed.hear(b'{"message": "no access for sk-a-vendors-key-of-some-length"}')
    worded.hear(b"EMPTY")
    a_claim().hear(b"")
