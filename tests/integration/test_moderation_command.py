"""`arena export moderate`, from a ledger to a server that speaks the moderations API."""

import asyncio
import json
import sqlite3
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from arena.errors import ArenaError, ProviderError, SetupError
from arena.model import ModelEntry, WorkerKind
from arena.session import Scope
from export.moderation.cli import moderate_command
from export.moderation.store import FILE_NAME, VerdictStore, choose, text_key
from export.moderation.verdict import Verdict
from logging_store.config import FILE_NAME as LEDGER
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_consent, a_fought_battle, a_said_conversation, a_session, a_turn, a_visitor, an_end
from tests.launches import ECHO, FakeLaunch
from tests.moderation_api import ModerationApi, a_moderation_api, a_result, the_verdict

NO_RELEASE = frozenset({Scope.SERVE, Scope.LOG})
MODELS = (
    ECHO,
    ModelEntry(name="withheld", worker=WorkerKind.DEMO, release=False),
    ModelEntry(name="hidden", worker=WorkerKind.DEMO, secret=True),
)
SAID = {"one", "1", "two", "2\ufffd", "again", "better", "Hello?", "Hello!"}


class KeyLaunch(FakeLaunch):
    """Knows one vendor's key."""

    def api_key(self, variable: str) -> SecretStr:
        return SecretStr(f"the key in {variable}")


app = typer.Typer()
app.command("moderate")(moderate_command)


@pytest.fixture
def api() -> Generator[ModerationApi]:
    with a_moderation_api() as each:
        yield each


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(_filled(tmp_path))
    return tmp_path


async def _filled(data: Path) -> None:
    async with open_ledger(_url(data)) as ledger:
        await _fill(ledger)


async def _fill(ledger: Ledger) -> None:
    """Some who allow a release, and everybody who does not: of these, no word may leave the machine."""
    consent = await a_visitor(ledger)
    await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2\x00"))
    await a_said_conversation(ledger, consent, ("one", "1"))
    regenerated = await a_said_conversation(ledger, consent, ("again", "PRIVATE superseded"))
    [first] = await ledger.turns_of(regenerated.id)
    again = a_turn(regenerated.id, consent.id, text="again", supersedes=first.id)
    await ledger.open_turns(again)
    await ledger.finish_turn(an_end(again.id, answer="better"))
    await a_fought_battle(ledger, consent)
    await a_said_conversation(ledger, consent, ("PRIVATE withheld", "PRIVATE a"), model="withheld")
    await a_said_conversation(ledger, consent, ("PRIVATE hidden", "PRIVATE b"), model="hidden")
    await a_said_conversation(ledger, await a_visitor(ledger, NO_RELEASE), ("PRIVATE log only", "PRIVATE c"))
    gone = await a_visitor(ledger)
    await a_said_conversation(ledger, gone, ("PRIVATE forgotten", "PRIVATE d"))
    await forget(ledger, await give_code(ledger, gone.session_id, 1.0), 7.0)
    session = a_session(cohort="school")
    await ledger.add_session(session)
    await ledger.add_consent(at_school := a_consent(session.id))
    await a_said_conversation(ledger, at_school, ("PRIVATE school", "PRIVATE e"))
    changed = await a_visitor(ledger)
    await a_said_conversation(ledger, changed, ("PRIVATE changed", "PRIVATE f"))
    later = a_consent(changed.session_id, NO_RELEASE, accepted_at=99.0)
    await ledger.add_consent(replace(later, consent=later.consent.model_copy(update={"covers_past": True})))


def _url(data: Path) -> str:
    return f"sqlite:///{data / LEDGER}"


def _moderate(data: Path, api: ModerationApi | None, *options: str) -> Result:
    server = ("--base-url", api.url) if api else ()
    return CliRunner().invoke(
        app,
        ["--data", str(data), *server, "--poll-seconds", "0.01", *options],
        obj=KeyLaunch(MODELS),
        env={"ARENA_EXPORT_WITHHELD_COHORTS": "school"},
    )


def _told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def _verdicts(data: Path, *texts: str) -> list[Verdict | None]:
    choice = choose(data / FILE_NAME)
    assert choice is not None
    with VerdictStore(choice) as store:
        return store.find(texts)


@pytest.mark.parametrize("how", [(), ("--batch",)])
def test_every_message_that_a_release_would_hold_is_asked_about_once_and_no_other(
    data: Path, api: ModerationApi, how: tuple[str, ...]
):
    result = _moderate(data, api, *how)

    assert result.exit_code == 0, result.output
    assert set(api.texts) == SAID
    assert set(api.texts.values()) == {1}
    assert _verdicts(data, *sorted(SAID)) == [the_verdict(text) for text in sorted(SAID)]


@pytest.mark.parametrize("how", [(), ("--batch",)])
def test_nothing_is_asked_when_nothing_is_missing(data: Path, api: ModerationApi, how: tuple[str, ...]):
    _moderate(data, api, *how)
    asked, sent = len(api.requests), len(api.batches)

    told = _told(_moderate(data, api, "--json", *how))

    assert (len(api.requests), len(api.batches)) == (asked, sent)
    assert (told["asked"], told["messages"]) == (0, 12)


def test_a_dry_run_sends_nothing(data: Path, api: ModerationApi):
    told = _told(_moderate(data, api, "--dry-run", "--json"))

    assert told["missing"] == len(SAID)
    assert told["characters"] == sum(map(len, SAID))
    assert not api.authorizations


def test_only_what_finished_in_the_period_is_asked_about(data: Path, api: ModerationApi):
    assert _told(_moderate(data, api, "--json", "--to", "1970-01-01T00:00:05Z"))["asked"] == 0
    assert _told(_moderate(data, api, "--json", "--from", "1970-01-01", "--to", "1971-01-01"))["asked"] == len(SAID)


@pytest.mark.parametrize("how", [(), ("--batch",)])
def test_what_the_model_does_not_take_is_known_and_not_asked_again(
    data: Path, api: ModerationApi, how: tuple[str, ...]
):
    api.forbidden = frozenset({"two", "better"})

    told = _told(_moderate(data, api, "--json", *how))
    assert told["unmoderated"] == {"input_too_long": 2}
    assert _verdicts(data, "one", "two", "better") == [the_verdict("one"), None, None]
    assert _told(_moderate(data, api, "--json", *how))["asked"] == 0

    api.forbidden = frozenset()
    assert _told(_moderate(data, api, "--json", "--retry-refused", *how))["moderated"] == 2
    assert _verdicts(data, "two") == [the_verdict("two")]


@pytest.mark.parametrize("how", [(), ("--batch",)])
def test_an_api_that_takes_nothing_leaves_no_trace(tmp_path: Path, api: ModerationApi, how: tuple[str, ...]):
    texts = [(f"text {number}", f"answer {number}") for number in range(20)]

    async def fill() -> None:
        async with open_ledger(_url(tmp_path)) as ledger:
            await a_said_conversation(ledger, await a_visitor(ledger), *texts)

    asyncio.run(fill())
    api.forbidden = frozenset(text for pair in texts for text in pair)

    result = _moderate(tmp_path, api, *how)

    assert isinstance(result.exception, ProviderError)
    assert "takes no text at all (input_too_long)" in str(result.exception)
    with sqlite3.connect(tmp_path / FILE_NAME) as file:
        assert file.execute("SELECT count(*) FROM unmoderated").fetchone() == (0,)
        assert file.execute("SELECT count(*) FROM batches").fetchone() == (0,)


def test_neither_the_key_nor_a_word_of_anybody_is_shown(data: Path, api: ModerationApi):
    api.key = "another key"

    result = _moderate(data, api, "--api-key-env", "MY_KEY")

    assert api.authorizations == {"Bearer the key in MY_KEY"}
    assert isinstance(result.exception, SetupError)
    assert "does not accept the key" in str(result.exception)
    for shown in (result.output, str(result.exception), repr(result.exception.__context__)):
        assert "MY_KEY" not in shown
        assert not [text for text in SAID if len(text) > 3 and text in shown]


def test_openais_key_goes_to_no_other_server(data: Path, api: ModerationApi):
    _moderate(data, api)

    assert api.authorizations == {"Bearer none"}


def test_a_name_under_which_two_models_answered_is_pointed_out(data: Path, api: ModerationApi):
    _moderate(data, api, "--to", "1970-01-01T00:00:06Z")
    api.model = "omni-moderation-2027-01-01"

    async def more() -> None:
        async with open_ledger(_url(data)) as ledger:
            await a_said_conversation(ledger, await a_visitor(ledger), ("something new", "indeed"))

    asyncio.run(more())
    result = _moderate(data, api)

    assert "omni-moderation-2024-09-26, omni-moderation-2027-01-01" in result.stdout
    assert _verdicts(data, "one", "something new") == [the_verdict("one"), None]


@pytest.mark.parametrize("how", [(), ("--batch",)])
def test_a_run_goes_on_where_it_broke_off(data: Path, api: ModerationApi, how: tuple[str, ...]):
    api.errs("moderations", "401").errs("batches", "401")
    assert isinstance(_moderate(data, api, *how).exception, SetupError)

    assert _moderate(data, api, *how).exit_code == 0
    assert _verdicts(data, *sorted(SAID)) == [the_verdict(text) for text in sorted(SAID)]


def test_verdicts_are_imported_by_text_or_digest(data: Path, api: ModerationApi, tmp_path: Path):
    rows = [
        {"text": "one", "model": "omni-moderation-2024-09-26", "result": a_result("one")},
        {"sha256": text_key("1").hex(), "model": "omni-moderation-2024-09-26", "result": a_result("1")},
        {"sha256": "12", "model": "m", "result": a_result("1")},
        {"text": "PRIVATE", "model": "m", "result": {"flagged": True}},
        {"text": "PRIVATE", "result": a_result("1")},
        {"text": "PRIVATE", "sha256": "0" * 64, "model": "m", "result": a_result("1")},
    ]
    file = tmp_path / "verdicts.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + '\n{"text": "PRIVATE tor')

    result = _moderate(data, None, "--import", str(file))

    assert isinstance(result.exception, ArenaError)
    assert "2 verdicts taken" in result.stdout
    assert "row 3 has neither `text` nor a `sha256` of 64 digits" in result.stderr
    assert "row 7 is no JSON object" in result.stderr
    assert "PRIVATE" not in result.output
    assert _verdicts(data, "one", "1") == [the_verdict("one"), the_verdict("1")]
    _moderate(data, api, "--model", "omni-moderation-2024-09-26")
    assert set(api.texts) == SAID - {"one", "1"}


def test_verdicts_are_imported_from_parquet(data: Path, tmp_path: Path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "verdicts.parquet"
    rows = [{"text": text, "model": "omni-moderation-2024-09-26", "result": a_result(text)} for text in ("one", "two")]
    pq.write_table(pa.Table.from_pylist(rows), file)

    assert _told(_moderate(data, None, "--import", str(file), "--json")) == {"taken": 2, "broken": 0}
    assert _verdicts(data, "one", "two") == [the_verdict("one"), the_verdict("two")]


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.parquet", "broken.parquet"])
def test_a_file_that_cannot_be_imported_is_named(data: Path, tmp_path: Path, name: str):
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")

    result = _moderate(data, None, "--import", str(tmp_path / name))

    assert isinstance(result.exception, SetupError)
    assert name in str(result.exception)
