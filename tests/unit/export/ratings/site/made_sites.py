"""Sites of a few battles."""

from html.parser import HTMLParser
from typing import Any

import numpy as np

from export.ratings.analysis import analyse
from export.ratings.recipe import Recipe
from export.ratings.scale import Floats
from export.ratings.site.making import site
from export.ratings.site.models import Facts
from export.ratings.site.site_board import SiteBoard
from export.ratings.site.sources import of_report
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, rows

SAID = ("9 a>b", "5 b>a", "3 a=b", "4 c>a", "5 a>c", "2 b>c", "d>a")
HOSTILE = "</script><script>hit()</script><img src=x onerror=hit()>\"'&\u202e\x00"


def a_table(*said: str, style: bool = False) -> VoteTable:
    battles = coded(rows(*(said or SAID)))
    many = len(battles.a)
    features: dict[str, tuple[Floats, Floats]] = {}
    if style:
        features["length"] = np.arange(many, dtype=np.float64) % 7, np.arange(many, dtype=np.float64) % 5
    times = np.arange(many, dtype=np.float64) * 20 * 86_400
    return VoteTable(battles, "made", times=times, style=features)


def a_board(*said: str, category: str = "overall", style: bool = False, **recipe: Any) -> SiteBoard:
    return of_report(analyse(a_table(*said, style=style), Recipe(style=style, **recipe)), category)


def a_page(*boards: SiteBoard, facts: Facts | None = None, name: str = "index.html") -> str:
    return site(boards or (a_board(),), facts or {}, "Arena")[name].decode()


class Parsed(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, and the texts in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]
