"""`arena export diff`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from arena.errors import SetupError
from export.release.check.difference import Difference, difference
from export.release.check.made import Made, releases_in

SHOWN = 5
"""Ids in a line; `--json` has all."""


def diff(
    old: Annotated[Path, typer.Argument(help="A release, or the folder above those of several formats.")],
    new: Annotated[Path, typer.Argument(help="Another one, made later or otherwise.")],
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON, with every id.")] = False,
) -> None:
    """Show in what two releases differ: rows added, removed and changed, columns, counts, recipe."""
    found = [difference(was, now) for was, now in _pairs(releases_in(old), releases_in(new))]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        for line in _lines(each):
            typer.echo(f"{each.form}: {line}")


def _pairs(old: list[Made], new: list[Made]) -> list[tuple[Made, Made]]:
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    by_form = {made.form.name: made for made in old}
    pairs = [(by_form[made.form.name], made) for made in new if made.form.name in by_form]
    if not pairs:
        raise SetupError("the two folders have no format in common")
    return pairs


def _lines(found: Difference) -> Iterator[str]:
    if found.is_nothing:
        yield "no difference"
    for what, ids in (("added", found.added), ("removed", found.removed), ("changed", found.changed)):
        if ids:
            more = ", ..." if len(ids) > SHOWN else ""
            yield f"rows {what}: {len(ids)} ({', '.join(ids[:SHOWN])}{more})"
    for name, number in found.columns.items():
        yield f"column {name} changed in {number} rows"
    sections = {"column": found.schema, "count": found.counts, "setting": found.settings, "version": found.versions}
    for section, changes in sections.items():
        for name, (was, now) in changes.items():
            yield f"{section} {name}: {_said(was)} -> {_said(now)}"
    yield from (f"recipe: added: {step}" for step in found.recipe_added)
    yield from (f"recipe: removed: {step}" for step in found.recipe_removed)


def _said(value: object) -> str:
    return "none" if value is None else str(value)
