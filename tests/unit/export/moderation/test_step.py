from pathlib import Path

import pytest

from export.canaries.planting import PREFIX
from export.moderation.label_store import LabelStore, LabelWriter, choose_guard, exchange_key, exchanges
from export.moderation.step import NotModerated, labelled, moderated, refuse_gaps
from export.moderation.store import VerdictStore, choose, text_key
from export.moderation.verdict import GuardLabels
from export.moderation.writing import VerdictWriter, writing
from export.release.steps import Dropped, Row, Step
from tests.moderation_api import SNAPSHOT, the_verdict
from tests.unit.export.release.rows import a_row

SAID = ("hello", "hi", "how are you", "fine")


def _joined(
    path: Path,
    row: Row,
    *known: str,
    refused: tuple[str, ...] = (),
    require: bool = False,
    keep_minors: bool = False,
) -> Row | Dropped:
    with writing(path) as connection:
        writer = VerdictWriter(connection, "omni-moderation-latest")
        verdicts = [(text_key(text), the_verdict(text)) for text in ("something else", *known)]
        writer.add(verdicts, [(text_key(text), "input_too_long") for text in refused])
    choice = choose(path)
    assert choice is not None
    with VerdictStore(choice) as store:
        return moderated(store, require=require, keep_minors=keep_minors)(row)


def _dropped(result: Row | Dropped) -> str:
    assert isinstance(result, Dropped)
    return result.reason


def test_verdicts_come_in_the_order_of_the_messages(tmp_path: Path):
    row = _joined(tmp_path / "m", a_row(texts=SAID), *SAID)

    assert isinstance(row, Row)
    assert row.verdicts == tuple(map(the_verdict, SAID))
    assert row.texts == SAID


def test_a_message_that_nothing_moderated_has_none(tmp_path: Path):
    row = _joined(tmp_path / "m", a_row(texts=SAID), "hello", "fine")

    assert isinstance(row, Row)
    assert [verdict is None for verdict in row.verdicts] == [False, True, True, False]


def test_without_a_store_nothing_was_moderated():
    joined = moderated(None, require=False, keep_minors=False)(a_row(texts=SAID))

    assert isinstance(joined, Row)
    assert joined.verdicts == (None,) * 4


def test_conversations_about_minors_are_dropped_unless_they_are_kept(tmp_path: Path):
    row = a_row(texts=("hello", "<sexual/minors>"))

    assert _dropped(_joined(tmp_path / "m", row, *row.texts)) == "sexual_minors"
    assert isinstance(_joined(tmp_path / "m", row, *row.texts, keep_minors=True), Row)


def test_a_gap_is_refused_where_moderation_is_required(tmp_path: Path):
    row = a_row(texts=SAID)

    assert _dropped(_joined(tmp_path / "m", row, "hello", require=True)) == "not_moderated"
    assert _dropped(_joined(tmp_path / "m", row, *SAID[:3], refused=SAID[3:], require=True)) == "moderation_refused"
    assert _dropped(moderated(None, require=True, keep_minors=False)(row)) == "not_moderated"
    assert isinstance(_joined(tmp_path / "m", row, *SAID, require=True), Row)


def test_planted_identities_need_no_verdict():
    planted = a_row(ledger_id=f"{PREFIX}1", texts=SAID)

    assert isinstance(moderated(None, require=True, keep_minors=False)(planted), Row)


def test_a_release_with_gaps_names_the_command_that_closes_them(tmp_path: Path):
    with writing(tmp_path / "m") as connection:
        VerdictWriter(connection, "latest").add([(text_key("a"), the_verdict("a"))])

    with pytest.raises(NotModerated, match=f"3 conversations .* `arena export moderate --model {SNAPSHOT}`"):
        refuse_gaps(choose(tmp_path / "m"), {"not_moderated": 3, "sexual_minors": 1})
    refuse_gaps(None, {"sexual_minors": 1})


def _labels(path: Path, model: str | None = None) -> Step:
    choice = choose_guard(path, model)
    assert choice is not None
    return labelled(LabelStore(choice))


def test_a_guards_labels_come_in_the_order_of_the_messages_and_none_where_it_said_nothing(tmp_path: Path):
    keys = [exchange_key(each) for each in exchanges(SAID)]
    with writing(tmp_path / "m") as connection:
        writer = LabelWriter(connection, "llama-guard", "guard-8b", "3")
        writer.add([(keys[0], ("safe",)), (keys[3], ("unsafe", "S1")), (keys[1], None)])
        assert writer.missing(keys) == {keys[2]}

    row = _labels(tmp_path / "m")(a_row(texts=SAID))

    assert isinstance(row, Row)
    said = [None if each is None else each.labels for each in row.guard_labels]
    assert said == [("safe",), None, None, ("unsafe", "S1")]
    assert row.guard_labels[0] == GuardLabels("llama-guard", "guard-8b", "3", ("safe",))


def test_the_same_answer_to_another_question_is_judged_anew():
    one, other = exchanges(("How?", "Like this.")), exchanges(("Really?", "Like this."))

    assert exchange_key(one[1]) != exchange_key(other[1])
    assert exchange_key(one[0]) != exchange_key(one[1])


def test_one_guard_is_chosen(tmp_path: Path):
    with writing(tmp_path / "m") as connection:
        LabelWriter(connection, "llama-guard", "a", "").add([(b"1", ("safe",)), (b"2", None), (b"3", None)])
        LabelWriter(connection, "qwen3guard", "b", "").add([(b"1", ("safe",)), (b"2", ("safe",))])

    most, named = choose_guard(tmp_path / "m"), choose_guard(tmp_path / "m", "a")
    assert most is not None
    assert named is not None
    assert (most.engine, named.engine) == ("qwen3guard", "llama-guard")
