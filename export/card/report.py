"""What an operator reads before publishing: one page that needs nothing else, and runs nothing that is in it."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from export.card.facts import Facts
from export.card.quality import Table, quality_tables
from export.card.samples import MARK, Sample
from export.card.text import figures, moderated_unit, unsafe_rows
from export.card.words import reason, title_of

_PAGE = Path(__file__).with_name("templates") / "report.html"
ENOUGH = 0.9
"""Less than this share found is warned of."""
_MOST = 4_000
"""Characters of a message that are shown."""


def report(facts: Facts, pictures: Mapping[str, bytes], samples: Sequence[Sample]) -> str:
    """Write the page. Whatever anybody wrote is escaped, and the page allows no script at all."""
    summary = facts.summary
    return Template(_PAGE.read_text(encoding="utf-8")).substitute(
        title=escape(title_of(summary)),
        form=escape(summary.form),
        date=escape(summary.date),
        warnings="".join(f"<li>{escape(each)}</li>" for each in warnings(facts)),
        figures=_table(Table(("", ""), figures(facts))),
        dropped=_table(Table(("left out", "because", "number"), _dropped(facts))),
        recipe="".join(f"<li>{escape(step)}</li>" for step in summary.recipe),
        quality="".join(_table(each) for each in quality_tables(summary.quality)),
        replaced=_table(Table(("replaced", "times"), [(k, f"{n:,}") for k, n in summary.replaced.items()])),
        unsafe=_unsafe(facts),
        pictures="".join(_picture(name, data) for name, data in pictures.items() if name.endswith(".svg")),
        samples="".join(_sample(number, each) for number, each in enumerate(samples, 1)),
        number=len(samples),
    )


def warnings(facts: Facts) -> Iterable[str]:
    """Yield what should be looked at before anything is published."""
    summary, unsafe = facts.summary, facts.stats.unsafe
    if summary.form == "full":
        yield "This form is not for publication: it cannot be pushed."
    if summary.settings.get("names") == "none":
        yield "Names were not looked for."
    if not summary.quality:
        yield "The recall of the redaction was not measured."
    yield from (f"Only {share:.3f} of {kind} was found on the bench." for kind, share in _little(summary.quality))
    if summary.canaries.get("leaked"):
        yield f"{summary.canaries['leaked']} of {summary.canaries['planted']} planted identities came out."
    if unsafe is not None and unsafe.moderated < unsafe.messages:
        missing = unsafe.messages - unsafe.moderated
        yield f"{missing:,} of {unsafe.messages:,} {moderated_unit(facts)} have no moderation."
    if summary.dropped.get("failed"):
        yield f"{summary.dropped['failed']:,} could not be digested by a step: see the making's messages."
    if not summary.released:
        yield "There is not one row in it."


def _little(quality: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    """Return the types of personal data of which less was found than any release should be content with."""
    recall: Mapping[str, Mapping[str, float | None]] = quality.get("recall", {})
    shares = [(kind, each.get("recall")) for kind, each in recall.items()]
    return [(kind, share) for kind, share in shares if share is not None and share < ENOUGH]


def _dropped(facts: Facts) -> list[tuple[str, str, str]]:
    dropped = sorted(facts.summary.dropped.items(), key=lambda each: (-each[1], each[0]))
    rows = [(name, reason(name), f"{number:,}") for name, number in dropped]
    return [*rows, ("", "released", f"{facts.summary.released:,}"), ("", "read", f"{facts.summary.read:,}")]


def _unsafe(facts: Facts) -> str:
    unsafe = facts.stats.unsafe
    if unsafe is None or not unsafe.moderated:
        return "<p>Not run.</p>"
    return _table(Table(("unsafe", "rows"), unsafe_rows(unsafe)))


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in table.rows)
    return f'<div class="table"><table><tr>{head}</tr>{rows}</table></div>' if table.rows else ""


def _picture(name: str, data: bytes) -> str:
    """As an image, not as part of the page: what is in it cannot act."""
    return f'<img alt="{escape(name)}" src="data:image/svg+xml;base64,{b64encode(data).decode()}">'


def _sample(number: int, sample: Sample) -> str:
    said = "".join(f"<dt>{escape(who)}</dt><dd dir=auto>{_text(text)}</dd>" for who, text in sample.said)
    head = f"{number}. <code>{escape(sample.identifier)}</code> {escape(sample.language)}"
    return f"<section><h3>{head}</h3><dl>{said}</dl></section>"


def _text(text: str) -> str:
    """Escape first, then show the marks: no mark holds anything that is escaped."""
    shown = MARK.sub(lambda found: f"<mark>{found[0]}</mark>", escape(text[:_MOST]))
    cut = f" <i>… and {len(text) - _MOST:,} more characters</i>" if len(text) > _MOST else ""
    return shown + cut
