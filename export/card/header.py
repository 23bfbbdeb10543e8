"""The card's head: what the hub reads."""

import json
from pathlib import Path
from typing import Any

import yaml

from export.card.facts import Facts
from export.card.features import features
from export.card.licences import licence_of
from export.card.words import title_of

_SIZES = (("n<1K", 1_000), ("1K<n<10K", 10_000), ("10K<n<100K", 100_000), ("100K<n<1M", 1_000_000))
_LARGE_SIZES = (("1M<n<10M", 10_000_000), ("10M<n<100M", 100_000_000), ("100M<n<1B", 1_000_000_000))
_NAMES = Path(__file__).parent.parent / "language" / "names.json"
_TODAY = {"iw": "he", "jw": "jv", "in": "id", "zh-Hant": "zh"}
"""Codes that the hub knows under another."""


def header(facts: Facts) -> str:
    """Return the YAML between its two lines."""
    text = yaml.safe_dump(_head(facts), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


def _head(facts: Facts) -> dict[str, Any]:
    licence = licence_of(facts)
    return {
        "pretty_name": title_of(facts.summary),
        "language": _languages(facts),
        **licence.hub,
        "task_categories": ["text-generation"],
        "size_categories": [size_category(facts.stats.rows)],
        "extra_gated_prompt": licence.gate,
        "extra_gated_fields": dict.fromkeys(("Name", "Email", "Affiliation", "Country"), "text"),
        "extra_gated_button_content": licence.button,
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*"}]}],
        "dataset_info": _info(facts),
    }


def size_category(rows: int) -> str:
    """Return the hub's word for so many rows."""
    return next((name for name, most in (*_SIZES, *_LARGE_SIZES) if rows < most), "1B<n<10B")


def _info(facts: Facts) -> dict[str, Any]:
    stats = facts.stats
    return {
        "features": features(facts.schema),
        "splits": [{"name": "train", "num_bytes": stats.memory_bytes, "num_examples": stats.rows}],
        "download_size": stats.download_bytes,
        "dataset_size": stats.memory_bytes,
    }


def _languages(facts: Facts) -> list[str]:
    """Return the codes of the languages in the release, the commonest first. The hub takes two or three letters."""
    names: dict[str, str] = json.loads(_NAMES.read_text(encoding="utf-8"))
    codes: dict[str, str] = {}
    for code, name in sorted(names.items(), key=lambda each: (len(each[0]), each[0])):
        codes.setdefault(name, _TODAY.get(code, code))
    found = (codes.get(str(name), "") for name, _ in facts.stats.languages)
    return list(dict.fromkeys(code for code in found if code.isalpha() and len(code) in {2, 3}))
