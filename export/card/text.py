"""The card's text: what a reader has to know before using a release."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa

from export.card.facts import Facts
from export.card.features import type_words
from export.card.licences import licence_of
from export.card.markdown import code, escaped, table
from export.card.quality import quality_tables
from export.card.words import COLUMNS, FORMS, reason, title_of
from export.stats.figures import Unsafe

_TEMPLATES = Path(__file__).with_name("templates")


def body(facts: Facts) -> str:
    """Return everything below the card's head."""
    words, summary = FORMS[facts.summary.form], facts.summary
    return _filled(
        "card.md",
        title=escaped(title_of(summary)),
        about=words.about,
        date=summary.date,
        figures=table(("Key", "Value"), figures(facts)),
        pictures=_pictures(facts),
        columns=table(("column", "type", ""), _columns(facts)),
        left_out=_left_out(facts),
        redaction=_redaction(facts),
        moderation=_moderation(facts),
        recipe=_recipe(facts),
        uses="\n".join(f"- {use}" for use in words.uses),
        contact=f" Questions: {escaped(summary.contact)}." if summary.contact else "",
        id=facts.schema.names[0],
        licence=licence_of(facts).said,
    )


def _filled(name: str, **given: str) -> str:
    text = Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(given)
    return re.sub("\n{3,}", "\n\n", text)


def figures(facts: Facts) -> list[tuple[str, str]]:
    """Return the figures that cards of such data sets report, in their order, and the sizes."""
    stats, tokens = facts.stats, facts.tokens
    estimated = " (estimate)" if tokens.estimated else ""
    languages = sum(name != "unknown" for name, _ in stats.languages)
    return [
        ("# Conversations" if FORMS[facts.summary.form].unit == "conversations" else "# Battles", f"{stats.rows:,}"),
        ("# Models", f"{len(stats.models):,}"),
        ("# Users", f"{facts.summary.users:,}"),
        ("# Languages", f"{languages:,}"),
        ("Avg. # Turns per Sample", f"{stats.turns_mean:.1f}"),
        (f"Avg. # Tokens per Prompt{estimated}", f"{tokens.prompt:.1f}"),
        (f"Avg. # Tokens per Response{estimated}", f"{tokens.answer:.1f}"),
        ("In memory, bytes", f"{stats.memory_bytes:,}"),
        ("Download, bytes", f"{stats.download_bytes:,}"),
        ("Tokens by", escaped(tokens.how)),
        ("Users are", "addresses, told apart by keyed hashes within a period"),
    ]


def unsafe_rows(unsafe: Unsafe) -> list[tuple[str, str]]:
    """Return the counts of unsafe conversations in the usual table: all, then five groups, the commonest first."""
    groups = sorted(unsafe.groups.items(), key=lambda each: (-each[1], each[0]))
    return [("# Flagged", f"{unsafe.flagged:,}"), *((name, f"{number:,}") for name, number in groups)]


def moderated_unit(facts: Facts) -> str:
    """Return what moderation is told of in this form: of messages, or of rows."""
    return "messages" if pa.types.is_list(facts.schema.field("openai_moderation").type) else "rows"


def _pictures(facts: Facts) -> str:
    if not facts.stats.rows:
        return ""
    names = ["models", "languages", *(["outcomes"] if facts.stats.outcomes else [])]
    return "\n\n".join(f"![{name}](stats/{name}.png)" for name in names)


def _columns(facts: Facts) -> Iterable[tuple[str, str, str]]:
    for field in facts.schema:
        yield code(field.name), escaped(type_words(field.type)), COLUMNS.get(field.name, "")


def _left_out(facts: Facts) -> str:
    summary = facts.summary
    if not summary.dropped:
        return f"Nothing: all of {summary.read:,} were released."
    rows = [(code(name), reason(name), f"{number:,}") for name, number in _by_number(summary.dropped)]
    left = sum(summary.dropped.values())
    intro = (
        f"Of {summary.read:,} that the arena holds, {summary.released:,} are here and {left:,} are not. Each of these "
    )
    return f"{intro}is counted once, under the first reason that was found:\n\n{table(('reason', '', 'number'), rows)}"


def _by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _redaction(facts: Facts) -> str:
    summary = facts.summary
    if summary.settings.get("names") == "none":
        said = ["**Names were not looked for.**"]
    else:
        unit = "a conversation" if FORMS[summary.form].unit == "conversations" else "a battle"
        said = [_filled("names.md", unit=unit).strip()]
    if facts.stats.redacted is not None:
        said.append(f"In {facts.stats.redacted:,} of {facts.stats.rows:,} rows something was replaced.")
    if summary.replaced:
        said.append(table(("replaced", "times"), [(code(k), f"{n:,}") for k, n in _by_number(summary.replaced)]))
    said += _quality(summary.quality)
    if summary.canaries.get("planted"):
        planted, leaked = summary.canaries["planted"], summary.canaries.get("leaked", 0)
        said.append(f"{planted} made-up identities were planted before the redaction; {leaked} of them came out.")
    return "\n\n".join(said)


def _quality(quality: Mapping[str, Any]) -> list[str]:
    if not quality:
        return ["How much of the personal data is found was **not measured** for this release."]
    said = (
        "How well this finds personal data was measured on a labelled bench of made-up conversations, whose names and "
        "templates are in no training data:"
    )
    rows = ((each.head, [[escaped(cell) for cell in row] for row in each.rows]) for each in quality_tables(quality))
    return [said, *(table(head, lines) for head, lines in rows)]


def _moderation(facts: Facts) -> str:
    unsafe = facts.stats.unsafe
    if unsafe is None:
        return "This form has no moderation columns."
    if not unsafe.moderated:
        return "Not run: every value in the moderation columns is null. Nothing was made up in its place."
    names = ", ".join(code(str(name)) for name in facts.summary.moderation.get("models", ())) or "a model not named"
    return _filled(
        "moderation.md",
        models=names,
        moderated=f"{unsafe.moderated:,}",
        messages=f"{unsafe.messages:,}",
        of=moderated_unit(facts),
        share=f"{100 * unsafe.moderated / max(unsafe.messages, 1):.1f}",
        groups=table(("unsafe", "rows"), unsafe_rows(unsafe)),
        categories=table(("category", "rows"), [(code(name), f"{n:,}") for name, n in unsafe.categories.items()]),
    ).strip()


def _recipe(facts: Facts) -> str:
    steps = "\n".join(f"{number}. {escaped(step)}" for number, step in enumerate(facts.summary.recipe, 1))
    settings = [(code(str(name)), code(_setting(value))) for name, value in sorted(facts.summary.settings.items())]
    return steps + (f"\n\n{table(('setting', 'value'), settings)}" if settings else "")


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or "-"
    return "-" if value is None else str(value)
