"""How well the redaction was measured to work, as tables: for the card and for the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table for readers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


_HEADS = {
    "recall": "personal data",
    "recall_by_language": "found, by language",
    "over_redaction": "clean text, touched as",
    "over_redaction_by_language": "clean text touched, by language",
}
_BESIDE = ("bench", "seed", "versions")
"""What has no table of its own: it is in the manifest."""


def quality_tables(quality: Mapping[str, Any]) -> list[Table]:
    """Return what was measured: a table for all that was measured by kind or by language, one for single figures."""
    shown = {name: value for name, value in quality.items() if name not in _BESIDE}
    tables = [_by(name, value) for name, value in shown.items() if isinstance(value, Mapping) and value]
    single = [(_named(name), _cell(value)) for name, value in shown.items() if not isinstance(value, Mapping)]
    return tables + ([Table(("measure", "value"), single)] if single else [])


def _by(name: str, value: Mapping[str, Any]) -> Table:
    """Return a table with a line for each kind; of languages, which are many, with a line for each language."""
    lines: Mapping[str, Mapping[str, Any]] = {
        str(kind): each if isinstance(each, Mapping) else {"value": each} for kind, each in value.items()
    }
    if name.endswith("_by_language"):
        languages = sorted({language for each in lines.values() for language in each})
        kinds = sorted(lines, key=lambda kind: not kind.startswith("NAME"))  # what differs most between languages first
        lines = {language: {kind: lines[kind].get(language, "") for kind in kinds} for language in languages}
    columns = list(dict.fromkeys(column for each in lines.values() for column in each))
    rows = [(kind, *(_cell(each.get(column, "")) for column in columns)) for kind, each in lines.items()]
    return Table((_HEADS.get(name, _named(name)), *columns), rows)


def _named(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{_named(str(name))} {_cell(each)}" for name, each in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_cell(each) for each in value) or "-"
    return str(value)
