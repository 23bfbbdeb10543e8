import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from arena.errors import WorkerBroke
from controller.metrics import (
    BREAKER_STATES,
    ENDINGS,
    KINDS,
    MODES,
    OUTCOMES,
    STATUS_CLASSES,
    SURFACES,
    Metrics,
    codes,
    status_class,
)

MODELS = ("model-one", "model-two")
WORDS = st.text(max_size=20) | st.sampled_from(["visitor", "gateway", "2xx", "5xx", "left", "model_a", *MODELS])
BASE_UNITS = ("_seconds", "_dollars", "_bytes", "_total", "_ratio")
COUNTS = {
    "arena_running_turns",
    "arena_queue_length",
    "arena_workers",
    "arena_leases",
    "arena_model_leases",
    "arena_model_slots",
    "arena_breakers",
    "arena_draining_workers",
    "arena_ledger_spooled",
    "arena_ledger_away",
}


def metrics() -> Metrics:
    return Metrics(lambda name: name in MODELS)


def told(some: Metrics) -> str:
    return some.text(running=1, workers=2, leases=3).decode()


def value(some: Metrics, sample: str) -> float:
    (line,) = [line for line in told(some).splitlines() if line.startswith(sample)]
    return float(line.rpartition(" ")[2])


def say_everything(some: Metrics, word: str, number: float) -> None:
    """Call every method with the same word in every place."""
    some.request_ended(word, word, word)  # pyright: ignore[reportArgumentType]
    some.turn_ended(word, word, number)
    some.first_word(word, word, number)  # pyright: ignore[reportArgumentType]
    some.word_time(word, number)
    some.queued(word, int(number))
    some.queue_waited(word, number)
    some.retried(word, word)
    some.tokens(word, word, int(number))  # pyright: ignore[reportArgumentType]
    some.spent(word, number)
    some.spending({word: number}, {word: number})
    some.voted(word, word)
    some.breaker({word: int(number)})
    some.leases({word: int(number)}, {word: int(number)})
    some.dropped(word, int(number))


def test_what_happened_is_counted_and_timed():
    some = metrics()
    some.request_ended("gateway", "model-one", status_class(503))
    some.turn_ended("model-one", "completed", 0.3)
    some.first_word("gateway", "model-two", 0.1)
    some.word_time("model-one", 0.02)
    some.queue_waited("model-one", 1.5)
    some.retried("model-one", WorkerBroke.code)
    some.tokens("model-one", "prompt", 7)
    some.tokens("model-one", "prompt", 5)
    some.spent("model-one", 0.25)

    assert value(some, 'arena_requests_total{model="model-one",status="5xx",surface="gateway"}') == 1
    assert value(some, 'arena_turns_total{ending="completed",model="model-one"}') == 1
    assert value(some, 'arena_first_word_seconds_count{model="model-one",surface="visitor"}') == 1
    assert value(some, 'arena_first_word_seconds_sum{model="model-two",surface="gateway"}') == 0.1
    assert value(some, 'arena_word_seconds_bucket{le="0.02",model="model-one"}') == 1
    assert value(some, 'arena_queue_wait_seconds_sum{model="model-one"}') == 1.5
    assert value(some, 'arena_retries_total{model="model-one",reason="worker_broke"}') == 1
    assert value(some, 'arena_tokens_total{kind="prompt",model="model-one"}') == 12
    assert value(some, 'arena_spent_dollars_total{model="model-one"}') == 0.25


def test_what_waits_for_the_ledger_is_told():
    some = metrics()
    some.spooled(7, is_away=True)
    some.dropped("consent_required", 2)

    assert value(some, "arena_ledger_spooled") == 7
    assert value(some, "arena_ledger_away") == 1
    assert value(some, 'arena_ledger_dropped_total{reason="consent_required"}') == 2


def test_how_things_stand_is_told_and_what_is_gone_is_not():
    some = metrics()
    some.breaker({"closed": 3, "open": 1})
    some.leases({"model-one": 2}, {"model-one": 4, "model-two": 8})
    some.leases({"model-two": 1}, {"model-two": 8})
    some.heard(oldest_seconds=4.5, draining=1)

    assert value(some, 'arena_breakers{state="open"}') == 1
    assert value(some, 'arena_breakers{state="half_open"}') == 0
    assert value(some, "arena_model_leases{") == 1
    assert 'arena_model_slots{model="model-one"}' not in told(some)
    assert value(some, "arena_oldest_heartbeat_seconds") == 4.5


@given(st.lists(st.tuples(WORDS, st.floats(0, 1e6)), max_size=30))
def test_whatever_is_said_the_labels_are_of_a_fixed_set(said: list[tuple[str, float]]):
    some = metrics()
    for word, number in said:
        say_everything(some, word, number)

    allowed = {*MODELS, "other", *SURFACES, *STATUS_CLASSES, *ENDINGS, *MODES, *OUTCOMES, *BREAKER_STATES, *KINDS}
    for family in text_string_to_metric_families(told(some)):
        for sample in family.samples:
            labels = {name: label for name, label in sample.labels.items() if name != "le"}
            assert labels.pop("reason", "other") in {*codes(), "other"}
            assert set(labels.values()) <= allowed


def test_the_number_of_series_stays_fixed():
    some = metrics()
    for word in ("nobody", "visitor", *MODELS):
        say_everything(some, word, 1)
    before = len(told(some).splitlines())
    for number in range(200):
        say_everything(some, f"a name {number}", number)

    assert len(told(some).splitlines()) == before


def test_a_clock_that_goes_back_is_no_time_below_zero():
    some = metrics()
    some.turn_ended("model-one", "completed", -5)

    assert value(some, 'arena_first_word_seconds_sum{model="model-one",surface="visitor"}') == 0


@pytest.mark.parametrize("word", MODELS)
def test_names_follow_prometheus_rules(word: str):
    some = metrics()
    say_everything(some, word, 1)
    for line in told(some).splitlines():
        if match := re.match(r"# TYPE (arena_\w+) (\w+)", line):
            name, kind = match.groups()
            assert name.removesuffix("_created").endswith(BASE_UNITS) or name in COUNTS or name.endswith("_created")
            assert (kind == "counter") == name.endswith("_total")
