"""Two real vLLMs for one model: who answers whom, and what happens when one breaks or is told to end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from arena.chat import ChatEvent, Failed, Finished
from tests.arenas import Visitor, end_of
from tests.vllm.real_engine import RealEngine

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(700)]
LONG = "Tell me of the sea and of the ships on it. " * 40
"""Several of the blocks in which vLLM keeps what it has read."""
SHORT, MIDDLING, LENGTHY = {"max_tokens": 20}, {"max_tokens": 300}, {"max_tokens": 1_500}
QUERIES, HITS = "prefix_cache_queries_total", "prefix_cache_hits_total"
Victim = Callable[[RealEngine], psutil.Process]


def a_word(visitor: Visitor) -> list[ChatEvent]:
    """Have a new conversation of one short answer."""
    return visitor.say(visitor.new("/conversations", model="tiny"), parameters=SHORT)


def test_a_conversation_stays_with_the_engine_that_has_read_it(engine: RealEngine, second: RealEngine):
    arena, engines = engine.arena, (engine, second)
    with arena.visitor() as visitor, ThreadPoolExecutor(8) as threads:
        chats = [visitor.new("/conversations", model="tiny") for _ in range(8)]
        first = [threads.submit(visitor.say, chat, f"{chat} {LONG}", parameters=MIDDLING) for chat in chats]
        assert [end_of(each.result()) for each in first] == [Finished(reason="length")] * 8
        holders = {chat: arena.turns(chat)[0].worker for chat in chats}
        for chat, holder in holders.items():
            # Affinity yields to load, and what heartbeats say of that may be old: until one says that nothing runs.
            engine.until(lambda: all((each.state() or {})["busy"] == 0 for each in engines), 30)
            before = [(each.metric(QUERIES), each.metric(HITS)) for each in engines]
            visitor.say(chat, "Go on.", parameters=SHORT)
            after = [(each.metric(QUERIES), each.metric(HITS)) for each in engines]
            read = {each.id: now[0] - then[0] for each, now, then in zip(engines, after, before, strict=True)}
            known = {each.id: now[1] - then[1] for each, now, then in zip(engines, after, before, strict=True)}

            assert [name for name in read if read[name]] == [holder]
            assert known[str(holder)] > read[str(holder)] / 2

    assert set(holders.values()) == {each.id for each in engines}


@pytest.mark.parametrize("victim", [RealEngine.core, RealEngine.server], ids=["core", "server"])
def test_a_killed_engine_leaves_the_pool_the_other_takes_over_and_it_comes_back(
    engine: RealEngine, second: RealEngine, victim: Victim
):
    arena = engine.arena
    family, key, name = engine.family(), engine.key(), engine.id
    with arena.visitor() as visitor, ThreadPoolExecutor(8) as threads:
        chats = [visitor.new("/conversations", model="tiny") for _ in range(8)]
        running = [threads.submit(visitor.say, chat, parameters=LENGTHY) for chat in chats]
        engine.until(lambda: engine.requests() > 0 and engine.requests() + second.requests() == 8, 60)
        on_victim, on_other = engine.requests(), second.requests()
        victim(engine).kill()
        asked_at_once = [a_word(visitor) for _ in range(4)]
        gone_after = engine.until(lambda: not engine.is_known(), 15)
        asked_later = [a_word(visitor) for _ in range(4)]
        ends = [end_of(each.result()) for each in running]
        _, left = psutil.wait_procs(family, timeout=10)
        engine.until(engine.is_known)
        read_before = engine.metric(QUERIES)
        answers = [threads.submit(visitor.say, chat, parameters=MIDDLING) for chat in chats]
        engine.until(lambda: engine.metric(QUERIES) > read_before, 60)
        asked_later += [each.result() for each in answers]

    assert [end_of(each) for each in asked_at_once + asked_later] == [Finished(reason="length")] * 16
    # Who had read some words is told that the answer broke off; the other engine's answers never noticed.
    assert len([end for end in ends if isinstance(end, Failed)]) <= on_victim
    assert len([end for end in ends if end == Finished(reason="length")]) >= on_other
    assert gone_after < 5
    assert left == []
    assert (engine.id, engine.key() != key) == (name, True)
    arena.check_nothing_is_held()


def test_while_its_worker_does_not_notice_that_it_died_its_breaker_opens_and_the_other_takes_over(
    engine: RealEngine, second: RealEngine
):
    arena = engine.arena
    with arena.visitor() as visitor, ThreadPoolExecutor(16) as threads:
        chats = [visitor.new("/conversations", model="tiny") for _ in range(16)]
        first = [threads.submit(visitor.say, chat, parameters=MIDDLING) for chat in chats]
        asked = [each.result() for each in first]
        held = [chat for chat in chats if arena.turns(chat)[0].worker == engine.id]
        engine.until(lambda: all((each.state() or {})["busy"] == 0 for each in (engine, second)), 30)
        broken: set[str] = set()
        engine.process.suspend()
        try:
            engine.core().kill()
            for chat in held:
                asked.append(visitor.say(chat, parameters=SHORT))
                if broken := engine.left_alone():
                    break
        finally:
            engine.process.resume()
        engine.until(lambda: not engine.is_known(), 15)
        engine.until(lambda: engine.is_known() and not engine.left_alone())

    # Its server may be there for a while without the core, and say so: then it is the model's breaker that opens.
    assert broken <= {"worker", "tiny"}
    assert broken
    assert all(end_of(each) == Finished(reason="length") for each in asked)
    assert second.left_alone() == set()


def test_at_the_end_running_answers_are_let_finish_new_ones_go_elsewhere_and_nothing_is_left(
    engine: RealEngine, second: RealEngine
):
    family = second.family()
    engine.until(engine.is_known)
    with engine.arena.visitor() as visitor, ThreadPoolExecutor(12) as threads:
        chats = [visitor.new("/conversations", model="tiny") for _ in range(12)]
        running = [threads.submit(visitor.say, chat, parameters=LENGTHY) for chat in chats]
        second.until(lambda: second.requests() > 0, 60)
        second.ask_to_end()
        second.until(lambda: (second.state() or {"is_draining": True})["is_draining"], 15)
        asked_meanwhile = [a_word(visitor) for _ in range(4)]
        ends = [end_of(each.result()) for each in running]
        code = second.code()
    _, left = psutil.wait_procs(family, timeout=10)

    assert ends == [Finished(reason="length")] * 12
    assert [end_of(each) for each in asked_meanwhile] == [Finished(reason="length")] * 4
    assert code == 0
    assert left == []
    engine.arena.check_nothing_is_held()
