"""How well the redaction was measured to work, as tables: for the card and for the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table for readers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def quality_tables(quality: Mapping[str, Any]) -> list[Table]:
    """Return what was measured: single figures first, then a table for all that was measured by kind, language, ..."""
    single = [(_named(name), _cell(value)) for name, value in quality.items() if not isinstance(value, Mapping)]
    tables = [Table(("measure", "value"), single)] if single else []
    return tables + [_by(name, value) for name, value in quality.items() if isinstance(value, Mapping) and value]


def _by(name: str, value: Mapping[str, Any]) -> Table:
    """Return a table with a line for each kind, and a column for each figure."""
    lines = {kind: each if isinstance(each, Mapping) else {"value": each} for kind, each in value.items()}
    columns = list(dict.fromkeys(column for each in lines.values() for column in each))
    rows = [(str(kind), *(_cell(each.get(column, "")) for column in columns)) for kind, each in lines.items()]
    return Table((_named(name), *(_named(column) for column in columns)), rows)


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
