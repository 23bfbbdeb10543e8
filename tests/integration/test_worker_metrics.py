"""What a worker counts, and who is told."""

from ipaddress import IPv4Network

import httpx
import pytest

from arena.addresses import FORWARDING_HEADERS
from arena.settings import Network
from tests.workers import RunningWorker, a_request, eventually, running

SECRET = "what the visitor said"


def told(worker: RunningWorker) -> str:
    return httpx.get(f"{worker.url}/metrics").raise_for_status().text


def test_answers_are_counted_by_model_and_ending():
    with running() as worker:
        worker.ask(stream=True, text=SECRET)
        worker.ask(text=SECRET)

        metrics = told(worker)

    assert 'arena_worker_answers_total{model="demo-echo",ending="completed"} 2' in metrics
    assert 'arena_worker_busy_slots{model="demo-echo"} 0' in metrics
    assert 'arena_worker_slots{model="demo-echo"} 64' in metrics
    assert SECRET not in metrics
    assert worker.worker.card.key.get_secret_value() not in metrics


def test_who_leaves_is_counted_as_cancelled_and_the_slot_is_free():
    with running(words_per_second=5) as worker:
        request = a_request(text="[repeat 100] word", stream=True)
        with worker.http.stream("POST", "/v1/chat/completions", json=request) as answer:
            chunks = answer.iter_raw()
            next(chunks)
            assert 'arena_worker_busy_slots{model="demo-echo"} 1' in told(worker)

        assert eventually(lambda: 'model="demo-echo",ending="cancelled"} 1' in told(worker), 5)
        assert 'arena_worker_busy_slots{model="demo-echo"} 0' in told(worker)


def test_refusals_have_their_codes():
    with running() as worker:
        worker.worker.slots.drain()
        worker.ask()

        assert 'arena_worker_errors_total{model="demo-echo",code="shutting_down"} 1' in told(worker)
        assert "arena_worker_draining 1.0" in told(worker)


def test_names_that_nobody_serves_make_no_series():
    with running() as worker:
        worker.ask()
        before = len(told(worker).splitlines())
        for number in range(50):
            worker.ask(model=f"model-{number}")
            worker.http.request("POST" if number % 2 else "BREW", f"/nowhere/{number}")

        assert len(told(worker).splitlines()) == before


@pytest.mark.parametrize("header", FORWARDING_HEADERS)
def test_what_was_forwarded_is_told_nothing(header: str):
    with running() as worker:
        assert httpx.get(f"{worker.url}/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_only_the_arenas_own_networks_are_told():
    elsewhere: tuple[Network, ...] = (IPv4Network("192.0.2.0/24"),)
    with running(observers=elsewhere) as worker:
        assert httpx.get(f"{worker.url}/metrics", headers=worker.headers()).status_code == 403
