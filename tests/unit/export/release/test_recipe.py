from dataclasses import replace
from pathlib import Path

import pytest

from arena.errors import SetupError
from export.release.config import ReleaseSettings
from export.release.recipe import Failure, Ingredients, Taken, listed, walk, walk_all
from export.release.steps import Bundle, Dropped, Row
from tests.unit.export.release.rows import a_row


def _loud(row: Row) -> Row:
    return replace(row, texts=tuple(map(str.upper, row.texts)))


def _broken(row: Row) -> Row:
    raise ValueError(row.texts[0])


def _broken_together(bundle: Bundle) -> Bundle:
    raise ValueError("both")


def test_steps_are_taken_in_order():
    def first_word(bundle: Bundle) -> Bundle:
        return replace(
            bundle, rows=tuple(replace(row, texts=row.texts[:1]) for row in bundle.rows if isinstance(row, Row))
        )

    (row,) = walk([Taken("loud", _loud), Taken("first", None, first_word)], Bundle((a_row(),)), print).rows

    assert isinstance(row, Row)
    assert row.texts == ("HELLO?",)


def test_a_row_that_breaks_a_step_is_dropped_and_reported_without_a_word_of_it():
    failures: list[Failure] = []

    walked = walk([Taken("odd", _broken)], Bundle((a_row(),)), failures.append)

    assert walked.rows == (Dropped("c", "failed"),)
    assert failures == [Failure("c", "odd", "ValueError")]


def test_what_was_dropped_before_keeps_its_reason():
    bundle = Bundle((Dropped("a", "minor"), a_row("b")), battle_id="x")

    walked = walk([Taken("odd", None, _broken_together)], bundle, lambda _: None)

    assert walked.rows == (Dropped("a", "minor"), Dropped("b", "failed"))


def test_nothing_is_done_with_what_is_dropped():
    bundle = Bundle((Dropped("a", "minor"),))

    assert walk([Taken("odd", _broken), Taken("both", None, _broken_together)], bundle, print) == bundle


def test_many_at_once_come_out_as_each_alone_would():
    def odd(row: Row) -> Row:
        return _broken(row) if row.ledger_id == "odd" else _loud(row)

    def both(bundle: Bundle) -> Bundle:
        return bundle.with_rows(_loud(row) if isinstance(row, Row) else row for row in bundle.rows)

    together = Bundle((a_row("a"), a_row("odd")), battle_id="x")
    bundles = [Bundle((a_row("b"),)), Bundle((Dropped("c", "minor"),)), together, Bundle((a_row("d"),))]
    steps = [Taken("odd", odd), Taken("both", None, both), Taken("again", odd)]
    alone: list[Failure] = []
    at_once: list[Failure] = []

    assert walk_all(steps, bundles, at_once.append) == [walk(steps, each, alone.append) for each in bundles]
    assert sorted(at_once, key=repr) == sorted(alone, key=repr)
    assert alone == [Failure("odd", "odd", "ValueError")]


@pytest.mark.parametrize("flag", ["moderation-model", "guard"])
def test_whoever_is_asked_for_must_have_been_asked_for_verdicts(flag: str, tmp_path: Path):
    settings = ReleaseSettings.model_validate({flag: "some-model", "data": tmp_path})

    with pytest.raises(
        SetupError, match=rf"^--{flag}: there is no file .*moderation\.sqlite3; `arena export moderate`"
    ):
        Ingredients.of(settings, [])


def test_the_recipe_that_is_read_aloud_says_that_planted_identities_are_looked_for():
    with_them, without = (
        listed(Ingredients.of(ReleaseSettings(canaries=number, names="none"), ())) for number in (3, 0)
    )

    assert [each for each in with_them if each not in without] == ["see that no planted identity came through"]
