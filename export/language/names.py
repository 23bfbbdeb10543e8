"""The English names of languages, frozen: a release must not change its spelling because a library did.

`names.json` holds the display names of ICU 72 for every code that CLD2, or a second opinion, can answer. LMSYS-Chat-1M
was named by ICU: so both forms of written Chinese are `Chinese`, and what ICU had no name for keeps its code.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

UNKNOWN = "unknown"


@cache
def names() -> Mapping[str, str]:
    """Return the name of each language code."""
    text = files("export.language").joinpath("names.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return table
