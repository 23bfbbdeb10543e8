from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from arena.chat import Ending, Parameters, ReactionKind
from arena.session import AgeGroup
from export.release.asides import with_asides
from export.release.forms import Released
from export.release.full import SCHEMA, Full
from export.release.steps import Bundle, Dropped, Row
from logging_store.facts import Circumstances, TurnDetails
from tests.facts import a_conversation
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle, a_verdict
from tests.unit.export.release.rows import a_record, a_row, a_said_turn

OPENED = 1_790_000_000.0
DAY = date(2026, 9, 21)


def _row(bundle: Bundle) -> dict[str, Any]:
    released = [each.columns for each in Full().rows(bundle, RELEASE) if isinstance(each, Released)]
    return pa.Table.from_pylist(released, schema=SCHEMA).to_pylist()[0]


def _a_known_row() -> Row:
    details = TurnDetails(
        opened_at=OPENED,
        terms_version="2",
        parameters=Parameters(temperature=0.5, max_tokens=100),
        first_word_at=OPENED + 0.25,
        finish_reason="stop",
        reasoning="Hm.",
        prompt_tokens=3,
        completion_tokens=5,
        reaction=ReactionKind.UP,
    )
    first = a_said_turn(answer="superseded")
    again = a_said_turn(finished_at=OPENED + 2, supersedes=first.id, details=details)
    failed = a_said_turn(position=1, ending=Ending.FAILED)
    record = a_record(
        conversation=a_conversation("s", id="c", opened_at=OPENED),
        turns=(first, again, failed),
        circumstances=Circumstances("PT", "", AgeGroup.ADULT),
    )
    return Row(record, (again,), ("Hello?", "Hello!"), replaced={"NAME": 2, "EMAIL": 1})


def test_all_columns_are_flat_and_typed():
    kinds = {str(field.type) for field in SCHEMA}

    assert not [kind for kind in kinds if kind.startswith("struct") or "json" in kind]
    assert len(set(SCHEMA.names)) == len(SCHEMA.names)


def test_what_is_known_of_a_conversation_is_there():
    row = _row(Bundle((with_asides(_a_known_row()),)))

    assert (row["opened_on"], row["finished_on"]) == (DAY, DAY)
    assert (row["country"], row["page_language"], row["age_group"]) == ("PT", None, "adult")
    assert (row["turn"], row["failed_turns"], row["turn_regenerations"]) == (1, 1, [1])
    assert (row["turn_temperature"], row["turn_top_p"], row["turn_max_tokens"]) == ([0.5], [None], [100])
    assert (row["turn_seconds_to_first_word"], row["turn_seconds"]) == ([0.25], [2.0])
    assert (row["turn_reaction"], row["turn_reasoning"], row["turn_ending"]) == (["up"], ["Hm."], ["completed"])
    assert row["replaced"] == [{"kind": "EMAIL", "number": 1}, {"kind": "NAME", "number": 2}]


def test_reasoning_is_what_the_steps_made_of_it():
    row = replace(with_asides(_a_known_row()), asides=("NAME_1 thinks",))

    assert _row(Bundle((row,)))["turn_reasoning"] == ["NAME_1 thinks"]


def test_reasoning_that_went_through_no_step_is_not_there():
    assert _row(Bundle((_a_known_row(),)))["turn_reasoning"] == [None]


def test_no_time_is_more_exact_than_a_day():
    stamps = [field.name for field in SCHEMA if pa.types.is_temporal(field.type) and not pa.types.is_date(field.type)]

    assert stamps == []
    assert "179000" not in repr(_row(Bundle((with_asides(_a_known_row()),))))


def test_a_side_tells_of_its_battle():
    row = _row(a_battle_bundle(reasons=("asked who it is",)))

    assert (row["side"], row["other_model"], row["winner"], row["is_anonymous"]) == ("a", "doctor", "model_a", True)
    assert (row["policy"], row["pair_probability"], row["vote_reasons"]) == ("uniform", 0.5, ["asked who it is"])
    assert (row["voted_on"], row["vote_number"]) == (DAY, 2)


def test_a_side_whose_other_side_is_withheld_tells_nothing_of_the_battle():
    row = _row(a_battle_bundle(b=Dropped("cb", "model_secret")))

    assert {row[name] for name in ("battle", "side", "other_model", "winner", "policy", "voted_on")} == {None}
    assert "doctor" not in repr(row)


def test_whose_verdict_it_is_stands_beside_each_message():
    row = _row(Bundle((a_row(verdicts=(a_verdict(), None)),)))

    assert row["moderation_model"] == ["omni", None]
    assert [each["flagged"] for each in row["openai_moderation"]] == [False, None]
