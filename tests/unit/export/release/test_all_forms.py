"""What holds for all forms of a release."""

import hmac
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given

from export.release.all_forms import FORMS
from export.release.config import FORMATS, FormName
from export.release.forms import Form, Released, ReleaseKey, Unit
from export.release.steps import Bundle, Dropped, Row
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle, battles
from tests.unit.export.release.rows import a_row


def _released(form: Form, bundle: Bundle, release: ReleaseKey = RELEASE) -> list[Released]:
    return [each for each in form.rows(bundle, release) if isinstance(each, Released)]


def _written(form: Form, bundle: Bundle) -> list[dict[str, Any]]:
    """Return rows as a reader of the file has them."""
    rows = [each.columns for each in _released(form, bundle)]
    return pa.Table.from_pylist(rows, schema=form.schema).to_pylist()


def test_the_forms_are_those_that_can_be_asked_for():
    assert tuple(FORMS) == FORMATS == get_args(FormName)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(bundle=battles())
def test_each_unit_is_released_or_dropped_with_a_reason(form: Form, bundle: Bundle):
    results = list(form.rows(bundle, RELEASE))

    assert len(results) == (1 if form.unit is Unit.BATTLE else len(bundle.rows))
    assert len({each.ledger_id for each in results}) == len(results)
    assert all(each.reason for each in results if isinstance(each, Dropped))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(bundle=battles())
def test_user_and_assistant_take_turns_and_the_user_begins(form: Form, bundle: Bundle):
    for row in _written(form, bundle):
        for name in {"conversation", "conversation_a", "conversation_b"} & row.keys():
            said = row[name]
            pairs = row["turn"] if "turn" in row else row["conv_metadata"]["turns"]
            assert [each["role"] for each in said] == ["user", "assistant"] * pairs


@pytest.mark.parametrize("form", [FORMS["chat-1m"], FORMS["full"]], ids=["chat-1m", "full"])
@given(bundle=battles())
def test_every_message_has_its_own_entry_of_moderation(form: Form, bundle: Bundle):
    released = _released(form, bundle)
    rows = {row.ledger_id: row for row in bundle.rows if isinstance(row, Row)}

    for each, row in zip(released, _written(form, bundle), strict=True):
        verdicts = rows[each.ledger_id].verdicts or (None,) * len(row["conversation"])
        told = [entry["flagged"] for entry in row["openai_moderation"]]
        assert told == [verdict.flagged if verdict else None for verdict in verdicts]
        assert [entry["categories"]["hate"] for entry in row["openai_moderation"]] == told


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_id_is_the_keyed_digest_of_the_forms_name_and_the_ledgers_id(form: Form):
    (released, *_) = _released(form, a_battle_bundle())

    digest = hmac.digest(RELEASE.key, f"{form.name}ca".encode(), "sha256").hex()[:32]
    assert released.released_id == digest
    assert digest == next(iter(released.columns.values()))


def test_no_two_forms_share_a_pseudonym():
    bundle = a_battle_bundle()
    names = {"conversation_id", "question_id", "id", "judge", "evaluation_session_id", "session", "battle"}

    pseudonyms = {
        (form.name, value)
        for form in FORMS.values()
        for each in _released(form, bundle)
        for name, value in each.columns.items()
        if name in names
    }

    assert len({value for _, value in pseudonyms}) == len(pseudonyms) == 10


def test_ids_are_stable_and_people_are_known_within_one_release_only():
    bundle, next_release = a_battle_bundle(), ReleaseKey(RELEASE.key, "2027-01-01")
    people = {"judge", "evaluation_session_id", "session"}

    for form in FORMS.values():
        for now, again, later in zip(
            *(_released(form, bundle, key) for key in (RELEASE, RELEASE, next_release)), strict=True
        ):
            assert now == again
            assert now.released_id == later.released_id
            assert {name for name in now.columns if now.columns[name] != later.columns[name]} == (
                people & now.columns.keys()
            )


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_nothing_of_the_ledgers_own_ids_is_in_a_row(form: Form):
    said = repr([list(each.columns.values()) for each in _released(form, a_battle_bundle())])

    assert [name for name in ("'ca'", "'cb'", "'fight'", "'session'") if name in said] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_direct_conversation_is_no_battle(form: Form):
    released = _released(form, Bundle((a_row(),)))

    assert len(released) == (0 if form.unit is Unit.BATTLE else 1)
