"""How answers look in a real browser, before a controller that says what it is told to."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.visits import a_fresh_visit
from tests.fake_script import FakeController, a_board
from web_ui import board_texts, texts

pytestmark = pytest.mark.browser

RICH = """Some **bold** words, $x^2$ and a price of $5 or $10.

```python
print("<b>hello</b>")
```

\\[ \\int_0^1 x\\,dx \\]
"""
HOSTILE = """![cat](http://tracker.example/cat.png) <img src="http://tracker.example/x" onerror="window.hit = 1">
<script>window.hit = 1</script> <iframe src="http://tracker.example"></iframe> [link](javascript:window.hit=1)

<style>body { display: none }</style> <form action="http://tracker.example"><input name="a"></form>
"""


def test_markdown_code_and_formulas_are_rendered(browser: Browser):
    with a_fresh_visit(browser, FakeController(answers={"a": RICH, "b": "Fine."})) as visit:
        visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.chat("battle", "Show me.")
        answer = visit.answer("battle")

        expect(answer.locator("strong")).to_have_text("bold")
        expect(answer.locator(".katex")).to_have_count(2)
        expect(answer).to_contain_text("a price of $5 or $10.")
        answer.locator(".copy_code_button").click()
        expect(answer.locator(".check")).to_have_css("opacity", "1")
        assert visit.page.evaluate("navigator.clipboard.readText()") == 'print("<b>hello</b>")'


def test_nothing_that_a_model_writes_runs_or_is_fetched(browser: Browser):
    with a_fresh_visit(browser, FakeController(answers={"a": HOSTILE, "b": "Fine."})) as visit:
        visit.chat("battle", HOSTILE)
        pane = visit.page.locator("#battle-a .message-wrap")

        expect(pane.locator("img, script, iframe, style, form, input, [onerror]")).to_have_count(0)
        expect(visit.answer("battle")).to_contain_text("<script>window.hit = 1</script>")
        expect(visit.answer("battle").get_by_role("link", name="cat")).to_be_visible()
        expect(pane.locator("a[href^=javascript]")).to_have_count(0)
        assert visit.page.evaluate("window.hit") is None
        # a_visit checks that nobody else was asked


def test_the_screen_changes_at_once_and_then_ten_times_a_second(browser: Browser):
    fake = FakeController(answers={"a": "word " * 250, "b": "word " * 250}, word_seconds=0.01)
    with a_fresh_visit(browser, fake) as visit:
        visit.page.evaluate(
            "() => { const paint = arena.paint; window.times = [];"
            "arena.paint = (room) => { times.push(performance.now()); return paint(room); } }"
        )
        visit.chat("battle", "Write.")
        times: list[float] = visit.page.evaluate("times")

    seconds = (times[-1] - times[0]) / 1000
    assert seconds > 1
    assert len(times) <= seconds * 10 + 4
    assert len(times) >= seconds * 4


def test_while_it_is_written_an_answer_can_be_read(browser: Browser):
    fake = FakeController(answers={"a": "one two " * 200, "b": "three four " * 200}, word_seconds=0.02)
    with a_fresh_visit(browser, fake) as visit:
        visit.ask("battle", "Write.")
        for side, words in (("a", "one two one"), ("b", "three four three")):
            expect(visit.answer("battle", side)).to_contain_text(words)
        expect(visit.button("battle-stop")).to_be_visible()
        visit.button("battle-stop").click()
        visit.until_answered("battle")

        expect(visit.answer("battle")).to_contain_text("Stopped.")


def test_a_pane_keeps_showing_its_end_while_answers_grow_by_leaps(browser: Browser):
    fake = FakeController(answers={"a": "one\n\n" * 60, "b": "two\n\n" * 60}, gather=30, word_seconds=0.005)
    distance = "pane => pane.scrollHeight - pane.scrollTop - pane.clientHeight"
    with a_fresh_visit(browser, fake) as visit:
        for text in ("Write.", "Go on.", "And on."):
            visit.chat("battle", text)
            for side in "ab":
                pane = visit.page.locator(f"#battle-{side} .panel-wrap")
                visit.page.wait_for_function(f"pane => ({distance})(pane) < 2", arg=pane.element_handle())


def test_reasoning_stands_apart_and_is_folded(browser: Browser):
    with a_fresh_visit(browser, FakeController(reasoning="First this, then that.", word_seconds=0.01)) as visit:
        visit.tab(texts.DIRECT)
        visit.chat("direct", "Think.")
        thought = visit.page.locator("#direct-a .thought-group")

        expect(thought).to_contain_text(texts.REASONING)
        expect(thought.get_by_text("First this")).to_be_hidden()
        expect(visit.page.locator("#direct-a")).to_contain_text("Hello from one side.")


def test_a_failed_side_says_so_and_the_other_goes_on(browser: Browser):
    with a_fresh_visit(browser, FakeController(failing=frozenset("a"))) as visit:
        visit.chat("battle", "Hello.")

        expect(visit.page.locator("#battle-a")).to_contain_text("⚠️")
        expect(visit.answer("battle", "b")).to_contain_text("Hello from the other.")
        expect(visit.button("battle-vote-tie")).to_be_disabled()


def test_pressing_enter_twice_asks_once(browser: Browser):
    fake = FakeController(word_seconds=0.02)
    with a_fresh_visit(browser, fake) as visit:
        visit.box("battle").fill("Hello.")
        visit.box("battle").evaluate(
            "box => { const enter = () => new KeyboardEvent('keypress', {key: 'Enter', bubbles: true});"
            "box.dispatchEvent(enter()); box.dispatchEvent(enter()) }"
        )
        expect(visit.messages("battle")).to_have_count(1)
        visit.until_answered("battle")

    assert sum(path == "/battles/turns" for _, path, _ in fake.calls) == 1
    assert sum(path == "/battles" and method == "POST" for method, path, _ in fake.calls) == 1


def test_shift_and_enter_make_a_new_line(browser: Browser):
    fake = FakeController()
    with a_fresh_visit(browser, fake) as visit:
        visit.box("battle").press_sequentially("one")
        visit.box("battle").press("Shift+Enter")
        visit.box("battle").press_sequentially("two")

        expect(visit.box("battle")).to_have_value("one\ntwo")
        assert visit.messages("battle").count() == 0


def test_with_the_keyboard_alone_one_gets_from_the_box_to_a_vote(browser: Browser):
    with a_fresh_visit(browser, FakeController()) as visit:
        visit.chat("battle", "Hello.")
        expect(visit.box("battle")).to_be_focused()
        for _ in range(4):
            visit.page.keyboard.press("Shift+Tab")
        expect(visit.button("battle-vote-model_a")).to_be_focused()
        visit.page.keyboard.press("Enter")

        expect(visit.button("battle-new")).to_be_visible()
        expect(visit.said()).to_have_text(texts.VOTED["model_a"])


def test_an_example_can_be_taken_as_it_is(browser: Browser):
    with a_fresh_visit(browser, FakeController()) as visit:
        visit.page.locator("#battle-box").wait_for()
        visit.page.get_by_role("button", name=texts.EXAMPLES[0]).first.click()

        expect(visit.box("battle")).to_have_value(texts.EXAMPLES[0])


def test_the_leaderboard_has_numbers_where_there_are_some_and_reasons_where_not(browser: Browser):
    with a_fresh_visit(browser, FakeController(board=a_board())) as visit:
        visit.tab(texts.LEADERBOARD)
        rows = visit.page.locator("#board tbody tr")

        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_contain_text("1081")
        expect(rows.nth(0)).to_contain_text("1030 to 1140")
        expect(rows.nth(2)).to_contain_text(re.compile("not enough votes yet"))


def test_the_board_is_read_anew_whenever_its_tab_is_opened(browser: Browser):
    fake = FakeController()
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.LEADERBOARD)
        expect(visit.page.locator("#board")).to_contain_text(board_texts.EMPTY)
        fake.board = a_board()
        visit.tab(texts.ABOUT)
        visit.tab(texts.LEADERBOARD)

        expect(visit.page.locator("#board tbody tr")).to_have_count(3)
