"""Finishes a release whose data is written: statistics, licence, Croissant, card, and beside the folder the report."""

from pathlib import Path

from export.card.croissant import croissant
from export.card.facts import SUMMARY_FILE, Facts, data_files, gather, save
from export.card.header import header
from export.card.licences import licence_of
from export.card.report import report
from export.card.samples import samples
from export.card.text import body
from export.release.summary import Summary
from export.stats.pictures import pictures
from export.stats.tables import tables


def finish(folder: Path, summary: Summary, tokenizer: Path | None = None) -> Facts:
    """Write what lies beside the data, and the report. The same data and summary give the same bytes.

    All but the manifest, which lists these files too and so is written last. Raises `SetupError`.
    """
    facts = gather(folder, summary, tokenizer)
    drawn = write_stats(folder, facts)
    write_licence(folder, facts)
    write_croissant(folder, facts)
    write_card(folder, facts)
    write_report(report_path(folder), folder, facts, drawn)
    return facts


def report_path(folder: Path) -> Path:
    """Return where the report is: beside the folder, for it is not published."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.report.html")


def write_stats(folder: Path, facts: Facts) -> dict[str, bytes]:
    """Write `stats/` anew; return the pictures."""
    save(folder, facts)
    drawn = pictures(facts.stats)
    written = drawn | {name: text.encode() for name, text in tables(facts.stats).items()}
    for name, data in written.items():
        (folder / "stats" / name).write_bytes(data)
    for each in (folder / "stats").iterdir():
        if each.name not in written and each != folder / SUMMARY_FILE:
            each.unlink()
    return drawn


def write_licence(folder: Path, facts: Facts) -> None:
    """Write `LICENSE.md`."""
    (folder / "LICENSE.md").write_text(licence_of(facts).text, encoding="utf-8")


def write_croissant(folder: Path, facts: Facts) -> None:
    """Write `croissant.json`."""
    (folder / "croissant.json").write_text(croissant(facts), encoding="utf-8")


def write_card(folder: Path, facts: Facts) -> None:
    """Write `README.md`."""
    (folder / "README.md").write_text(header(facts) + body(facts), encoding="utf-8")


def write_report(path: Path, folder: Path, facts: Facts, drawn: dict[str, bytes]) -> None:
    """Write the page that an operator reads before publishing."""
    seed = int(facts.summary.settings.get("seed", 0) or 0)
    path.write_text(report(facts, drawn, samples(data_files(folder), seed)), encoding="utf-8")
