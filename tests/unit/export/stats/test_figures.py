"""What is counted over the written files."""

from pathlib import Path

import pytest

from export.stats.figures import Lengths, count
from tests.written import (
    SCHEMAS,
    UNMODERATED,
    a_battle,
    a_conversation,
    a_preference,
    many,
    moderated,
    said,
    write_rows,
)


def test_conversations_are_counted_by_model_language_and_turns(tmp_path: Path):
    long = a_conversation(2, model="doctor", language="German", conversation=said("a", "b", "c", "d"))
    stats = count(write_rows(tmp_path, "chat-1m", [a_conversation(0), a_conversation(1)], [long]))

    assert stats.rows == 3
    assert stats.models == [("echo", 2), ("doctor", 1)]
    assert stats.languages == [("English", 2), ("German", 1)]
    assert stats.turns == [(1, 2), (2, 1)]
    assert stats.turns_mean == pytest.approx(4 / 3)
    assert stats.redacted == 2


def test_lengths_are_of_characters_whatever_their_bytes(tmp_path: Path):
    stats = count(write_rows(tmp_path, "chat-1m", [a_conversation(conversation=said("héé👋", "ok", "", "日本語"))]))

    assert stats.prompts.counts == [(0, 1), (4, 1)]
    assert stats.answers.counts == [(2, 1), (3, 1)]


def test_a_conversation_is_unsafe_if_any_message_is_and_counts_once_in_a_group(tmp_path: Path):
    tags = [moderated("sexual", "sexual/minors"), moderated("sexual", "hate/threatening")]
    rows = [a_conversation(1, openai_moderation=tags), a_conversation(2, openai_moderation=[moderated()] * 2)]
    rows.append(a_conversation(3, openai_moderation=[moderated(), UNMODERATED]))
    unsafe = count(write_rows(tmp_path, "chat-1m", rows)).unsafe

    assert unsafe is not None
    assert (unsafe.flagged, unsafe.whole, unsafe.moderated, unsafe.messages) == (1, 2, 5, 6)
    assert {name: number for name, number in unsafe.groups.items() if number} == {"sexual": 1, "hate": 1}
    assert unsafe.categories["sexual/minors"] == unsafe.categories["hate/threatening"] == 1
    assert unsafe.categories["hate"] == 0


def test_battles_have_two_models_votes_and_days(tmp_path: Path):
    rows = [
        a_battle(1),
        a_battle(2, winner="tie (bothbad)", tstamp=1_790_100_000.0, openai_moderation=moderated("hate")),
    ]
    stats = count(write_rows(tmp_path, "arena-battles", rows))

    assert stats.models == [("doctor", 2), ("echo", 2)]
    assert stats.outcomes == [("model_a", 1), ("tie (bothbad)", 1)]
    assert stats.days == [("2026-09-21", 1), ("2026-09-22", 1)]
    assert stats.prompts.messages == 2
    assert stats.answers.messages == 4
    assert stats.unsafe is not None
    assert (stats.unsafe.flagged, stats.unsafe.whole) == (1, 1)


def test_messages_in_parts_are_as_long_as_their_texts(tmp_path: Path):
    stats = count(write_rows(tmp_path, "preference-140k", [a_preference()]))

    assert stats.prompts.counts == [(3, 1)]
    assert stats.answers.counts == [(5, 1), (10, 1)]
    assert stats.turns == [(1, 1)]
    assert stats.unsafe is None


@pytest.mark.parametrize("form", SCHEMAS)
def test_a_release_without_rows_has_figures_too(tmp_path: Path, form: str):
    stats = count(write_rows(tmp_path, form, []))

    assert (stats.rows, stats.turns_mean, stats.prompts.mean, stats.prompts.quantile(0.5)) == (0, 0, 0, 0)


@pytest.mark.parametrize("form", SCHEMAS)
def test_into_how_many_files_rows_are_cut_changes_no_count(tmp_path: Path, form: str):
    rows = many(form, 60)
    one, three = (
        count(write_rows(tmp_path / name, form, *cut))
        for name, cut in (("one", [rows]), ("three", [rows[:7], rows[7:40], rows[40:]]))
    )

    assert (one.models, one.languages, one.prompts, one.answers, one.days, one.unsafe) == (
        *(three.models, three.languages, three.prompts, three.answers, three.days, three.unsafe),
    )


def test_quantiles_are_lengths_that_occur():
    lengths = Lengths([(1, 50), (10, 40), (100, 10)])

    assert [lengths.quantile(share) for share in (0.5, 0.51, 0.9, 0.99)] == [1, 10, 10, 100]
    assert lengths.mean == pytest.approx(14.5)
