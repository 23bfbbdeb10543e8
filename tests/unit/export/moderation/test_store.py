import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.errors import SetupError
from export.moderation.store import Choice, VerdictStore, choose, text_key, verdict_counts
from export.moderation.verdict import Verdict
from export.moderation.writing import VerdictWriter, writing
from tests.moderation_api import the_verdict
from tests.unit.export.moderation.test_verdict import verdicts

LATEST = "omni-moderation-latest"


def _fill(path: Path, *said: tuple[str, Verdict], asked: str = LATEST) -> None:
    with writing(path) as connection:
        VerdictWriter(connection, asked).add([(text_key(text), verdict) for text, verdict in said])


def _found(path: Path, *texts: str, model: str | None = None) -> list[Verdict | None]:
    choice = choose(path, model)
    assert choice is not None
    with VerdictStore(choice) as store:
        return store.find(texts)


@settings(max_examples=30)
@given(st.dictionaries(st.text(), verdicts(), min_size=1))
def test_a_verdict_comes_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, said: dict[str, Verdict]):
    path = tmp_path_factory.mktemp("verdicts") / "moderation.sqlite3"
    storable = {text: verdict for text, verdict in said.items() if text_key(text)}
    _fill(path, *storable.items())

    assert _found(path, *said, "what nobody said before") == [*_by_key(said), None]


def _by_key(said: dict[str, Verdict]) -> list[Verdict]:
    """Two texts may be stored as one: then the first verdict stands."""
    first: dict[bytes, Verdict] = {}
    for text, verdict in sorted(said.items(), key=lambda each: text_key(each[0])):
        first.setdefault(text_key(text), verdict)
    return [first[text_key(text)] for text in said]


def test_no_text_is_in_the_file_and_nobody_else_may_read_it(tmp_path: Path):
    path = tmp_path / "data" / "moderation.sqlite3"
    _fill(path, ("a very private sentence", the_verdict("a very private sentence")))

    assert b"very private" not in b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_verdict_that_is_there_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, ("hello", the_verdict("hello")))
    _fill(path, ("hello", the_verdict("something else")))

    assert _found(path, "hello") == [the_verdict("hello")]


def test_a_release_takes_the_verdicts_of_the_model_that_gave_most(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, *((text, the_verdict(text, "old")) for text in "ab"))
    _fill(path, *((text, the_verdict(text, "new")) for text in "bcd"))

    assert verdict_counts(path) == {"new": 3, "old": 2}
    assert _found(path, "a", "b") == [None, the_verdict("b", "new")]
    assert _found(path, "a", "b", model="old") == [the_verdict("a", "old"), the_verdict("b", "old")]


def test_a_model_without_verdicts_cannot_be_chosen(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, ("a", the_verdict("a", "old")))

    with pytest.raises(SetupError, match="holds no verdicts of new"):
        choose(path, "new")


def test_a_file_without_verdicts_gives_nothing_to_choose(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path)

    assert choose(path) is None


def test_who_chose_before_does_not_see_what_comes_later(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, ("early", the_verdict("early")))
    choice = choose(path)
    assert choice is not None
    with VerdictStore(choice) as open_all_the_time:
        _fill(path, ("late", the_verdict("late")))

        assert open_all_the_time.find(["early", "late"]) == [the_verdict("early"), None]
        with VerdictStore(choice) as opened_later:
            assert opened_later.find(["early", "late"]) == [the_verdict("early"), None]


def test_the_file_is_read_while_it_is_written(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    with writing(path) as connection:
        writer = VerdictWriter(connection, LATEST)
        writer.add([(text_key("one"), the_verdict("one"))])

        assert _found(path, "one") == [the_verdict("one")]


def test_there_is_one_writer(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    with (
        writing(path),
        pytest.raises(SetupError, match="another `arena export moderate` is writing"),
        writing(path),
    ):
        pass


def test_readers_cannot_write(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, ("a", the_verdict("a")))
    choice = Choice(path, "omni-moderation-2024-09-26", 10)

    with VerdictStore(choice) as store, pytest.raises(sqlite3.OperationalError):
        store._connection.execute("DELETE FROM verdicts")  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 10])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "m.sqlite3"
    path.write_bytes(content)

    with pytest.raises(SetupError, match="file of verdicts"):
        choose(path)


def test_a_file_that_is_not_there_is_not_made_by_reading(tmp_path: Path):
    with pytest.raises(SetupError, match="arena export moderate"):
        choose(tmp_path / "m.sqlite3")
    assert not any(tmp_path.iterdir())


def test_what_is_known_of_whoever_answered_to_a_name_is_not_missing_under_it(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    _fill(path, ("a", the_verdict("a", "dated-1")))
    _fill(path, ("b", the_verdict("b", "dated-2")))
    _fill(path, ("c", the_verdict("c", "stranger")), asked="stranger")
    with writing(path) as connection:
        writer = VerdictWriter(connection, LATEST)
        writer.add([], [(text_key("d"), "input_too_long")])
        keys = {text_key(text): text for text in "abcde"}

        assert {keys[each] for each in writer.missing(keys)} == {"c", "e"}
        assert {keys[each] for each in writer.missing(keys, retry=True)} == {"c", "d", "e"}
        assert writer.answering() == ["dated-1", "dated-2"]


def test_what_was_refused_once_may_get_its_verdict_later(tmp_path: Path):
    path = tmp_path / "m.sqlite3"
    with writing(path) as connection:
        writer = VerdictWriter(connection, LATEST)
        writer.add([], [(text_key("a"), "input_too_long")])
        writer.add([(text_key("a"), the_verdict("a"))])

        assert connection.execute("SELECT count(*) FROM unmoderated").fetchone() == (0,)
    assert _found(path, "a") == [the_verdict("a")]
