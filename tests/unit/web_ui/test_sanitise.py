"""What is shown of a model's Markdown, however it arrives."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web_ui.sanitise import LONGEST_HOLD, Sanitiser, sanitise

PIECES = st.sampled_from(
    ["`", "``", "```", "~~~", "\n", "\n\n", " ", "    ", "!", "[", "]", "(", ")", "<", "</", "<b>", "$", "$$", "\\",
     "1", "1.", "- ", "> ", "x", "word ", "![a](http://b)", "5", "a" * 150, "py\n"]
)  # fmt: skip
MARKDOWN = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)


@settings(max_examples=1000)
@given(MARKDOWN, st.lists(st.integers(min_value=1, max_value=12), max_size=60))
def test_an_answer_looks_the_same_however_it_is_cut(text: str, cuts: list[int]):
    sanitiser, at, shown = Sanitiser(), 0, ""
    for cut in cuts:
        shown += sanitiser.feed(text[at : at + cut])
        at += cut
    shown += sanitiser.feed(text[at:]) + sanitiser.finish()

    assert shown == sanitise(text)


@settings(max_examples=300)
@given(MARKDOWN)
def test_letter_by_letter_is_no_different(text: str):
    sanitiser = Sanitiser()

    assert "".join(map(sanitiser.feed, text)) + sanitiser.finish() == sanitise(text)


@settings(max_examples=2000)
@given(st.text(alphabet="!<[]()ab/ \\$\n*_", max_size=60))
def test_without_code_no_image_and_no_tag_is_left(text: str):
    shown = sanitise(text)

    assert not re.search(r"(?<!\\)(?:\\\\)*<[A-Za-z/!?]", shown)
    assert not re.search(r"(?:^|[^\\])(?:\\\\)*!\[", shown)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Hello, **world**.", "Hello, **world**."),
        ("![A cat](http://a/b.png)", "[A cat](http://a/b.png)"),
        ("![](http://a/b.png)", "[image](http://a/b.png)"),
        ("!![x](http://a)", "\\!\\![x](http://a)"),
        ("![x][ref]", "[x][ref]"),
        ("![x]\n\n[x]: http://a", "\\![x]\n\n[x]: http://a"),
        ("use vec![1, 2]", "use vec\\![1, 2]"),
        ("Wow! Great!", "Wow! Great!"),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("a < b and b <3", "a < b and b <3"),
        ("<!-- hidden -->", "&lt;!-- hidden -->"),
        ("\\<b>", "\\<b>"),
        ("\\\\<b>", "\\\\&lt;b>"),
        ("`<b>` and ``a ` <i>``", "`<b>` and ``a ` <i>``"),
        ("a ` lonely <b>", "a ` lonely &lt;b>"),
        ("a ` lonely\n\nand ` <b>", "a ` lonely\n\nand ` &lt;b>"),
        ("```html\n<b>$x$</b>\n```\n<b>", "```html\n<b>$x$</b>\n```\n&lt;b>"),
        ("~~~\n```\n<b>\n~~~\n<b>", "~~~\n```\n<b>\n~~~\n&lt;b>"),
        ("1. ```py\n   a<b>c\n   ```\n   <b>", "1. ```py\n   a<b>c\n   ```\n   &lt;b>"),
        ("> ```\n> <b>\n> ```\n> <b>", "> ```\n> <b>\n> ```\n> &lt;b>"),
        ("```never closed <b>\n<i>", "```never closed <b>\n<i>"),
        ("```all on one line <b>``` <i>", "```all on one line <b>``` &lt;i>"),
        ("Let $x_1$ be", "Let \\(x_1\\) be"),
        ("$a<b$", "\\(a&lt;b\\)"),
        ("$a\\) ![x](http://a)$", "$a\\) [x](http://a)$"),
        ("It costs $5 and $10.", "It costs $5 and $10."),
        ("from $5-$10", "from $5-$10"),
        ("$$\\frac{a}{b}$$", "$$\\frac{a}{b}$$"),
        ("\\(x\\) and \\[y\\]", "\\(x\\) and \\[y\\]"),
        ("`$HOME$`", "`$HOME$`"),
    ],
)
def test_what_is_written_and_what_is_shown(written: str, shown: str):
    assert sanitise(written) == shown


def test_plain_words_are_shown_at_once():
    assert Sanitiser().feed("Hello, wor") == "Hello, wor"


def test_a_fenced_block_is_shown_line_by_line():
    sanitiser = Sanitiser()

    assert [sanitiser.feed(piece) for piece in ("```py\n", "a = <", "b>\nc")] == ["```py\n", "a = <", "b>\nc"]


@pytest.mark.parametrize("opener", ["`", "$", "![", "``` ", "1" * 3])
def test_nothing_is_held_back_for_long(opener: str):
    assert len(Sanitiser().feed(opener + "a" * 3 * LONGEST_HOLD)) > LONGEST_HOLD


def test_a_long_answer_takes_no_time():
    text = "Some *words* and `code`, a < b, $x$ and ![i](u).\n" * 600

    assert len(sanitise(text)) > 20_000
