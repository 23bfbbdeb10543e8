import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.helper.texts import about_texts, split_task, statistics


@pytest.mark.parametrize(
    "message",
    [
        "count words: one two",
        'count words "one two"',
        "count words:\none two",
        "count words\none two",
        "count words in “one two”",
    ],
)
def test_the_text_stands_behind_a_colon_in_quotes_or_below(message: str):
    assert split_task(message)[1] == "one two"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How many r's are in strawberry?", "**3**\n\ns t **r** a w b e **r** **r** y"),
        ('How many times does the letter s appear in "mississippi"?', "**4**"),
        ("count the letter e in nevertheless", "**4**"),
        ("count words: to be or not to be", "| Words | 6 |\n| Different words | 4 |"),
        ("how many letters in hello", "| Characters | 5 |"),
        ("reverse hello world", "dlrow olleh"),
        ("is 'A man, a plan, a canal: Panama' a palindrome?", "Yes, a palindrome"),
        ("palindrome: abc", "Backwards it reads `cba`"),
        ("sort lines:\npear\napple\nFig", "apple\nFig\npear"),
        ("sort 10, 9, 1", "1\n9\n10"),
        ("longest word in the quick brown fox", "**quick**, with 5 letters."),
        ("most common words: a b a", "| a | 2 |\n| b | 1 |"),
        ("uppercase: straße", "STRASSE"),
        ("lower case: ABC", "abc"),
        ("count words", "Put the text behind a colon"),
    ],
)
def test_what_is_asked_is_done_to_the_text(asked: str, said: str):
    assert said in (about_texts(asked) or "")


@pytest.mark.parametrize("text", ["hello", "order a pizza", "what is 2+2", "how many people are in Paris", ""])
def test_what_asks_for_nothing_of_the_kind_is_left_to_others(text: str):
    assert about_texts(text) is None


@given(st.text())
def test_every_text_has_statistics(text: str):
    assert f"| Characters | {len(text):,} |" in statistics(text)


@given(st.text(alphabet="ab`\n", min_size=1))
def test_no_text_breaks_out_of_its_block(text: str):
    told = about_texts(f"reverse:\n{text}x") or ""
    fence = told.split("text\n")[0]

    assert told.endswith(f"\n{fence}")
    assert fence not in told[len(fence) : -len(fence)]
