"""The page that an operator reads before publishing."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from export.card.facts import gather
from export.card.finish import finish, report_path
from export.card.report import warnings
from export.card.samples import samples
from tests.browser import a_browser
from tests.written import SCHEMAS, UNMODERATED, a_conversation, a_summary, many, said, write_rows

HOSTILE = (
    "NAME_1 <script>document.title='run'</script><img src=x onerror=\"document.title='run'\">",
    "</dd></section></body><svg onload=\"document.title='run'\"> [EMAIL] &lt;b&gt; \u202egnp.exe",
    "<style>*{display:none}</style><iframe srcdoc=\"<script>top.document.title='run'</script>\"></iframe>",
    "<form action=https://example.test><input name=a></form><a href=\"javascript:document.title='run'\">NAME_2</a>",
)


def _report(folder: Path, rows: list[dict[str, Any]], form: str = "chat-1m", **given: Any) -> str:
    write_rows(folder, form, rows)
    finish(folder, a_summary(form, **given))
    return report_path(folder).read_text()


@pytest.fixture
def browser() -> Any:
    with a_browser() as browser:
        yield browser


@pytest.mark.browser
def test_hostile_texts_are_shown_and_do_nothing(browser: Browser, tmp_path: Path):
    rows = [a_conversation(n, conversation=said(*HOSTILE), model=text, language=text) for n, text in enumerate(HOSTILE)]
    _report(tmp_path / "out", rows, title=HOSTILE[0], recipe=[HOSTILE[2]], dropped={HOSTILE[1]: 1})
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{tmp_path}/out.report.html")

    assert page.title() == f"{' '.join(HOSTILE[0].split())}: before publishing"
    assert page.locator("script, iframe, form, style + style, svg, a").count() == 0
    for text in HOSTILE:
        assert page.locator("dd").get_by_text(text.split(">")[0], exact=False).count() >= 4
    assert page.locator("mark").all_text_contents() == ["NAME_1", "[EMAIL]", "NAME_2"] * 4
    assert [url for url in asked if not url.startswith(("file:", "data:image/"))] == []
    pictures = page.locator("img")
    shown = [
        pictures.nth(n).evaluate("each => each.complete && each.naturalWidth > 0") for n in range(pictures.count())
    ]
    assert shown
    assert all(shown)


def test_it_needs_nothing_else_and_is_beside_the_folder(tmp_path: Path):
    text = _report(tmp_path / "out", many("chat-1m", 30))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.report.html"]
    assert re.findall(r'(?:src|href)="(?!data:)', text) == []


def test_twenty_redacted_rows_are_drawn_the_same_each_time(tmp_path: Path):
    rows = many("chat-1m", 400)
    redacted = {row["conversation_id"] for row in rows if row["redacted"]}
    one = samples(write_rows(tmp_path / "one", "chat-1m", rows), 42)
    cut = samples(write_rows(tmp_path / "cut", "chat-1m", rows[:90], rows[90:]), 42)
    other = samples(write_rows(tmp_path / "one", "chat-1m", rows), 43)

    assert len(one) == 20
    assert {each.identifier for each in one} <= redacted
    assert one == cut
    assert one != other


@pytest.mark.parametrize("form", SCHEMAS)
def test_samples_of_every_form_hold_a_mark(tmp_path: Path, form: str):
    drawn = samples(write_rows(tmp_path, form, many(form, 60)), 1)

    assert drawn
    assert all("NAME_1" in "".join(text for _, text in each.said) for each in drawn)


def test_battles_are_shown_side_by_side_with_their_sides(tmp_path: Path):
    drawn = samples(write_rows(tmp_path, "arena-battles", many("arena-battles", 40)), 1)

    assert {who for each in drawn for who, _ in each.said} == {"user A", "assistant A", "user B", "assistant B"}


def test_a_long_message_is_cut_and_says_so(tmp_path: Path):
    text = _report(tmp_path / "out", [a_conversation(1, conversation=said("NAME_1 " * 2_000, "b"))])

    assert "… and 10,000 more characters" in text


def _warned(tmp_path: Path, rows: list[dict[str, Any]], form: str = "chat-1m", **given: Any) -> str:
    write_rows(tmp_path, form, rows)
    return "\n".join(warnings(gather(tmp_path, a_summary(form, **given))))


def test_what_is_worth_a_look_comes_first(tmp_path: Path):
    rows = many("chat-1m", 20)
    bad = _warned(
        tmp_path,
        [*rows, a_conversation(1, openai_moderation=[UNMODERATED] * 2)],
        settings={"names": "none"},
        quality={},
        canaries={"planted": 20, "leaked": 2},
        dropped={"failed": 3},
    )

    for sign in ("Names were not", "not measured", "2 of 20 planted", "2 of ", "3 could not be digested"):
        assert sign in bad
    assert _warned(tmp_path, rows) == ""
    little = {"recall": {"NAME": {"recall": 0.377, "cases": 90}, "EMAIL": {"recall": 0.9}, "PHONE": {"recall": None}}}
    assert _warned(tmp_path, rows, quality=little) == "Only 0.377 of NAME was found on the bench."
    assert "not for publication" in _warned(tmp_path, many("full", 3), "full")
    assert "not one row" in _warned(tmp_path, [], released=0)
