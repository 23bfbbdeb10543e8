"""What moderation said, from `arena export moderate` into the rows of a release."""

import asyncio
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from arena.session import Scope
from export.moderation.cli import moderate_command
from export.moderation.step import NotModerated
from export.moderation.store import FILE_NAME
from export.moderation.verdict import combined, moderation_leaves
from logging_store.config import FILE_NAME as LEDGER
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_fought_battle, a_said_conversation, a_visitor, a_voted_battle
from tests.launches import FakeLaunch
from tests.moderation_api import SNAPSHOT, ModerationApi, a_moderation_api, a_result, the_verdict
from tests.releasing import MODELS, manifest_of, release

app = typer.Typer()
app.command("moderate")(moderate_command)


@pytest.fixture(scope="module")
def served() -> Generator[ModerationApi]:
    with a_moderation_api() as each:
        yield each


@pytest.fixture
def api(served: ModerationApi) -> ModerationApi:
    served.texts.clear()
    served.requests.clear()
    served.forbidden = frozenset()
    served.guard = lambda _: "safe"
    return served


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(_filled(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def made(served: ModerationApi, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of what was moderated, for those who only look at it."""
    data = tmp_path_factory.mktemp("made")
    asyncio.run(_filled(data))
    _moderate(data, served)
    _release(data)
    return data


async def _filled(data: Path) -> None:
    async with open_ledger(_url(data)) as ledger:
        consent = await a_visitor(ledger)
        await a_said_conversation(ledger, consent, ("my mail is ann@somewhere.de", "noted"), ("hm", "<illicit>"))
        await a_said_conversation(ledger, consent, ("a story", "<sexual/minors>"))
        await a_voted_battle(ledger, consent)


def _url(data: Path) -> str:
    return f"sqlite:///{data / LEDGER}"


def _moderate(data: Path, api: ModerationApi, *options: str) -> None:
    guarding = "--guard" in options
    where = ("--guard-url" if guarding else "--base-url", api.url)
    result = CliRunner().invoke(app, ["--data", str(data), *where, *options], obj=FakeLaunch(MODELS))
    assert result.exit_code == 0, (result.output, result.exception)


def _release(data: Path, **given: Any) -> list[dict[str, Any]]:
    options: dict[str, Any] = {"data": data, "pii": "redact", **given}
    release(_url(data), data / "out", None, **options)
    return _rows(data)


def _rows(data: Path) -> list[dict[str, Any]]:
    rows = [row for file in sorted((data / "out").glob("data/*.parquet")) for row in pq.read_table(file).to_pylist()]
    return sorted(rows, key=lambda row: row["turn"])


def _side(data: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(data / "out" / "side" / name).to_pylist()


def test_each_message_has_what_was_said_of_its_own_words_before_they_were_redacted(made: Path):
    *_, longest = _rows(made)

    said = ("my mail is ann@somewhere.de", "noted", "hm", "<illicit>")
    assert longest["openai_moderation"] == [moderation_leaves(the_verdict(text)) for text in said]
    assert "ann@" not in longest["conversation"][0]["content"]


def test_the_manifest_says_whose_verdicts_these_are(made: Path):
    moderation = manifest_of(made / "out")["moderation"]
    assert (moderation["messages"], moderation["moderated"]) == (8, 8)
    assert moderation["models"] == {SNAPSHOT: 8}
    assert "reason" not in moderation


def test_conversations_about_minors_are_left_out_and_counted(made: Path):
    assert manifest_of(made / "out")["counts"]["dropped"] == {"sexual_minors": 1}
    assert "<sexual/minors>" not in json.dumps(_rows(made))


def test_they_are_kept_if_the_operator_says_so(data: Path, api: ModerationApi):
    _moderate(data, api)

    assert "<sexual/minors>" in json.dumps(_release(data, keep_sexual_minors=True))


def test_without_moderation_all_leaves_are_null(data: Path):
    rows = _release(data)

    assert {json.dumps(each) for row in rows for each in row["openai_moderation"]} == {
        json.dumps(moderation_leaves(None))
    }
    assert manifest_of(data / "out")["moderation"]["reason"] == "not run"


def test_a_release_that_requires_moderation_refuses_gaps(data: Path, api: ModerationApi):
    with pytest.raises(NotModerated, match="4 conversations or battles hold messages without a verdict"):
        _release(data, require_moderation=True)
    assert not list((data / "out").glob("data/*"))


def test_what_the_model_did_not_take_is_no_gap(data: Path, api: ModerationApi):
    api.forbidden = frozenset({"hm"})
    _moderate(data, api)

    _release(data, require_moderation=True, canaries=3, pii="drop")

    dropped = manifest_of(data / "out")["counts"]["dropped"]
    assert dropped == {"moderation_refused": 1, "sexual_minors": 1}


def test_a_battle_has_one_verdict_and_its_tags(data: Path, api: ModerationApi):
    _moderate(data, api)
    [row] = _release(data, format="arena-battles")
    said = {each["content"] for side in "ab" for each in row[f"conversation_{side}"]}
    assert row["openai_moderation"] == moderation_leaves(combined(map(the_verdict, sorted(said))))
    assert row["toxic_chat_tag"] is None

    tag = {"roberta-large": {"flagged": False, "probability": 0.01}, "t5-large": None}
    (data / "tags.jsonl").write_text(json.dumps({"question_id": row["question_id"], **tag}) + "\n")
    _again(data)
    [row] = _release(data, format="arena-battles", toxicity=data / "tags.jsonl")
    assert row["toxic_chat_tag"] == tag


def _again(data: Path) -> None:
    (data / "out").rename(data / "before")


def test_the_two_new_categories_are_beside_the_columns(made: Path):
    extra = _side(made, "moderation_extra.parquet")
    assert len(extra) == 8
    [illicit] = [each for each in extra if each["categories"]["illicit"]]
    assert (illicit["message"], illicit["model"]) == (3, SNAPSHOT)
    assert illicit["category_scores"]["illicit"] == a_result("<illicit>")["category_scores"]["illicit"]


def test_a_guards_labels_are_beside_the_columns_and_no_scores(data: Path, api: ModerationApi):
    api.guard = lambda body: "unsafe\nS4" if "minors" in body["messages"][-1]["content"] else "safe"
    _moderate(data, api, "--guard", "Llama-Guard-3-8B", "--guard-version", "2024-07")

    rows = _release(data)

    labels = _side(data, "moderation_local.parquet")
    assert {(each["engine"], each["model"], each["version"]) for each in labels} == {
        ("llama-guard", "Llama-Guard-3-8B", "2024-07")
    }
    assert sorted(tuple(each["labels"]) for each in labels) == [("safe",)] * 9 + [("unsafe", "S4")]
    assert {each["flagged"] for row in rows for each in row["openai_moderation"]} == {None}


def test_a_guard_is_shown_a_message_or_an_answer_with_its_question_once(data: Path, api: ModerationApi):
    _moderate(data, api, "--guard", "Llama-Guard-3-8B")
    asked = [[message["role"] for message in each["messages"]] for each in api.requests]
    assert sorted(asked) == [["user"]] * 4 + [["user", "assistant"]] * 4

    _moderate(data, api, "--guard", "Llama-Guard-3-8B")
    assert len(api.requests) == 8
    _moderate(data, api, "--guard", "shieldgemma-2b")
    assert len(api.requests) == 8 + 4 * 8


def test_a_guard_that_was_never_understood_is_asked_again(data: Path, api: ModerationApi):
    api.guard = lambda _: "I am another model"
    _moderate(data, api, "--guard", "Llama-Guard-3-8B")
    api.guard = lambda body: "safe" if len(body["messages"]) > 1 else "What?"
    _moderate(data, api, "--guard", "Llama-Guard-3-8B")
    asked = len(api.requests)

    _moderate(data, api, "--guard", "Llama-Guard-3-8B")
    assert len(api.requests) == asked == 16

    api.guard = lambda _: "safe"
    _moderate(data, api, "--guard", "Llama-Guard-3-8B", "--retry-refused")
    assert len(api.requests) == asked + 4


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_no_word_leaves_that_a_release_would_not_hold(
    tmp_path_factory: pytest.TempPathFactory, api: ModerationApi, visitors: list[tuple[bool, bool]]
):
    data = tmp_path_factory.mktemp("data")
    api.texts.clear()

    async def fill() -> set[str]:
        allowed: set[str] = set()
        async with open_ledger(_url(data)) as ledger:
            for number, (allows, battles) in enumerate(visitors):
                text = f"said by {number}"
                await _says(ledger, text, allows=allows, battles=battles)
                allowed |= {text} if allows else set()
        return allowed

    allowed = asyncio.run(fill())
    _moderate(data, api)

    assert {text for text in api.texts if text.startswith("said")} == allowed
    assert (data / FILE_NAME).exists()


async def _says(ledger: Ledger, text: str, *, allows: bool, battles: bool) -> None:
    scopes = frozenset(Scope) if allows else frozenset({Scope.SERVE, Scope.LOG})
    consent = await a_visitor(ledger, scopes)
    if battles:
        await a_fought_battle(ledger, consent)
    await a_said_conversation(ledger, consent, (text, text))
