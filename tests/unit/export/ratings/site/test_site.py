"""A site: pages that hold everything, ask nobody, and come out alike."""

import csv
import io
import json
import re
from html import unescape

import pyarrow.parquet as pq
import pytest

from export.ratings.recipe import Method
from export.ratings.report_files import COLUMNS
from export.ratings.site import words
from export.ratings.site.fragment import fragment
from export.ratings.site.making import site
from export.ratings.site.models import ModelFacts
from export.ratings.site.site_board import SiteBoard
from tests.unit.export.ratings.site.made_sites import HOSTILE, Parsed, a_board, a_page


def test_the_same_board_gives_the_same_bytes():
    boards = [a_board(style=style, category=name) for name in ("overall", "code") for style in (False, True)]
    again = [a_board(style=style, category=name) for name in ("overall", "code") for style in (False, True)]

    assert site(boards, {}, "Arena") == site(again, {}, "Arena")


def test_names_of_models_organisations_and_titles_cannot_bring_html():
    board = a_board()
    rows = [{**row, "model": HOSTILE if row["model"] == "a" else row["model"], "reason": HOSTILE} for row in board.rows]
    times = {period: {HOSTILE: ratings.get("a", 0.0)} for period, ratings in board.over_time.items()}
    bad = SiteBoard(HOSTILE, False, {**board.board, "models": rows}, board.pairs, times)
    facts = {HOSTILE: ModelFacts(name=HOSTILE, organisation=HOSTILE, licence=HOSTILE, link="javascript:hit()")}
    page = site([bad], facts, HOSTILE)["index.html"].decode()
    found = Parsed(page)

    assert not found.all("img")
    assert not any(key.startswith("on") for _, attributes in found.elements for key in attributes)
    assert page.count("<script") == 3
    assert not any("javascript" in (link.get("href") or "") for link in found.all("a"))
    assert "\u202e" not in page


def test_a_page_is_whole_and_names_no_other_place():
    page = a_page(a_board(style=True))
    found = Parsed(page)

    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org)[a-z]", page.partition("<script>")[0])
    assert [each["href"] for each in found.all("link")] == ["data:,"]
    assert not any("src" in attributes for _, attributes in found.elements)
    policy = next(each["content"] for each in found.all("meta") if each.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_links_lead_to_files_that_are_there():
    boards = [
        a_board(),
        a_board(style=True),
        a_board(category="code"),
        a_board(category="CODE!"),
        a_board(category="语言"),
    ]
    files = site(boards, {}, "Arena")

    assert len([name for name in files if name.endswith(".html")]) == len(boards)
    for name in (each for each in files if each.endswith(".html")):
        hrefs = [link.get("href") for link in Parsed(files[name].decode()).all("a")]
        assert {each for each in hrefs if each and not each.startswith("#")} <= set(files)
        assert f"data/{name.removesuffix('.html')}.csv" in hrefs


def test_the_board_that_is_shown_is_marked_in_both_ways():
    page = a_page(a_board(), a_board(style=True), a_board(category="code"), name="overall-style.html")
    marked = re.findall(r'<a href="([^"]+)" class="way" aria-current="page">([^<]+)', page)

    assert marked == [("overall-style.html", "All votes"), ("overall-style.html", "Style held equal")]
    assert 'href="category-code.html"' in page


def test_the_table_says_what_is_known_and_why_the_rest_is_not():
    facts = {"a": ModelFacts(name="a", organisation="A & B", licence="MIT", link="https://example.org", price_out=1.5)}
    texts = unescape(" ".join(Parsed(a_page(facts=facts)).texts))

    for said in ("A & B", "MIT", "? / $1.50", "has not lost yet", "provisional", "over "):
        assert said in texts
    assert re.search(r"\d+ to \d+", texts)


def test_tables_can_be_heard():
    found = Parsed(a_page(a_board(style=True)))

    assert len(found.all("caption")) == len(found.all("table"))
    assert all("scope" in each for each in found.all("th"))
    assert all(each.get("aria-hidden") == "true" for each in found.all("svg"))
    assert all(each.get("tabindex") == "0" and each.get("aria-label") for each in found.all("div") if each.get("role"))


def test_the_figures_alone_bring_their_style_and_no_script():
    found = Parsed(fragment(a_board(style=True)))

    assert len(found.all("style")) == 1
    assert not found.all("script")
    assert len(found.all("caption")) == len(found.all("table")) == 7
    assert len(found.all("section")) == 5
    assert fragment(a_board()) == fragment(a_board())


def test_downloads_hold_the_same_standings():
    facts = {"a": ModelFacts(name="a", organisation="A", price_in=0.5)}
    files = site([a_board()], facts, "Arena")
    table = list(csv.DictReader(io.StringIO(files["data/index.csv"].decode())))
    board = json.loads(files["data/index.json"])
    packed = pq.read_table(io.BytesIO(files["data/index.parquet"]))

    assert [row["model"] for row in table] == packed["model"].to_pylist() == [row["model"] for row in board["models"]]
    assert packed["rating"].to_pylist() == [row["rating"] for row in board["models"]]
    assert set(COLUMNS) < set(packed.column_names)
    assert packed["price_in"].to_pylist()[0] == pytest.approx(0.5)


@pytest.mark.parametrize("said", ["a>b", "a=b", "a>a"])
def test_a_board_without_ratings_is_a_page(said: str):
    page = a_page(a_board(said))

    assert words.STANDINGS in page
    assert words.INTERVALS not in page


def test_what_speed_does_stands_on_the_page_where_it_is_known():
    board = a_board()
    told = {"effects": {"speed": {"coef": -0.2, "se": 0.01, "mean": 0.0, "sd": 1.0}}}
    page = a_page(SiteBoard("overall", False, {**board.board, **told}, board.pairs))

    assert words.OTHER_EFFECTS in page
    assert "0.80 to 0.83" in page
    assert words.OTHER_EFFECTS not in a_page(board)


def test_without_pairs_it_says_so():
    board = a_board()
    page = a_page(SiteBoard("overall", False, board.board, None))

    assert words.NO_PAIRS in page


def test_what_speaks_for_and_against_a_board_stands_on_its_page():
    assert "taken out, would put" in a_page(a_board(checks=True))
    assert words.CHECKS not in a_page(a_board())


def test_ratings_over_time_say_where_they_are_others_than_the_tables():
    assert words.TIME_PLAIN not in a_page()
    assert words.TIME_PLAIN in a_page(a_board(style=True))
    assert words.TIME_PLAIN in a_page(a_board(method=Method.DAVIDSON))


def test_what_is_expected_of_two_models_follows_the_boards_own_law():
    assert '"nu":0.0' in a_page().replace(" ", "")
    by_davidson = a_board(method=Method.DAVIDSON)

    assert by_davidson.nu == by_davidson.board["davidson_nu"] > 0


def test_a_board_without_intervals_says_so():
    assert "none: online Elo has none" in a_page(a_board(method=Method.ELO))
    assert "none: online Elo has none" not in a_page()
