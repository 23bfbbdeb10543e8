import pytest

from export.language.openers import greeting, is_romanised_hindi


@pytest.mark.parametrize(
    ("text", "code"), [("hi", "en"), ("Hola!", "es"), ("¿Qué tal?", None), ("  Привет… ", "ru"), ("你好！", "zh")]
)
def test_a_greeting_tells_its_language(text: str, code: str | None):
    assert greeting(text) == code


def test_a_longer_text_is_no_greeting():
    assert greeting("hi, can you tell me what hola means in English?") is None


@pytest.mark.parametrize(
    "text",
    ["mujhe apne boss ko email likhna hai, kya aap madad kar sakte hain", "bhai mera phone hang ho raha hai batao"],
)
def test_hindi_is_heard_in_latin_letters(text: str):
    assert is_romanised_hindi(text)


@pytest.mark.parametrize(
    "text",
    ["What does 'kya hai' mean in Hindi and how do I say it?", "do me a favour", "Main Street par 3", "", "आप कैसे हैं"],
)
def test_what_only_mentions_it_is_not_hindi(text: str):
    assert not is_romanised_hindi(text)
