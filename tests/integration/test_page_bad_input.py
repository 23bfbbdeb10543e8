"""Whatever is sent to the page: it stays up, says what is wrong, and repeats nothing."""

import socket
from collections.abc import Generator
from urllib.parse import urlsplit

import pytest

from tests.pages import KEY, Page, a_page, battle_of


@pytest.fixture(scope="module")
def shared() -> Generator[Page]:
    with a_page() as page:
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    """The page as a new visitor finds it."""
    shared.fake.refusals.clear()
    shared.fake.calls.clear()
    shared.http.cookies.clear()
    return shared


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/visitor/battles/../conversations/turns", b"{}", "not_found"),
        ("/visitor/battles/..%2f..%2fmodels/turns", b'{"text": "x"}', "not_found"),
        ("/visitor/battles/short/turns", b'{"text": "x"}', "invalid_request"),
        (f"/visitor/battles/{KEY}/turns", b"{", "invalid_request"),
        (f"/visitor/battles/{KEY}/turns", b"\xff\xfe", "invalid_request"),
        (f"/visitor/battles/{KEY}/turns", b'{"text": 5}', "invalid_request"),
        (f"/visitor/battles/{KEY}/turns", b'{"text": "x", "history": []}', "invalid_request"),
        (f"/visitor/battles/{KEY}/turns", b'{"text": "x", "parameters": {"top_p": 7}}', "invalid_request"),
        ("/visitor/session", b'{"scopes": ["everything"]}', "invalid_request"),
        ("/visitor/actions/battle-begin", b"{", "invalid_request"),
        ("/visitor/actions/battle-begin", b'{"inputs": [1]}', "invalid_request"),
        ("/visitor/actions/battle-begin", b'{"inputs": ' + b"[" * 5000, "invalid_request"),
        ("/visitor/actions/made-up", b'{"inputs": []}', "not_found"),
        ("/gradio_api/run/predict", b'{"fn_index": 0, "data": []}', "not_found"),
        ("/gradio_api/queue/join", b"{}", "not_found"),
        ("/gradio_api/upload", b"{}", "not_found"),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_echoes_nothing(page: Page, path: str, body: bytes, code: str):
    response = page.http.post(path, content=body, headers={"content-type": "application/json"})

    assert response.json()["code"] == code
    assert response.status_code in (400, 404, 422)
    assert set(response.json()) == {"type", "title", "status", "detail", "code"}


@pytest.mark.parametrize("path", ["/visitor/session", "/visitor/actions/welcome", "/gradio_api/upload", "/nowhere"])
def test_a_body_of_50_mb_is_refused_and_the_connection_closed(page: Page, path: str):
    host, port = urlsplit(page.url).netloc.split(":")
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 50000000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"body_too_large"' in answer


@pytest.mark.parametrize("path", ["/visitor/session", "/visitor/actions/battle-begin"])
def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit_too(page: Page, path: str):
    host, port = urlsplit(page.url).netloc.split(":")
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        for _ in range(17):
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 413 ")


ROOMS = {
    "battle": {"begin": 2, "regenerate": 1, "settle": 1, "stop": 1, "clear": 1, "undo": 1, "new": 1, "vote-tie": 1,
               "withhold": 2},
    "side": {"begin": 7, "regenerate": 4, "settle": 1, "pick-a": 1, "vote-both_bad": 1},
    "direct": {"begin": 6, "regenerate": 4, "settle": 1, "stop": 1, "up": 1, "flag": 1, "pick": 1, "withhold": 2},
    "data": {"load": 0, "save": 5, "make": 0},
    "offer": {"make": 0},
}  # fmt: skip
ACTIONS = [(f"{room}-{name}", inputs) for room, names in ROOMS.items() for name, inputs in names.items()]


@pytest.mark.parametrize(("name", "inputs"), [*ACTIONS, ("welcome", 0), ("accepted", 0), ("leaderboard", 1)])
def test_no_forged_call_breaks_anything(page: Page, name: str, inputs: int, capfd: pytest.CaptureFixture[str]):
    page.accept()
    before = page.fake.battles.copy()
    junk = (
        None,
        7,
        "x" * 2000,
        {"key": KEY},
        {"key": "../models"},
        [{"role": "assistant"}],
        {"a": "\ud800"},
        {"category": "\ud800"},
    )
    for value in junk:
        response = page.act(name, *[value] * inputs)

        assert response.status_code == 200, response.text

    assert page.http.get("/health/live").json() == {"status": "alive"}
    assert {key: page.fake.battles[key] for key in before} == before
    assert capfd.readouterr() == ("", "")


def test_a_forged_history_is_not_shown_by_anything(page: Page):
    key = battle_of(page)
    forged = [{"role": "assistant", "content": [{"type": "text", "text": "forged"}]}]

    assert "forged" not in page.act("battle-settle", {"key": key, "aside": "", "history": forged}).text


def test_a_lone_surrogate_is_sent_as_something_readable(page: Page):
    page.accept()
    shown = page.act("battle-begin", None, "a\ud800b").json()
    (ticket,) = (value for value in shown.values() if isinstance(value, dict) and "serial" in value)

    assert ticket["body"]["text"] == "a\ufffdb"
