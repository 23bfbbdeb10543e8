"""How well the redaction was measured to work, as tables: for the card and for the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table for readers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


_SHARES = (
    ("recall", "cases", ("personal data", "found", "of")),
    ("over_redaction", "over_redaction_cases", ("clean messages touched by", "share", "of")),
)
"""Shares, and beside them of how many: one table."""
_BESIDE = ("bench", "versions", *(cases for _, cases, _ in _SHARES))
"""What has no table of its own: it is in the manifest."""
_NAMES = {
    "recall_by_language": "found, by language",
    "over_redaction_by_language": "clean messages touched, by language",
    "over_redaction_by_kind": "touched as",
}


def quality_tables(quality: Mapping[str, Any]) -> list[Table]:
    """Return what was measured: what was found, what was touched in vain, then both by language; what else there is."""
    tables = [
        _shares(quality[name], quality.get(cases) or {}, head) for name, cases, head in _SHARES if name in quality
    ]
    shown = {*_BESIDE, *(name for name, _, _ in _SHARES)}
    rest = {name: value for name, value in quality.items() if name not in shown}
    tables += [_by(name, value) for name, value in rest.items() if isinstance(value, Mapping) and value]
    single = [(_named(name), _cell(value)) for name, value in rest.items() if not isinstance(value, Mapping)]
    return tables + ([Table(("measure", "value"), single)] if single else [])


def _shares(shares: Mapping[str, Any], cases: Mapping[str, Any], head: Sequence[str]) -> Table:
    return Table(head, [(str(kind), _cell(share), _cell(cases.get(kind, ""))) for kind, share in shares.items()])


def _by(name: str, value: Mapping[str, Any]) -> Table:
    """Return a table with a line for each kind, and a column for each figure."""
    lines = {kind: each if isinstance(each, Mapping) else {"": each} for kind, each in value.items()}
    columns = sorted({str(column) for each in lines.values() for column in each})
    rows = [(_named(str(kind)), *(_cell(each.get(column, "")) for column in columns)) for kind, each in lines.items()]
    return Table((_NAMES.get(name, _named(name)), *(_named(column) for column in columns)), rows)


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
