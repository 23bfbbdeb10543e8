from export.release.card import card
from export.release.figures import Figures
from export.release.steps import Dropped
from tests.unit.export.release.rows import a_row


def _figures() -> Figures:
    figures = Figures()
    for result in (a_row(), a_row(visitor=("2026Q4", "b")), a_row(model="doctor"), Dropped("c", "no_answer")):
        figures.count(result)
    return figures


def test_the_very_first_line_says_that_nothing_is_redacted():
    assert "not yet redacted" in card(_figures()).splitlines()[0].lower()


def test_the_card_reports_what_was_counted():
    said = card(_figures())

    assert "| conversations | 3 |" in said
    assert "| models | 2 |" in said
    assert "| users (unique addresses) | 2 |" in said
    assert "| turns per conversation | 1.0 |" in said
    assert "| `no_answer` | 1 |" in said


def test_the_card_says_that_no_language_was_detected():
    assert "`unknown` means that nobody looked" in card(Figures())


def test_visitors_are_told_apart_within_a_period_only():
    figures = Figures()
    for period, address in (("2026Q3", "a"), ("2026Q4", "a"), ("2026Q4", "a"), ("2026Q4", "b")):
        figures.count(a_row(visitor=(period, address)))

    assert figures.users == 3


def test_what_was_read_is_released_or_dropped():
    figures = _figures()

    assert figures.read == figures.released + figures.dropped.total() == 4
