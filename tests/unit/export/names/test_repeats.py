"""Names are found again where their pattern finds them, without a pattern."""

import random
import re

import pytest

from export.names import repeats
from export.names.repeats import finder

PIECES = (
    "ann",
    "Ann",
    "ANN",
    "lee",
    "Lee",
    "o'neil",
    "jean-luc",
    "renée",
    "RENÉE",
    "Šedý",
    "ŠEDÝ",
    "nguyễn",
    "NGUYỄN",
    "ı",
    "İ",
    "_",
    " ",
    "\n",
    ",",
    ".",
    "x",
    "1",
)


@pytest.mark.parametrize("ignore_case", [True, False])
def test_names_stand_where_the_pattern_of_them_all_matches(ignore_case: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["ann", "ann lee", "lee", "renée", "jean-luc", "o'neil", "Ann", "RENÉE", "šedý", "nguyễn"]
    if ignore_case:
        names = [name.lower() for name in names]
    chance = random.Random(5)
    texts = ["".join(chance.choices(PIECES, k=12)) for _ in range(4000)]
    found = [list(finder(names, ignore_case=ignore_case)(text)) for text in texts]
    monkeypatch.setattr(repeats, "_PLAIN", re.compile("(?!)"))
    assert found == [list(finder(names, ignore_case=ignore_case)(text)) for text in texts]
    assert sum(map(len, found)) > 1000
