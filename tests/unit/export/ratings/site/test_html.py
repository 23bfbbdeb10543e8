"""HTML from texts that nobody can be sure of."""

import json

from hypothesis import given
from hypothesis import strategies as st

from export.ratings.site.html import Html, island, link, named, tag
from tests.unit.export.ratings.site.made_sites import HOSTILE, Parsed


@given(st.text())
def test_whatever_a_text_says_it_stays_one(said: str):
    found = Parsed(tag("p", said, title=said))

    assert [name for name, _ in found.elements] == ["p"]
    assert list(found.all("p")[0]) == ["title"]


def test_html_is_not_escaped_twice():
    assert tag("p", tag("b", "<"), None, False, 0) == "<p><b>&lt;</b>0</p>"


def test_what_cannot_be_seen_cannot_turn_the_rest():
    assert named("a\u202eb\x00\ud800") == "<bdi>a\ufffdb\ufffd\ufffd</bdi>"
    assert named("می\u200cخواهم") == "<bdi>می\u200cخواهم</bdi>"


def test_only_addresses_of_the_web_become_links():
    assert Parsed(link("x", "https://example.org/a")).all("a")[0]["href"] == "https://example.org/a"
    for address in ("javascript:hit()", "data:text/html,x", "//example.org", "", "JaVaScRiPt:hit()"):
        assert link("x", address) == "x"


def test_data_ends_with_its_element():
    said = island("data", {"name": HOSTILE, "line": "\u2028"})

    assert said.count("<") == 2
    assert json.loads(said.partition(">")[2].rpartition("<")[0])["name"] == HOSTILE
    assert isinstance(said, Html)
