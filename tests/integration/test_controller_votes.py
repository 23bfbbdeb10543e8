"""One vote, once, by the battle's own visitor, after both sides have answered; every other one is refused by name."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from arena.chat import Done, Failed, Started, TextDelta
from arena.errors import ProviderOverloaded
from tests.arenas import Stage, Visitor, end_of
from tests.visiting import refusal
from tests.worker_scripts import an_answer, finish, hang, refuse, say, wait_for


def votes(stage: Stage) -> int:
    return stage.arena.counts()["votes"]


def test_a_second_vote_is_refused_and_the_first_one_stays(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    first = stage.visitor.vote(battle, "model_b")

    second = stage.visitor.vote(battle, "model_a")

    assert first.status_code == 200
    assert refusal(second) == (409, "already_voted")
    assert votes(stage) == 1
    assert stage.visitor.get(battle).json()["reveal"] == first.json()


def test_of_votes_at_once_one_counts(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    together = threading.Barrier(8)

    def vote(outcome: str) -> httpx.Response:
        together.wait()
        return httpx.post(f"{stage.arena.url}{battle}/vote", json={"outcome": outcome}, headers=stage.visitor.headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(vote, ["model_a", "model_b", "tie", "both_bad"] * 2))

    (accepted,) = [answer for answer in answers if answer.status_code == 200]
    refused = [refusal(answer) for answer in answers if answer.status_code != 200]
    assert refused == [(409, "already_voted")] * 7
    assert votes(stage) == 1
    assert stage.visitor.get(battle).json()["reveal"] == accepted.json()


def test_there_is_no_vote_before_the_first_message(stage: Stage):
    assert refusal(stage.visitor.vote(stage.visitor.new("/battles"))) == (409, "vote_too_early")
    assert votes(stage) == 0


def test_there_is_no_vote_while_one_side_is_still_answering(stage: Stage):
    go_on = threading.Event()
    stage.worker.plays([say("Slow"), wait_for(go_on), finish()], model="model-one")
    battle = stage.visitor.new("/battles")

    with stage.visitor.answering(battle) as stream:
        stage.worker.until(lambda worker: worker.open == 1 and len(worker.asked) == 2)
        early = stage.visitor.vote(battle)
        go_on.set()
        assert stream.rest()[-1] == Done(can_vote=True)

    assert refusal(early) == (409, "vote_too_early")
    assert votes(stage) == 0
    assert stage.visitor.vote(battle).status_code == 200


def test_there_is_no_vote_while_a_later_message_is_being_answered(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    stage.worker.plays([say("Slow"), hang()])

    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        early = stage.visitor.vote(battle)
        stage.visitor.post(f"{battle}/stop")

    assert refusal(early) == (409, "vote_too_early")
    assert votes(stage) == 0


def test_nobody_votes_on_the_battle_of_another_session(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)

    with stage.arena.visitor() as stranger:
        answers = [
            stranger.vote(battle),
            stranger.get(battle),
            stranger.post(f"{battle}/stop"),
            stranger.post(f"{battle}/turns", json={"text": "Hi"}),
            stranger.post(f"{battle}/regenerate", json={}),
        ]

    assert [refusal(answer) for answer in answers] == [(403, "not_yours")] * 5
    assert votes(stage) == 0


def test_there_is_no_vote_after_a_failed_side_until_it_has_answered(stage: Stage):
    stage.worker.plays([refuse(ProviderOverloaded())], model="model-two")
    battle = stage.visitor.new("/battles")
    events = stage.visitor.say(battle)
    assert events[-1] == Done(can_vote=False)

    assert refusal(stage.visitor.vote(battle)) == (409, "side_unanswered")
    assert refusal(stage.visitor.post(f"{battle}/turns", json={"text": "More"})) == (409, "side_unanswered")
    assert votes(stage) == 0

    stage.worker.plays(an_answer("Now"), model="model-two")
    assert stage.visitor.regenerate(battle)[-1] == Done(can_vote=True)
    assert stage.visitor.vote(battle).status_code == 200


@pytest.mark.parametrize("outcome", ["left", "", "MODEL_A", "model_a ", "tie (bothbad)", "\x00", "\ud800"])
def test_a_made_up_outcome_is_refused(stage: Stage, outcome: str):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)

    sent = _vote_in_json(stage.visitor, battle, outcome)

    assert refusal(sent) == (422, "unknown_outcome")
    assert votes(stage) == 0


def _vote_in_json(visitor: Visitor, battle: str, outcome: str) -> httpx.Response:
    wire = '{"outcome": "' + "".join(f"\\u{ord(each):04x}" for each in outcome) + '"}'
    return visitor.post(f"{battle}/vote", content=wire, headers={"content-type": "application/json"})


def test_a_battle_that_does_not_exist_has_no_vote(stage: Stage):
    for key in ("0" * 32, "nonsense", "%00", "a/b"):
        assert refusal(stage.visitor.vote(f"/battles/{key}")) == (404, "not_found")


def test_the_vote_closes_the_battle(stage: Stage):
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    stage.visitor.vote(battle)

    more = stage.visitor.post(f"{battle}/turns", json={"text": "More"})
    again = stage.visitor.post(f"{battle}/regenerate", json={})

    assert refusal(more) == refusal(again) == (409, "battle_closed")
    assert stage.arena.counts()["turns"] == 2


def test_a_vote_on_an_answer_that_was_stopped_is_kept_and_does_not_count_for_ratings(stage: Stage):
    stage.worker.plays([say("Slow"), hang()])
    battle = stage.visitor.new("/battles")
    with stage.visitor.answering(battle) as stream:
        stream.until(TextDelta)
        stream.until(TextDelta)
        stage.visitor.post(f"{battle}/stop")
        events = stream.rest()

    assert events[-1] == Done(can_vote=True)
    assert stage.visitor.vote(battle).status_code == 200
    vote = stage.arena.record(battle).vote
    assert vote is not None
    assert vote.reasons == ("stopped_answer",)


def test_a_turn_that_finds_the_battle_closed_only_when_it_opens_is_told_so_as_events(stage: Stage):
    """A vote in another window can come between the check before the stream and the opening inside it."""
    battle = stage.visitor.new("/battles")
    stage.visitor.say(battle)
    services = stage.arena.services
    assert services is not None

    async def vote_elsewhere() -> None:
        session = await services.sessions.known(stage.visitor.headers["x-arena-session"])
        await services.battles.vote(session, battle.rpartition("/")[2], "tie")

    stage.arena.kept.before_opening = vote_elsewhere

    events = stage.visitor.say(battle)

    assert not [event for event in events if isinstance(event, Started)]
    ends = [end_of(events, side) for side in "ab"]
    assert [end.code for end in ends if isinstance(end, Failed)] == ["battle_closed"] * 2
    assert events[-1] == Done(can_vote=False)
    assert stage.arena.counts()["turns"] == 2
