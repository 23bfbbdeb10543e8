"""`arena ratings label`, from a ledger to a server that speaks Chat Completions; and the boards that come of it."""

import asyncio
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from arena.battle import Outcome
from arena.errors import ProviderError, SetupError
from arena.session import Scope
from export.ratings.board_ledger import StoredVotes, stored_votes
from export.ratings.categories import Criterion
from export.ratings.cli import command
from export.ratings.labels import following
from export.ratings.live_board import Following, live_board
from export.ratings.watch import BoardKeeper
from logging_store.facts import BattleRecord, ConsentFact, VoteFact
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_fought_battle, a_kept_battle, a_turn, a_visitor, a_vote, an_end
from tests.launches import FakeLaunch
from tests.moderation_api import ModerationApi, a_moderation_api

HARD, POEM, GARBLED, PRIVATE = "Prove it.", "Write a poem.", "Garble your answer.", "PRIVATE prompt"


def an_answer(prompt: str) -> str:
    """What the made model says of a prompt."""
    said: dict[str, Any] = {name.value: prompt == HARD for name in Criterion}
    said |= {"maths": prompt == HARD, "creative_writing": prompt == POEM, "instruction_following": 4}
    return f"Here you are:\n```json\n{json.dumps(said)}\n```"


@pytest.fixture
def api() -> Generator[ModerationApi]:
    def guard(body: dict[str, Any]) -> str:
        prompt = body["messages"][-1]["content"].removeprefix("<prompt>\n").removesuffix("\n</prompt>")
        is_again = "could not be read" in body["messages"][0]["content"]
        if "<answer>" in prompt:
            return json.dumps({"refusal": "<answer>\nHello!" in prompt and HARD in prompt})
        return "It is hard!" if prompt == GARBLED and not is_again else an_answer(prompt)

    with a_moderation_api() as each:
        each.guard = guard
        yield each


async def _battle(ledger: Ledger, consent: ConsentFact, prompt: str) -> None:
    battle = await a_kept_battle(ledger, consent)
    for conversation in (battle.conversation_a, battle.conversation_b):
        turn = a_turn(conversation, consent.id, text=prompt)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id))

    def decide(record: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id, outcome=Outcome.TIE)

    await ledger.cast_vote(battle.id, decide)


async def _fill(data: Path) -> None:
    async with open_ledger(f"sqlite:///{data}/ledger.sqlite3") as ledger:
        consent = await a_visitor(ledger)
        for prompt in (HARD, POEM, GARBLED, HARD):
            await _battle(ledger, consent, prompt)
        await a_fought_battle(ledger, consent)  # nobody voted on it
        await _battle(ledger, await a_visitor(ledger, frozenset({Scope.SERVE, Scope.LOG})), PRIVATE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(_fill(tmp_path))
    return tmp_path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], obj=FakeLaunch())


def _label(api: ModerationApi, *options: object) -> dict[str, Any]:
    result = _run("label", "--endpoint", api.url, "--model", "judge", "--json", *options)
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout.splitlines()[-1])


def test_each_prompt_of_a_voted_battle_is_asked_about_once_and_no_text_leaves_that_may_not(
    api: ModerationApi, data: Path
):
    first, second = (_label(api, "--data", data) for _ in range(2))

    assert (first["asked"], first["labelled"], first["asked_again"], first["unlabelled"]) == (3, 3, 1, {})
    assert second["asked"] == 0
    assert not any(PRIVATE in text for text in api.texts)
    assert {body["temperature"] for body in api.requests} == {0.0}
    assert not any(HARD.encode() in file.read_bytes() for file in data.glob("labels.sqlite3*"))


def test_an_answer_that_is_not_readable_twice_leaves_a_prompt_without_labels_until_it_is_asked_for(
    api: ModerationApi, data: Path
):
    def guard(body: dict[str, Any]) -> str:
        return "No." if GARBLED in str(body) else an_answer("")

    good, api.guard = api.guard, guard
    told = _label(api, "--data", data, "--at-once", 1)
    assert (told["labelled"], told["unlabelled"]) == (2, {"unreadable_answer": 1})
    assert _label(api, "--data", data)["asked"] == 0
    api.guard = good

    assert _label(api, "--data", data, "--retry-unreadable")["labelled"] == 1


def test_a_server_that_breaks_or_is_busy_is_asked_again_and_what_was_labelled_stays(api: ModerationApi, data: Path):
    api.errs("chat", "500", "429", "cut")

    assert _label(api, "--data", data, "--at-once", 1)["labelled"] == 3


@pytest.mark.parametrize(("fault", "error"), [("401", SetupError), ("404", SetupError)])
def test_a_server_that_refuses_everything_ends_the_run(
    fault: str, error: type[Exception], api: ModerationApi, data: Path
):
    api.errs("chat", *[fault] * 8)

    assert isinstance(_run("label", "--endpoint", api.url, "--model", "judge", "--data", data).exception, error)


def test_a_model_that_never_answers_as_agreed_leaves_nothing_behind(api: ModerationApi, tmp_path: Path):
    api.guard = lambda _: "Certainly!"
    rows = [
        {"model_a": "a", "model_b": "b", "winner": "tie", "conversation_a": [{"role": "user", "content": str(number)}]}
        for number in range(40)
    ]
    (tmp_path / "votes.jsonl").write_text("\n".join(map(json.dumps, rows)))
    options = ("--battles", tmp_path / "votes.jsonl", "--data", tmp_path)
    result = _run("label", "--endpoint", api.url, "--model", "judge", *options)

    assert isinstance(result.exception, ProviderError)


def test_labels_become_categories_of_the_same_ledger(api: ModerationApi, data: Path):
    _label(api, "--data", data)
    names = ("hard_prompt", "maths", "creative_writing", "instruction_following")
    wishes = [each for name in names for each in ("--category", name)]
    result = _run("--data", data, "--out", data / "board", *wishes)
    board = json.loads((data / "board" / "leaderboard.json").read_text())

    assert result.exit_code == 0, result.exception
    assert board["input"]["votes"] == 5
    assert {name: each["input"]["votes"] for name, each in board["categories"].items()} == dict(
        zip(names, (2, 2, 1, 4), strict=True)
    )
    assert board["categories"]["maths"]["settings"]["filters"] == ["category=maths (labels of judge, question 1)"]


def test_without_labels_such_a_category_is_refused_and_maths_goes_by_rules(api: ModerationApi, data: Path):
    assert "arena ratings label" in str(_run("--data", data, "--category", "hard_prompt").exception)
    api.guard = lambda _: "Certainly!"
    assert _label(api, "--data", data)["labelled"] == 0

    assert "holds no labels" in str(_run("--data", data, "--category", "hard_prompt").exception)
    assert "maths (rules " in _run("--data", data, "--category", "maths").output


def test_the_live_board_starts_beside_a_file_without_labels(api: ModerationApi, data: Path):
    api.guard = lambda _: "Certainly!"
    _label(api, "--data", data)
    settings = FakeLaunch().read_config(None)

    with live_board(settings, data, Following(lambda: settings, data / "arena.toml", settings)) as keeper:
        assert asyncio.run(_looks(keeper, data))


async def _looks(keeper: BoardKeeper, data: Path) -> bool:
    async with stored_votes(f"sqlite:///{data}/ledger.sqlite3") as ledger:
        return await keeper.look(ledger)


def test_labels_say_whether_answers_refuse_each_asked_about_once(api: ModerationApi, data: Path):
    first, second = (_label(api, "--data", data, "--refusals") for _ in range(2))
    result = _run("--data", data, "--out", data / "board", "--category", "no_refusal")
    board = json.loads((data / "board" / "leaderboard.json").read_text())["categories"]["no_refusal"]

    assert result.exit_code == 0, result.exception
    assert (first["labelled"], second["asked"]) == (6, 0)  # three prompts, and what each was answered
    assert board["input"]["votes"] == 3
    assert board["settings"]["filters"] == ["category=no_refusal (labels of judge, question 1, else rules 3)"]
    assert not any(PRIVATE in text for text in api.texts)


def test_a_running_live_board_takes_up_labels(api: ModerationApi, data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.0)
    settings = FakeLaunch().read_config(None)
    wanted = settings.export.model_copy(update={"board_categories": ("hard_prompt", "no_refusal")})
    settings = settings.model_copy(update={"export": wanted})

    with live_board(settings, data, Following(lambda: settings, data / "arena.toml", settings)) as keeper:
        found = [asyncio.run(_votes(keeper, data))]
        _label(api, "--data", data)
        found.append(asyncio.run(_votes(keeper, data)))
        _label(api, "--data", data, "--refusals")
        found.append(asyncio.run(_votes(keeper, data)))

    assert found == [{"no_refusal": 5}, {"hard_prompt": 2, "no_refusal": 5}, {"hard_prompt": 2, "no_refusal": 3}]


async def _votes(keeper: BoardKeeper, data: Path) -> dict[str, int]:
    """Look until there is nothing new, and return the votes of the stored board's categories."""
    async with open_ledger(f"sqlite:///{data}/ledger.sqlite3") as ledger:
        while await keeper.look(StoredVotes(ledger)) or keeper.is_behind:
            pass
        board = await ledger.leaderboard()
    return {name: each.votes for name, each in board.categories.items()} if board else {}


def test_another_models_labels_can_be_asked_for(api: ModerationApi, data: Path):
    _label(api, "--data", data)
    result = _run("--data", data, "--category", "hard_prompt", "--label-model", "other")

    assert "holds no labels of other" in str(result.exception)
