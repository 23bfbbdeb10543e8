"""Nobody's words are in a release who did not allow it, whatever happened and in whatever form."""

import asyncio
import functools
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner, Result

from arena.battle import Outcome
from arena.errors import SetupError
from arena.session import AgeGroup, Scope
from export.cli import command
from export.personal_data.span import Kind
from export.release.all_forms import FORMS
from export.release.forms import Released, ReleaseKey
from export.release.making import make_release
from export.release.progress import Quiet
from export.release.recipe import Failure, Taken, ready, walk
from export.release.shards import RawShards, bundles, shard_file
from export.release.steps import Bundle
from logging_store.exchanges import Exchange, add_exchange
from logging_store.facts import PROGRAM, BattleRecord, ConversationRecord, VoteFact
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.reading import conversation_records
from tests.facts import (
    ALL_SCOPES,
    a_consent,
    a_conversation,
    a_release_choice,
    a_said_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_vote,
    a_voted_battle,
    an_end,
)
from tests.launches import FakeLaunch
from tests.releasing import KEY, MODELS, an_order, manifest_of
from tests.scenarios import VISITS, WITHHELD_COHORT, Agree, Choose, Say, Visit, Visitor, play
from tests.tables import a_copy_of_an_empty_ledger

KEYS = ReleaseKey(KEY, "2026-10-01")
KEEP_ALL = dict.fromkeys((kind.value for kind in Kind), "keep")
"""The words of these tests are ids, which look like much else."""


async def _decide(ledger: Ledger, visitors: list[Visitor]) -> None:
    """Let everybody vote who can."""
    for place in {place for each in visitors if not each.visit.takes_all_back for place in each.talks}:
        conversation = await ledger.conversation(place)
        if conversation is None or conversation.battle_id is None or conversation.side != "a":
            continue
        battle_id, session_id = conversation.battle_id, conversation.session_id

        def decide(_record: BattleRecord, battle_id: str = battle_id, session_id: str = session_id) -> VoteFact:
            return a_vote(battle_id, session_id, outcome=Outcome.TIE)

        await ledger.cast_vote(battle_id, decide)


async def _happen(url: str, visits: list[Visit]) -> list[Visitor]:
    async with open_ledger(url) as ledger:
        visitors = await play(ledger, visits)
        await _decide(ledger, visitors)
        return visitors


def _kept_back(visitors: list[Visitor]) -> list[str]:
    talks = [(each, talk) for each in visitors for talk in each.talks.values()]
    return [word for each, talk in talks if not each.may_be_released(talk) for word in talk.words]


def _let_out(visitors: list[Visitor]) -> int:
    """Count the conversations that may be released and of which something that stands was answered."""
    talks = [talk for each in visitors for talk in each.talks.values() if each.may_be_released(talk)]
    return sum(any(talk.answered.values()) for talk in talks)


async def _bundles(url: str, folder: Path) -> list[Bundle]:
    """Read a ledger as a release does."""
    raw = RawShards(folder, 1, KEY)
    async with (
        open_ledger(url) as ledger,
        aclosing(conversation_records(ledger, frozenset({WITHHELD_COHORT}), everything=True)) as reads,
    ):
        async for read in reads:
            raw.add(read)
    raw.close()
    return list(bundles(shard_file(folder, 0)))


@functools.cache
def _steps() -> Sequence[Taken]:
    """Load what the steps need, once."""
    return ready(an_order("", Path(), format=list(FORMS), policy=KEEP_ALL).ingredients)


def _break_off(failure: Failure) -> None:
    pytest.fail(str(failure))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISITS)
def test_no_form_has_a_row_with_words_that_may_not_be_released(tmp_path: Path, visits: list[Visit]):
    url = a_copy_of_an_empty_ledger(tmp_path)
    visitors = asyncio.run(_happen(url, visits))
    read = asyncio.run(_bundles(url, Path(url.removeprefix("sqlite:///")).parent / "raw"))

    walked = [walk(_steps(), bundle, _break_off) for bundle in read]

    results = {name: [each for bundle in walked for each in form.rows(bundle, KEYS)] for name, form in FORMS.items()}
    rows = {name: [each for each in found if isinstance(each, Released)] for name, found in results.items()}
    assert [word for word in _kept_back(visitors) if word in repr(rows)] == []
    assert len(rows["chat-1m"]) == len(rows["full"]) == _let_out(visitors)
    assert len(results["chat-1m"]) == sum(len(each.talks) for each in visitors)


SEEN = [
    Visit(first, [Say(0), Say(1, in_battle=True), *deeds], cohort, takes_all_back)
    for first in (Agree(release=True), Agree(release=False))
    for deeds in (
        [],
        [Choose(1, allowed=False)],
        [Agree(release=False), Say(0)],
        [Agree(release=False, covers_past=True)],
        [Agree(release=True, covers_past=True), Say(2, in_battle=True)],
        [Agree(release=True, age_group=AgeGroup.MINOR)],
    )
    for cohort in ("", WITHHELD_COHORT)
    for takes_all_back in (False, True)
]
"""One visitor of every kind."""


def test_what_is_written_holds_nothing_that_may_not_be_released(tmp_path: Path):
    url = a_copy_of_an_empty_ledger(tmp_path)
    visitors = asyncio.run(_happen(url, SEEN))

    make_release(
        an_order(url, tmp_path / "out", format=list(FORMS), cohorts=(WITHHELD_COHORT,), policy=KEEP_ALL, canaries=3),
        Quiet(),
    )

    written = {name: _rows(tmp_path / "out" / name) for name in FORMS}
    beside = [path.read_text() for path in (tmp_path / "out").rglob("*.*") if path.suffix in {".md", ".json", ".html"}]
    assert [word for word in _kept_back(visitors) if word in repr(written) + "".join(beside)] == []
    assert len(written["chat-1m"]) == len(written["full"]) == _let_out(visitors)
    assert len(written["arena-battles"]) == len(written["preference-140k"]) > 0
    for name in FORMS:
        counts = manifest_of(tmp_path / "out" / name)["counts"]
        assert counts["read"] == counts["released"] + sum(counts["dropped"].values())
        assert counts["released"] == len(written[name])


def _rows(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted((folder / "data").glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


async def _programs(url: str) -> None:
    """Let two programs ask, one of which may not be released."""
    async with open_ledger(url) as ledger:
        for scopes in (ALL_SCOPES, ALL_SCOPES - {Scope.RELEASE}):
            session = a_session(address_hash=f"{PROGRAM}{len(scopes)}")
            consent = a_consent(session.id, scopes)
            conversation = a_conversation(session.id)
            text = f"[system]\nBe brief {len(scopes)}.\n\n[user]\nHello {len(scopes)}?"
            turn = a_turn(conversation.id, consent.id, text=text)
            end = an_end(turn.id, reasoning=f"Hm {len(scopes)}.")
            ended = {name: getattr(end, name) for name in ("ending", "finished_at", "answer", "reasoning")}
            await add_exchange(ledger, Exchange(session, consent, conversation, replace(turn, **ended)))


def test_what_programs_said_is_released_if_their_keys_allow_it_and_system_prompts_in_full_only(tmp_path: Path):
    url = a_copy_of_an_empty_ledger(tmp_path)
    asyncio.run(_programs(url))

    make_release(an_order(url, tmp_path / "out", format=["chat-1m", "full"]), Quiet())

    (chat,), (full,) = (_rows(tmp_path / "out" / name) for name in ("chat-1m", "full"))
    assert [message["content"] for message in chat["conversation"]] == ["Hello 4?", "Hello!"]
    assert (full["system_prompt"], full["turn_reasoning"], full["is_of_a_program"]) == ("Be brief 4.", ["Hm 4."], True)
    assert "brief" not in repr(chat)


def _export(*arguments: object) -> Result:
    return CliRunner().invoke(command, list(map(str, arguments)), obj=FakeLaunch(MODELS), catch_exceptions=False)


async def _two_visitors(url: str) -> str:
    """Return the deletion code of one of them, who was here in a battle and in a chat."""
    async with open_ledger(url) as ledger:
        staying, leaving = await a_visitor(ledger), await a_visitor(ledger)
        for consent in (staying, leaving):
            await a_said_conversation(ledger, consent)
            await a_voted_battle(ledger, consent)
        return await give_code(ledger, leaving.session_id, 1.0)


async def _forget(url: str, code: str) -> None:
    async with open_ledger(url) as ledger:
        await forget(ledger, code, 7.0)


def test_a_release_is_checked_by_the_ledger_until_somebody_is_forgotten(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    url = f"sqlite:///{data / 'ledger.sqlite3'}"
    code = asyncio.run(_two_visitors(url))
    key = FakeLaunch(MODELS).data_key(data, "release").get_secret_value().encode()
    make_release(
        an_order(url, tmp_path / "old", key=key, format=["chat-1m", "arena-battles"], names="balanced", canaries=3),
        Quiet(),
    )

    whole = _export("check", tmp_path / "old", "--data", data)
    asyncio.run(_forget(url, code))
    after = _export("check", tmp_path / "old", "--data", data)
    alone = _export("check", tmp_path / "old" / "chat-1m")

    assert (whole.exit_code, whole.stdout) == (0, "nothing found (rows: arena-battles 2, chat-1m 6)\n")
    assert after.exit_code == 1
    assert after.stdout.count("may not be released any more: forgotten") == 4
    assert after.stdout.splitlines()[-1] == "findings: 4"
    assert alone.exit_code == 0


def test_two_releases_are_compared(tmp_path: Path):
    url = a_copy_of_an_empty_ledger(tmp_path)
    code = asyncio.run(_two_visitors(url))
    make_release(an_order(url, tmp_path / "old"), Quiet())
    asyncio.run(_forget(url, code))
    make_release(an_order(url, tmp_path / "new"), Quiet())

    said = _export("diff", tmp_path / "old", tmp_path / "new").stdout
    listed = json.loads(_export("diff", tmp_path / "old", tmp_path / "new", "--json").stdout)
    same = _export("diff", tmp_path / "old", tmp_path / "old").stdout

    assert said.startswith("chat-1m: rows removed: 3 (")
    assert "chat-1m: count released: 6 -> 3\n" in said
    assert "chat-1m: count dropped forgotten: none -> 3\n" in said
    assert len(listed[0]["removed"]) == 3
    assert same == "chat-1m: no difference\n"


async def _changes_its_mind(url: str) -> None:
    """Let a visitor take back what was allowed, and another one not want it."""
    async with open_ledger(url) as ledger:
        reads = [each async for each in conversation_records(ledger)]
        first, second, _ = sorted(
            {each.conversation.session_id for each in reads if isinstance(each, ConversationRecord)}
        )
        later = a_consent(first, ALL_SCOPES - {Scope.RELEASE}, accepted_at=99.0)
        await ledger.add_consent(replace(later, consent=later.consent.model_copy(update={"covers_past": True})))
        for each in reads:
            if isinstance(each, ConversationRecord) and each.conversation.session_id == second:
                choice = a_release_choice(each.conversation.id, second)
                await ledger.add_release_choices(second, choice)


async def _three_visitors(url: str) -> None:
    async with open_ledger(url) as ledger:
        for _ in range(3):
            await a_said_conversation(ledger, await a_visitor(ledger))


def test_what_was_taken_back_is_told_to_holders_of_older_releases_whatever_time_a_new_one_is_of(tmp_path: Path):
    url = a_copy_of_an_empty_ledger(tmp_path)
    asyncio.run(_three_visitors(url))
    make_release(an_order(url, tmp_path / "old"), Quiet())
    asyncio.run(_changes_its_mind(url))
    since: dict[str, Any] = {"from": "2026-10-01"}
    make_release(an_order(url, tmp_path / "new", **since), Quiet())

    before = {sha256(row["conversation_id"].encode()).hexdigest() for row in _rows(tmp_path / "old")}
    manifest = manifest_of(tmp_path / "new")

    assert manifest["counts"]["dropped"] == {"consent_withdrawn": 1, "not_in_period": 1, "not_wanted": 1}
    assert len(before & set(manifest["withdrawn"])) == len(manifest["withdrawn"]) == 2


@pytest.mark.parametrize("arguments", [["check"], ["diff", "."]])
def test_what_is_no_release_is_wrong_usage(tmp_path: Path, arguments: list[str]):
    with pytest.raises(SetupError, match="there is no "):
        _export(*arguments, tmp_path)
