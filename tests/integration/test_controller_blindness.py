"""Until the vote no byte sent to the visitor depends on which models play (the house's third invariant).

The same battle is fought with other models, organisations, workers and providers that write the same texts, fail at the
same places for other reasons, think aloud or not, count other tokens, run into their limits or not. What the visitor
is sent has to be equal but for random ids and times.
"""

from pathlib import Path

import pytest

from arena.errors import (
    ArenaError,
    ContextTooLong,
    ProviderBroke,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ProviderTimeout,
    ShuttingDown,
    WrongKey,
)
from arena.terms import TERMS_VERSION
from tests.fights import LARGE, PLAIN, SMALL, TELLTALE, THINKING, Fight, a_fight
from tests.wire import Tape
from tests.worker_scripts import Step, cut, error_event, finish, hang, hang_up, raw, refuse, reset, respond, say, think


def whole_battle(fight: Fight) -> None:
    """Everything that can happen in a battle before its vote."""
    world = fight.world
    fight.see()
    fight.post("vote", {"outcome": "tie"})
    fight.post("regenerate")
    fight.plays(world.answer, world.answer)
    fight.post("turns", {"text": "One?"})
    fight.see()
    a_mind_changed(fight)
    refused_requests(fight)
    fight.plays(world.fail_early, world.answer)
    fight.post("turns", {"text": "Two?"})
    fight.see()
    fight.post("vote", {"outcome": "tie"})
    fight.post("turns", {"text": "Three?"})
    fight.plays(world.answer, world.fail_late)
    fight.post("regenerate")
    fight.see()
    fight.plays(world.fail_late, world.fail_early)
    fight.post("regenerate")
    fight.see()
    fight.plays(world.endless, world.endless)
    fight.post("regenerate", midway=(b'lf"', 2, lambda: interrupted(fight)))
    fight.see()
    fight.plays(world.answer, world.answer)
    fight.post("turns", {"text": "Four?"})
    fight.see()


def a_mind_changed(fight: Fight) -> None:
    """What a visitor may decide about the battle before its vote."""
    for allowed in (False, True):
        fight.tape.exchange("PUT", f"{fight.battle}/release", {"allowed": allowed})
        fight.see()
    wanted = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log", "release"]}
    fight.tape.exchange("PUT", "/sessions/me/consent", wanted | {"covers_past": True, "age_group": "minor"})
    fight.tape.exchange("POST", "/sessions/me/deletion-code")
    fight.see()


def refused_requests(fight: Fight) -> None:
    fight.post("vote", {"outcome": "left"})
    fight.post("vote", {"winner": "a"})
    fight.post("turns", {"text": ""})
    fight.post("turns", {"text": "x" * 40_000})
    fight.post("turns", {"text": "hi", "model": "?"})
    fight.post("turns", {"text": "hi", "parameters": {"temperature": 0}})
    fight.post("reaction", {"turn_id": "0" * 32, "kind": "up"})
    fight.tape.exchange("PUT", f"{fight.battle}/release", {"allowed": "perhaps"})
    fight.tape.exchange("PUT", f"{fight.battle.replace('battles', 'conversations')}/release", {"allowed": True})
    fight.tape.exchange("GET", f"{fight.battle}/turns")
    fight.tape.exchange("GET", fight.battle.replace("battles", "conversations"))
    fight.tape.exchange("GET", fight.battle, headers={"x-arena-session": "0" * 32})
    fight.tape.exchange("GET", "/nothing")


def interrupted(fight: Fight) -> None:
    """While both sides write: what else may be asked then, and the stop."""
    fight.see()
    fight.post("turns", {"text": "Too soon?"})
    fight.post("regenerate")
    fight.post("vote", {"outcome": "tie"})
    fight.post("stop")


def check_nothing_is_told(tape: Tape) -> None:
    for answer in tape.answers:
        assert TELLTALE.lower().encode() not in answer.lower()
        assert b"sk-123" not in answer


def check_equal(one: Tape, other: Tape) -> None:
    for number, (a, b) in enumerate(zip(one.normal(), other.normal(), strict=True)):
        assert a == b, f"answer {number} depends on the models"


def test_the_same_battle_with_other_models_is_the_same_to_the_byte(tmp_path: Path):
    with a_fight(tmp_path / "small", SMALL, workers=1) as small:
        whole_battle(small)
    with a_fight(tmp_path / "large", LARGE, workers=2) as large:
        whole_battle(large)
        reveal = large.tape.exchange("POST", f"{large.battle}/vote", {"outcome": "tie"})
        large.tape.answers.pop()

    check_equal(small.tape, large.tape)
    check_nothing_is_told(small.tape)
    check_nothing_is_told(large.tape)
    assert reveal.count(TELLTALE.encode()) >= 4, "the names are told after the vote, and would have been found before"


def forgotten_in_the_middle(fight: Fight) -> None:
    """A battle whose visitor takes everything back while both sides write."""

    def forget() -> None:
        fight.tape.exchange("DELETE", "/sessions/me")

    fight.plays(fight.world.endless, fight.world.endless)
    fight.post("turns", {"text": "One?"}, midway=(b'lf"', 2, forget))
    fight.see()
    fight.post("vote", {"outcome": "tie"})
    forget()


def test_a_battle_that_is_forgotten_in_the_middle_tells_nothing_either(tmp_path: Path):
    with a_fight(tmp_path / "small", SMALL, workers=1) as small:
        forgotten_in_the_middle(small)
    with a_fight(tmp_path / "large", LARGE, workers=2) as large:
        forgotten_in_the_middle(large)

    check_equal(small.tape, large.tape)
    check_nothing_is_told(small.tape)
    check_nothing_is_told(large.tape)
    assert b'{"conversations":2}' in b"".join(small.tape.answers)


EARLY_FAILURES: dict[str, list[Step]] = {
    "rate limited": [refuse(ProviderRateLimited(TELLTALE, retry_after=30))],
    "rate limited, foreign": [respond(429, {"error": {"message": TELLTALE}}, "retry-after: 30\r\n")],
    "bad key": [refuse(ProviderRefusedKey(TELLTALE))],
    "bad key, foreign": [respond(401, {"error": TELLTALE})],
    "overloaded": [refuse(ProviderOverloaded(TELLTALE))],
    "provider timeout": [refuse(ProviderTimeout(TELLTALE))],
    "refused request": [refuse(ProviderRefusedRequest(TELLTALE))],
    "context too long": [refuse(ContextTooLong(TELLTALE))],
    "draining": [refuse(ShuttingDown(TELLTALE))],
    "worker's key": [refuse(WrongKey(TELLTALE))],
    "our mistake": [refuse(ArenaError(TELLTALE))],
    "server error": [respond(500, TELLTALE.encode())],
    "reset": [reset()],
    "cut connection": [hang_up()],
    "cut stream": [raw(b": begun\n\n"), cut()],
    "garbage": [raw(f"data: {TELLTALE}\n\n".encode())],
    "silent": [hang()],
    "empty": [finish()],
    "only thought": [think(TELLTALE), finish()],
    "thought, then cut": [think(TELLTALE), hang_up()],
    "error as event": [error_event(ProviderBroke(TELLTALE))],
}
LATE_FAILURES: dict[str, list[Step]] = {
    "provider broke": [say("Half"), error_event(ProviderBroke(TELLTALE))],
    "rate limited": [say("Half"), error_event(ProviderRateLimited(TELLTALE, retry_after=9))],
    "foreign error": [say("Half"), error_event({"message": TELLTALE, "code": 500})],
    "cut connection": [say("Half"), hang_up()],
    "reset": [say("Half"), reset()],
    "cut stream": [say("Half"), cut()],
    "garbage": [say("Half"), raw(f"data: {TELLTALE}\n\n".encode())],
    "silent": [say("Half"), hang()],
    "thinking": [say("Half"), think(TELLTALE), hang_up()],
}


def fought(fight: Fight, script: list[Step]) -> Tape:
    """Fight a battle of one turn in which side a plays the script."""
    fight.tape = Tape(fight.tape.url, dict(fight.tape.headers))
    fight.open()
    fight.plays(script, PLAIN)
    fight.post("turns", {"text": "One?"})
    fight.see()
    fight.post("vote", {"outcome": "tie"})
    return fight.tape


@pytest.mark.parametrize("failures", [EARLY_FAILURES, LATE_FAILURES], ids=["before the first word", "in the middle"])
def test_every_way_to_fail_looks_the_same_in_a_battle(tmp_path: Path, failures: dict[str, list[Step]]):
    with a_fight(tmp_path / "all", SMALL, workers=1) as fight:
        tapes = {name: fought(fight, script) for name, script in failures.items() if name != "silent"}
    # Of the other side nobody must think that it is silent, however slow the machine is for a moment.
    with a_fight(tmp_path / "silent", SMALL, workers=1, silence=4.0) as fight:
        tapes["silent"] = fought(fight, failures["silent"])

    first, *others = tapes.items()
    for name, tape in others:
        assert tape.normal() == first[1].normal(), f"{name!r} can be told from {first[0]!r}"
        check_nothing_is_told(tape)


def test_a_model_that_no_worker_serves_any_more_fails_as_any_other(tmp_path: Path):
    with a_fight(tmp_path / "all", SMALL, workers=2) as fight:
        fight.plays([respond(500)], PLAIN)
        fight.post("turns", {"text": "One?"})
        failed = fight.tape
        fight.tape = Tape(failed.url, dict(failed.headers))
        fight.open()
        fight.plays(PLAIN, PLAIN)
        model = fight.arena.record(fight.battle).battle.model_a
        (gone,) = [worker for worker in fight.workers if model in worker.models]
        fight.arena.call("DELETE", f"/workers/{gone.id}")
        fight.post("turns", {"text": "One?"})

    assert fight.tape.normal() == failed.normal()


def test_two_models_and_two_times_the_same_model_differ_in_nothing_but_the_vote(tmp_path: Path):
    """The order of the sides is a fair coin: which side a model plays on cannot be read from anything else."""
    tapes: dict[str, Tape] = {}
    with a_fight(tmp_path / "all", SMALL, workers=1) as fight:
        while len(tapes) < 2:
            fight.tape = Tape(fight.tape.url, dict(fight.tape.headers))
            fight.open()
            fight.plays(PLAIN, THINKING)
            fight.post("turns", {"text": "One?"})
            fight.see()
            tapes[fight.arena.record(fight.battle).battle.model_a] = fight.tape

    one, other = tapes.values()
    check_equal(one, other)
