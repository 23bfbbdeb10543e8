"""Daily stops of priced models: visitors, battles and the gateway share one, over all controllers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from arena.chat import Failed, Finished
from tests.arenas import GATEWAY_KEY, PATIENCE, Arena, a_model, a_stage, an_arena, end_of
from tests.scripted_worker import a_worker
from tests.worker_scripts import finish, say

PRICED = a_model("priced", price_in=1000.0, price_out=1000.0, dollars_per_day=0.025)
"""A tenth of a cent a token: the answers below cost a cent each."""
FREE, ALSO_FREE = a_model("free"), a_model("also-free")
TEN_TOKENS = [say("Hello"), finish(prompt=7, completion=3)]
BRIEF = {"max_tokens": 1}
"""What a running turn may write counts until it ends."""


def gateway(arena: Arena, model: str = "priced", text: str = "Hello?", most: int = 1) -> httpx.Response:
    headers = {"authorization": f"Bearer {GATEWAY_KEY}"}
    said = [{"role": "user", "content": text}]
    body = {"model": model, "messages": said, "stream": True, "max_tokens": most}
    return httpx.post(f"{arena.url}/v1/chat/completions", json=body, headers=headers, timeout=PATIENCE)


def test_a_model_that_has_cost_its_dollars_is_asked_no_more_by_anyone(tmp_path: Path):
    with a_stage(tmp_path, PRICED, FREE) as stage:
        stage.worker.plays(TEN_TOKENS)
        path = stage.visitor.new("/conversations", model="priced")
        endings = [end_of(stage.visitor.say(path, parameters=BRIEF)) for _ in range(4)]
        refused = gateway(stage.arena)

        assert [type(end) for end in endings] == [Finished, Finished, Finished, Failed]
        assert isinstance(endings[-1], Failed)
        assert endings[-1].code == "spend_stopped"
        counted = stage.visitor.get("/metrics").text
        assert 'arena_requests_total{model="priced",status="4xx",surface="visitor"} 1.0' in counted
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
        assert len(stage.worker.asked) == 3
        assert gateway(stage.arena, "free").status_code == 200


def test_a_burst_of_requests_does_not_pass_the_stop_by_more_than_one(tmp_path: Path):
    with a_stage(tmp_path, PRICED) as stage, ThreadPoolExecutor(12) as clients:
        stage.worker.plays([say("Hello", pace=0.05), finish(prompt=7, completion=3)])
        words = "seven tokens, more or less"
        asked = [clients.submit(gateway, stage.arena, text=words, most=3) for _ in range(12)]

        assert sorted(answer.result().status_code for answer in asked) == [200] * 3 + [429] * 9
        assert len(stage.worker.asked) == 3


def test_a_stopped_model_is_not_drawn_for_battles(tmp_path: Path):
    with a_stage(tmp_path, PRICED, FREE, ALSO_FREE) as stage:
        stage.worker.plays(TEN_TOKENS)
        assert stage.arena.services is not None
        stage.arena.services.spending.add("priced", None, 25, 0)

        drawn = [stage.arena.record(stage.visitor.new("/battles")).battle for _ in range(8)]

        assert {name for battle in drawn for name in (battle.model_a, battle.model_b)} == {"free", "also-free"}


def test_in_an_open_battle_a_stopped_model_fails_like_any_other(tmp_path: Path):
    with a_stage(tmp_path, PRICED, FREE) as stage:
        stage.worker.plays(TEN_TOKENS)
        path = stage.visitor.new("/battles")
        assert stage.arena.services is not None
        stage.arena.services.spending.add("priced", None, 25, 0)
        events = stage.visitor.say(path)

        battle = stage.arena.record(path)
        side = "a" if battle.battle.model_a == "priced" else "b"
        end = end_of(events, side)
        assert isinstance(end, Failed)
        assert (end.code, "spent" in end.message) == ("answer_failed", False)
        (turn,) = battle.turns_a if side == "a" else battle.turns_b
        assert turn.error_code == "spend_stopped"


def spend_it_all(arena: Arena) -> None:
    with arena.visitor() as visitor:
        path = visitor.new("/conversations", model="priced")
        for _ in range(3):
            visitor.say(path, parameters=BRIEF)


def test_controllers_share_one_stop(tmp_path: Path, ledger_url: str):
    with (
        a_worker("worker-1", "priced", "free") as worker,
        an_arena(tmp_path, PRICED, FREE, store_url=ledger_url, name="first") as first,
        an_arena(tmp_path, PRICED, FREE, store_url=ledger_url, name="second") as second,
    ):
        worker.plays(TEN_TOKENS)
        for arena in (first, second):
            arena.take_in(worker)
        assert gateway(second).status_code == 200
        spend_it_all(first)
        spending = second.services.spending if second.services else None
        assert spending is not None
        second.until(lambda: spending.is_stopped(PRICED))

        assert gateway(second).status_code == 429


def test_what_was_spent_outlives_the_controller(tmp_path: Path, ledger_url: str):
    with a_worker("worker-1", "priced", "free") as worker:
        worker.plays(TEN_TOKENS)
        for status in (200, 429):
            with an_arena(tmp_path, PRICED, FREE, store_url=ledger_url) as arena:
                arena.take_in(worker)
                assert gateway(arena).status_code == status
                if status == 200:
                    spend_it_all(arena)
