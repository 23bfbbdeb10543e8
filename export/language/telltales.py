"""Words by which languages are told apart, `telltales.json`: written down once, by people who read them."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def telltales() -> Mapping[str, Any]:
    """Return `commonest` (languages), `greetings` (by language), `romanised_hindi`, `siblings` (words
    that begin so, or are just so)."""
    text = files("export.language").joinpath("telltales.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
