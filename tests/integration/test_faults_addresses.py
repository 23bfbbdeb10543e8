"""A registered worker cannot make the controller call an address outside the allowed networks, whichever way in."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.arenas import Arena, an_arena
from tests.faults import CHAT, SURFACES, Pair, Said, Surface, Workers, on, paired, two_workers
from tests.worker_scripts import respond

INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.2"
Found = list[tuple[int, int, int, str, tuple[str, int]]]


class Forbidden:
    """A port outside; whoever knocks there is noticed."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.port: int = listener.getsockname()[1]

    @property
    def was_called(self) -> bool:
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def forbidden() -> Generator[Forbidden]:
    with socket.create_server((OUTSIDE, 0)) as listener:
        listener.setblocking(False)
        yield Forbidden(listener)


@pytest.fixture(scope="module")
def workers() -> Generator[Workers]:
    with two_workers() as workers:
        yield workers


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[Arena]:
    inside: dict[str, Any] = {"allowed_networks": (f"{INSIDE}/32",)}
    with an_arena(tmp_path_factory.mktemp("arena"), retry_share=1.0, silence_seconds=600, **inside) as arena:
        yield arena


@pytest.fixture
def pair(arena: Arena, workers: Workers) -> Generator[Pair]:
    """The first worker is the only one, unless the second one is taken in."""
    with paired(arena, workers) as pair:
        arena.call("DELETE", "/workers/second")
        yield pair


@contextmanager
def names_lead(arena: Arena, *places: str) -> Generator[None]:
    """Let every name lead to these addresses, as whoever owns the name may at any time."""
    assert arena.loop is not None

    async def found(host: str, port: int, **_: object) -> Found:
        led = [host] if host in {INSIDE, OUTSIDE} else places  # what is an address already leads to itself
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (place, port)) for place in led]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arena.loop, "getaddrinfo", found)
        yield


def take_in_at(pair: Pair, url: str) -> int:
    """Register the first worker at another address; return the status."""
    pair.arena.call("DELETE", "/workers/first")
    card = pair.first.card().model_dump(mode="json") | {"url": url}
    return pair.arena.call("POST", "/workers", json=card).status_code


def has_failed(said: Said) -> bool:
    return said.text == "" and said.error in {"worker_unreachable", "answer_failed"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "2130706434",
        "127.2",
        "0177.0.0.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::1]",
        "[fe80::1]",
        "0.0.0.0",
    ],
)
def test_an_address_outside_is_refused_when_a_worker_registers(pair: Pair, forbidden: Forbidden, host: str):
    assert take_in_at(pair, f"http://{host}:{forbidden.port}") == 403

    assert pair.arena.workers() == set()
    assert pair.ask(CHAT).error == "no_worker"
    assert not forbidden.was_called


@on(SURFACES)
@pytest.mark.parametrize("host", ["0x7f000002", "a-name-that-leads.outside"])
def test_what_leads_outside_is_never_connected_to(pair: Pair, forbidden: Forbidden, surface: Surface, host: str):
    """Some of these only a resolver reads as an address: what counts is the one that would be connected to."""
    assert take_in_at(pair, f"http://{host}:{forbidden.port}") == 204

    with names_lead(pair.arena, OUTSIDE):
        assert has_failed(pair.ask(surface))

    assert not forbidden.was_called


@on(SURFACES)
def test_a_name_that_leads_inside_at_first_is_looked_at_again_before_each_connection(
    pair: Pair, forbidden: Forbidden, surface: Surface
):
    pair.first.plays(surface.good("Inside"))
    port = pair.first.url.rpartition(":")[2]
    assert take_in_at(pair, f"http://a-name-that-moves:{port}") == 204

    with names_lead(pair.arena, INSIDE):
        assert pair.ask(surface) == Said("Inside")
    with socket.create_server((OUTSIDE, int(port))) as elsewhere, names_lead(pair.arena, OUTSIDE):
        elsewhere.setblocking(False)
        assert has_failed(pair.ask(surface))
        assert not Forbidden(elsewhere).was_called


@on(SURFACES)
def test_of_the_addresses_of_a_name_only_those_inside_are_tried(pair: Pair, surface: Surface):
    pair.first.plays(surface.good("Inside"))
    port = pair.first.url.rpartition(":")[2]
    take_in_at(pair, f"http://a-name-with-two-places:{port}")

    with socket.create_server((OUTSIDE, int(port))) as elsewhere, names_lead(pair.arena, OUTSIDE, INSIDE):
        elsewhere.setblocking(False)
        assert pair.ask(surface) == Said("Inside")
        assert not Forbidden(elsewhere).was_called


@on(SURFACES)
@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_is_followed(pair: Pair, forbidden: Forbidden, surface: Surface, status: int):
    place = f"location: http://{OUTSIDE}:{forbidden.port}/v1/chat/completions\r\n"
    pair.first.plays([respond(status, headers=place)])
    pair.second.plays(surface.good("From the second"))
    pair.arena.take_in(pair.second)

    assert pair.ask(surface) == Said("From the second")
    assert not forbidden.was_called
