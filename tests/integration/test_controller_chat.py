"""The ordinary way: visitors talk, workers answer, the ledger remembers."""

from pathlib import Path

import httpx

from arena.battle import Mode, Outcome
from arena.chat import Done, Ending, Finished, Parameters, ReactionKind, ReasoningDelta, Started
from arena.leaderboard import BoardFigures, BoardRow, Leaderboard
from arena.session import Scope
from arena.terms import TERMS_VERSION
from tests.arenas import WIDE, Stage, a_model, a_stage, an_arena, end_of, text_of
from tests.worker_scripts import an_answer, finish, say, think


def test_a_direct_chat_streams_an_answer_and_the_ledger_keeps_all_of_it(stage: Stage):
    stage.worker.plays([think("Hm", "m"), say("Hello", " there"), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")

    events = stage.visitor.say(chat, "Hi!")

    assert isinstance(events[0], Started)
    assert text_of(events) == "Hello there"
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == "Hmm"
    assert end_of(events) == Finished(reason="stop")
    assert events[-1] == Done()
    (turn,) = stage.arena.turns(chat)
    assert turn.id == events[0].turn_id
    assert (turn.text, turn.answer, turn.reasoning) == ("Hi!", "Hello there", "Hmm")
    assert (turn.ending, turn.finish_reason, turn.error_code) == (Ending.COMPLETED, "stop", None)
    assert (turn.worker, turn.prompt_tokens, turn.completion_tokens) == ("worker-1", 7, 3)
    assert turn.first_word_at is not None
    assert turn.finished_at is not None
    assert turn.opened_at <= turn.first_word_at <= turn.finished_at


def test_a_worker_is_asked_with_its_key_and_with_what_was_said_before(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, "One?")
    stage.visitor.say(chat, "Two?", parameters={"temperature": 0, "top_p": 0.5, "max_tokens": 9})

    asked = stage.worker.asked[-1]

    assert asked.headers["authorization"] == f"Bearer {stage.worker.key}"
    assert asked.body == {
        "model": "model-one",
        "messages": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Hello there"},
            {"role": "user", "content": "Two?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 9,
    }
    assert stage.arena.turns(chat)[1].parameters == Parameters(temperature=0, top_p=0.5, max_tokens=9)


def test_a_regenerated_answer_supersedes_the_old_one_and_both_are_kept(stage: Stage):
    stage.worker.plays(an_answer("First"), an_answer("Second"))
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, "Well?")

    events = stage.visitor.regenerate(chat)

    assert text_of(events) == "Second"
    old, new = stage.arena.turns(chat)
    assert (old.answer, new.answer, new.supersedes) == ("First", "Second", old.id)
    assert stage.worker.asked[-1].body["messages"] == [{"role": "user", "content": "Well?"}]
    view = stage.visitor.get(chat).json()
    assert [turn["answer"]["text"] for turn in view["turns"]] == ["Second"]


def test_a_failed_turn_is_left_out_of_what_the_model_is_told_later(stage: Stage):
    stage.worker.plays([finish()], an_answer("Better"))
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, "Nothing?")

    stage.visitor.say(chat, "Something?")

    assert stage.worker.asked[-1].body["messages"] == [{"role": "user", "content": "Something?"}]


def test_a_reaction_to_an_answer_is_kept_and_shown_and_the_latest_one_counts(stage: Stage):
    chat = stage.visitor.new("/conversations", model="model-one")
    started = stage.visitor.say(chat)[0]
    assert isinstance(started, Started)

    for kind in ("up", "flag"):
        sent = stage.visitor.post(f"{chat}/reaction", json={"turn_id": started.turn_id, "kind": kind})
        assert sent.status_code == 204

    assert stage.visitor.get(chat).json()["turns"][0]["reaction"] == "flag"
    kept = stage.arena.ask(stage.arena.kept.reactions_of(chat.rpartition("/")[2]))
    assert [reaction.kind for reaction in kept] == [ReactionKind.UP, ReactionKind.FLAG]


def test_a_battle_runs_from_its_draw_to_its_reveal(stage: Stage):
    stage.worker.plays(an_answer("I am one"), model="model-one").plays(an_answer("I am two"), model="model-two")
    battle = stage.visitor.new("/battles")
    first = stage.visitor.say(battle, "Who?")
    second = stage.visitor.say(battle, "Really?")

    reveal = stage.visitor.vote(battle, "tie").json()

    record = stage.arena.record(battle)
    names = (record.battle.model_a, record.battle.model_b)
    said = {"model-one": "I am one", "model-two": "I am two"}
    assert sorted(names) == ["model-one", "model-two"]
    assert (reveal["outcome"], reveal["model_a"]["name"], reveal["model_b"]["name"]) == ("tie", *names)
    assert [text_of(first, side) for side in "ab"] == [said[name] for name in names]
    assert first[-1] == second[-1] == Done(can_vote=True)
    assert [turn.text for turn in record.turns_a] == [turn.text for turn in record.turns_b] == ["Who?", "Really?"]
    assert (record.battle.pair_probability, record.battle.policy) == (1.0, "weighted-v1")
    assert record.vote is not None
    assert (record.vote.outcome, record.vote.is_anonymous, record.vote.reasons) == (Outcome.TIE, True, ())
    assert stage.visitor.get(battle).json()["reveal"] == reveal


def test_side_by_side_names_its_models_from_the_start_and_its_vote_is_not_anonymous(stage: Stage):
    battle = stage.visitor.new("/battles", mode="side_by_side", model_a="model-two", model_b="model-one")
    events = stage.visitor.say(battle, "Well?", parameters={"temperature": 1.5})

    reveal = stage.visitor.vote(battle, "both_bad").json()

    assert stage.visitor.get(battle).json()["chosen"] == ["model-two", "model-one"]
    assert events[-1] == Done(can_vote=True)
    assert reveal["model_a"]["name"] == "model-two"
    record = stage.arena.record(battle)
    assert record.battle.mode is Mode.SIDE_BY_SIDE
    assert record.battle.pair_probability is None
    assert record.vote is not None
    assert (record.vote.is_anonymous, record.vote.reasons) == (False, ("not_anonymous",))
    assert record.turns_a[0].parameters.temperature == 1.5


def test_both_sides_of_a_regenerated_battle_answer_anew(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle, "Well?")
    stage.worker.plays(an_answer("Anew"))

    events = stage.visitor.regenerate(battle)

    assert [text_of(events, side) for side in "ab"] == ["Anew", "Anew"]
    record = stage.arena.record(battle)
    assert [turn.supersedes for turn in record.turns_a] == [None, record.turns_a[0].id]
    assert len(stage.visitor.get(battle).json()["turns"]) == 1


def test_a_session_knows_its_consent_and_the_battle_that_waits_for_a_vote(stage: Stage):
    battle = stage.visitor.new("/battles")
    assert stage.visitor.get("/sessions/me").json()["open_battle"] is None
    stage.visitor.say(battle)

    seen = stage.visitor.get("/sessions/me").json()

    assert seen["open_battle"] == battle.rpartition("/")[2]
    assert seen["terms_version"] == seen["consent"]["terms_version"] == TERMS_VERSION
    assert set(seen["consent"]["scopes"]) == set(Scope)
    stage.visitor.vote(battle)
    assert stage.visitor.get("/sessions/me").json()["open_battle"] is None


def test_neither_tokens_nor_addresses_are_kept_as_they_are(stage: Stage, tmp_path: Path):
    stage.visitor.say(stage.visitor.new("/battles"))
    token = stage.visitor.headers["x-arena-session"]

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("ledger.sqlite3*"))

    assert b"Hello there" in kept
    assert token.encode() not in kept
    assert b"192.0.2.1" not in kept
    assert stage.worker.key.encode() not in kept


def test_the_models_are_those_that_can_be_reached_and_are_not_secret(tmp_path: Path):
    models = a_model("plain", organisation="Some Lab"), a_model("hidden", secret=True), a_model("unreachable")
    with a_stage(tmp_path, *models) as stage:
        stage.arena.take_in(_serving_only(stage, "plain", "hidden"))

        listed = httpx.get(f"{stage.arena.url}/models").json()

        assert [model["name"] for model in listed["models"]] == ["plain"]
        refused = stage.visitor.post("/conversations", json={"model": "hidden"})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_model")


def _serving_only(stage: Stage, *names: str):
    stage.worker.models = names
    return stage.worker


def test_the_leaderboard_is_the_stored_one_without_secret_models(tmp_path: Path):
    with an_arena(tmp_path, a_model("plain"), a_model("hidden", secret=True)) as arena:
        none_yet = httpx.get(f"{arena.url}/leaderboard").json()
        assert (none_yet["votes"], none_yet["updated_at"], none_yet["rows"]) == (0, None, [])
        rows = [
            BoardRow(model=name, status="unrated", battles=3, wins=1, losses=1, ties=1) for name in ("plain", "hidden")
        ]
        arena.ask(arena.kept.save_leaderboard(Leaderboard(votes=3, updated_at=9.5, rows=tuple(rows)), 9.5))

        board = httpx.get(f"{arena.url}/leaderboard").json()

        assert (board["votes"], board["updated_at"]) == (3, 9.5)
        assert [row["model"] for row in board["rows"]] == ["plain"]


def test_of_a_board_one_category_can_be_asked_for(tmp_path: Path):
    row = BoardRow(model="plain", status="unrated", battles=3, wins=1, losses=1, ties=1)
    part = Leaderboard(votes=3, rows=(row,))
    with an_arena(tmp_path, a_model("plain")) as arena:
        arena.ask(
            arena.kept.save_leaderboard(part.model_copy(update={"categories": {"code": part, "maths": part}}), 9.5)
        )

        def rows_of(asked: str) -> list[int]:
            board = httpx.get(f"{arena.url}/leaderboard{asked}").json()
            return [len(each["rows"]) for each in (board, board["categories"]["code"], board["categories"]["maths"])]

        assert rows_of("") == [1, 1, 1]
        assert rows_of("?category=") == [1, 0, 0]
        assert rows_of("?category=code") == [0, 1, 0]
        assert rows_of("?category=nothing") == [1, 0, 0]


def test_figures_are_served_beside_their_board_unless_they_name_a_secret_model(tmp_path: Path):
    shown = BoardFigures(models=("plain",), html="drawn", has_style=True)
    styled = BoardFigures(models=("plain",), html="style", has_style=True, styled=Leaderboard(votes=3))
    with an_arena(tmp_path, a_model("plain"), a_model("hidden", secret=True)) as arena:
        arena.ask(arena.kept.save_leaderboard(Leaderboard(categories={"code": Leaderboard()}), 1.0))
        arena.ask(arena.kept.save_figures("code", [shown, styled]))
        arena.ask(arena.kept.save_figures("other", [shown]))  # of a category that there was once
        arena.ask(arena.kept.save_figures("", [BoardFigures(models=("plain", "hidden"), html="both")]))

        def served(asked: str) -> BoardFigures:
            return BoardFigures.model_validate(httpx.get(f"{arena.url}/leaderboard/figures{asked}").json())

        assert served("?category=code") == shown
        assert served("?category=code&style=true") == styled
        assert served("") == served("?category=other") == BoardFigures()


def test_a_secret_model_fights_and_is_named_in_the_reveal_alone(tmp_path: Path):
    with a_stage(tmp_path, a_model("plain"), a_model("hidden", secret=True)) as stage:
        battle = stage.visitor.new("/battles")
        stage.visitor.say(battle)

        reveal = stage.visitor.vote(battle).json()

        assert {reveal["model_a"]["name"], reveal["model_b"]["name"]} == {"plain", "hidden"}


def test_health_says_what_can_be_reached_and_metrics_count_turns_and_votes(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    stage.visitor.vote(battle)

    ready = httpx.get(f"{stage.arena.url}/health/ready")
    metrics = httpx.get(f"{stage.arena.url}/metrics").text

    assert (ready.status_code, ready.json()) == (200, {"models": 2, "battle_models": 2})
    assert 'arena_turns_total{ending="completed",model="model-one"} 1.0' in metrics
    assert 'arena_votes_total{mode="battle",outcome="model_a"} 1.0' in metrics
    assert "arena_workers 1.0" in metrics
    assert "arena_leases 0.0" in metrics


def test_a_controller_without_workers_is_alive_and_not_ready(tmp_path: Path):
    with an_arena(tmp_path, limits=WIDE) as arena, arena.visitor() as visitor:
        assert httpx.get(f"{arena.url}/health/live").status_code == 200
        assert (
            httpx.head(f"{arena.url}/health/live").status_code,
            httpx.head(f"{arena.url}/health/ready").status_code,
        ) == (200, 503)
        assert httpx.get(f"{arena.url}/health/ready").status_code == 503
        refused = visitor.post("/battles", json={})
        assert (refused.status_code, refused.json()["code"]) == (503, "not_enough_models")
        assert arena.counts()["battles"] == 0
