"""`arena export quality`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from export.quality.gate import known_types, refuse_below
from export.quality.measuring import EACH, SEED, measure_quality
from export.release.config import pairs, read_settings

TABLES = {
    "recall": "Found, of what is there",
    "over_redaction": "Touched, of messages that only look like it",
    "recall_by_language": "Found, by language",
    "over_redaction_by_language": "Touched, by language",
}


def quality(
    config: Annotated[Path | None, typer.Option(help="A release.toml: for names and min-recall.")] = None,
    names: Annotated[str | None, typer.Option(help="recall, balanced or none. [default: recall]")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bench.")] = SEED,
    each: Annotated[int, typer.Option(min=1, max=100_000, help="Messages of each type.")] = EACH,
    min_recall: Annotated[list[str] | None, typer.Option(help="TYPE=0.97: exit with 1 below it. Repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write what was measured as JSON.")] = False,
) -> None:
    """Measure what the redaction finds, and what it takes by mistake, on labelled messages made from a seed."""
    settings = read_settings(config, {"names": names, "min-recall": pairs("min-recall", min_recall)})
    known_types(settings.min_recall)  # before minutes of measuring
    measured = measure_quality(settings, seed, each)
    if as_json:
        typer.echo(json.dumps(measured, ensure_ascii=False))
    else:
        _show(measured)
    refuse_below(measured, settings.min_recall)


def _show(measured: Mapping[str, Any]) -> None:
    console = Console()
    for key, title in TABLES.items():
        lines: Mapping[str, Mapping[str, Any]] = measured[key]
        columns = list(dict.fromkeys(column for each in lines.values() for column in each))
        if "language" in key:
            lines, columns = _turned(lines, sorted(columns))
        table = Table("type" if "language" not in key else "language", *columns, title=title, title_justify="left")
        for name, each in lines.items():
            table.add_row(name, *(_cell(each.get(column)) for column in columns))
        console.print(table)


def _turned(
    lines: Mapping[str, Mapping[str, Any]], languages: list[str]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Make a line for each language, so that a terminal holds it: the mean over types, and the worst type."""
    turned: dict[str, dict[str, Any]] = {}
    for language in languages:
        shares = {kind: each[language] for kind, each in lines.items() if language in each}
        least = min(shares, key=lambda kind: shares[kind])
        turned[language] = {"mean": sum(shares.values()) / len(shares), "lowest": f"{least} {shares[least]:.2f}"}
    return turned, ["mean", "lowest"]


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)
