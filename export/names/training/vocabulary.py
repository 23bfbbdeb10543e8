"""Words and brands from packages that are installed: what has a capital somewhere and is nobody's name.

From botocore (Apache-2.0) and SciPy (BSD): words. From rich (MIT): the names of emoji. From tldextract (the Public
Suffix List, MPL-2.0): the top-level domains, many of them brands. From Pygments (BSD): programming languages. From
phonenumbers (Apache-2.0): telephone companies. From matplotlib (BSD): colours.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from phonenumbers.carrierdata import CARRIER_DATA
from pygments.lexers import get_all_lexers

_WORD = re.compile(r"(?<![\w.\-/_:@'\"`<&\\$#])[a-z]{3,}(?![\w_/@(:='>])")
OFTEN = 3


def words() -> set[str]:
    """Return English words that manuals write small, and those in the names of emoji and colours."""
    counted: Counter[str] = Counter()
    for path in sorted((_folder("botocore") / "data").glob("*/*/service-2.json.gz")):
        counted.update(set(_WORD.findall(gzip.decompress(path.read_bytes()).decode("utf-8", "ignore"))))
    for path in sorted(_folder("scipy").rglob("*.py")):
        if "tests" not in path.parts:
            counted.update(set(_WORD.findall(path.read_text("utf-8", "ignore"))))
    found = {word for word, count in counted.items() if count >= OFTEN}
    names = [*import_module("rich._emoji_codes").EMOJI, *import_module("matplotlib._color_data").XKCD_COLORS]
    found |= {part for name in names if "flag" not in name for part in re.findall("[a-z]{3,}", name)}
    return {word for word in found if len(word) < 16}


def brands() -> set[str]:
    """Return the names of companies, products and languages, in small letters, one word each."""
    snapshot = (_folder("tldextract") / ".tld_set_snapshot").read_text("utf-8")
    top = {line for line in snapshot.split("\n") if re.fullmatch("[a-z]{4,}", line)}
    languages = {name for name, *_ in get_all_lexers() for name in _capitals(name)}
    carriers = Counter(
        word for text in _strings(CARRIER_DATA) for word in _capitals(text) if word not in {"de", "the", "and"}
    )
    return top | languages | set(carriers)


def _capitals(text: str) -> Iterator[str]:
    yield from (word.lower() for word in re.findall(r"\b[A-Z][A-Za-z]{3,}\b", text))


def _strings(described: object) -> Iterator[str]:
    if isinstance(described, dict):
        for each in described.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(each)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(described, str):
        yield described


def _folder(package: str) -> Path:
    return Path(next(iter(import_module(package).__path__)))
