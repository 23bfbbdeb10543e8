import pytest

from arena.errors import SetupError
from export.moderation.guards import SHIELDGEMMA_POLICIES, LlamaGuard, Qwen3Guard, ShieldGemma, family_of


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        ("safe", ("safe",)),
        ("\n\nsafe\n", ("safe",)),
        ("\n\nunsafe\nS1", ("unsafe", "S1")),
        ("unsafe\nS1,S10, S14", ("unsafe", "S1", "S10", "S14")),
        ("unsafe", ("unsafe",)),
    ],
)
def test_llama_guard_is_read(answer: str, labels: tuple[str, ...]):
    assert LlamaGuard().labels([answer]) == labels


@pytest.mark.parametrize("answer", ["", "I think this is safe", "unsafe\nbecause of violence", "safe\nS1"])
def test_what_llama_guard_does_not_say_is_not_read(answer: str):
    with pytest.raises(ValueError, match="Llama Guard"):
        LlamaGuard().labels([answer])


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        ("Safety: Safe\nCategories: None", ("safe",)),
        ("Safety: Safe\nCategories: None\nRefusal: No", ("safe",)),
        ("Safety: Unsafe\nCategories: Violent", ("unsafe", "Violent")),
        (
            "Safety: Controversial\nCategories: Suicide & Self-Harm, PII\nRefusal: Yes",
            ("controversial", "Suicide & Self-Harm", "PII", "refusal"),
        ),
    ],
)
def test_qwen3guard_is_read(answer: str, labels: tuple[str, ...]):
    assert Qwen3Guard().labels([answer]) == labels


@pytest.mark.parametrize("answer", ["", "safe", "Safety: Maybe", "The Safety: Safe"])
def test_what_qwen3guard_does_not_say_is_not_read(answer: str):
    with pytest.raises(ValueError, match="Qwen3Guard"):
        Qwen3Guard().labels([answer])


def test_shieldgemma_is_asked_about_each_policy():
    requests = ShieldGemma().requests(("How?", "Like this."))

    assert [each["extra_body"]["chat_template_kwargs"]["guideline"] for each in requests] == list(
        SHIELDGEMMA_POLICIES.values()
    )
    assert ShieldGemma().labels(["No", " no.", "**No**", "No, because"]) == ("safe",)
    assert ShieldGemma().labels(["Yes", "No", "No", "yes"]) == ("unsafe", "dangerous_content", "sexual_content")


@pytest.mark.parametrize("answer", ["", "Nobody knows", "Yesterday"])
def test_what_shieldgemma_does_not_say_is_not_read(answer: str):
    with pytest.raises(ValueError, match="ShieldGemma"):
        ShieldGemma().labels(["No", "No", "No", answer])


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("meta-llama/Llama-Guard-3-8B", "llama-guard"),
        ("llamaguard", "llama-guard"),
        ("Qwen/Qwen3Guard-Gen-0.6B", "qwen3guard"),
        ("google/shieldgemma-2b", "shieldgemma"),
    ],
)
def test_a_name_tells_the_family(model: str, family: str):
    assert family_of(model).name == family


def test_a_name_that_tells_nothing_needs_a_family():
    with pytest.raises(SetupError, match="--guard-family"):
        family_of("our-guard")
    assert family_of("our-guard", "shieldgemma").name == "shieldgemma"
    with pytest.raises(SetupError, match="one of llama-guard, qwen3guard, shieldgemma"):
        family_of("our-guard", "another")
