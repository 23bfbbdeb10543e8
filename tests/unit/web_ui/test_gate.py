"""What of Gradio can be reached, and by whom."""

import pytest

from arena.errors import AccessError, MethodNotAllowed, NotFound
from web_ui.gate import check_address, check_origin


def a_request(method: str = "POST", path: str = "/visitor/session", **headers: str) -> dict[str, object]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": pairs}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": "https://arena.example", "host": "inner:7860"},
        {"origin": "http://arena.example:7860", "host": "arena.example:7860"},
        {"host": "arena.example"},
    ],
)
def test_what_comes_from_the_page_passes(headers: dict[str, str]):
    check_origin(a_request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://evil.example", "host": "arena.example"},
        {"origin": "null", "host": "arena.example"},
        {"origin": "http://arena.example:1", "host": "arena.example:2"},
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(headers: dict[str, str]):
    with pytest.raises(AccessError):
        check_origin(a_request(**headers))


def test_reading_needs_no_origin():
    check_origin(a_request("GET", "/", sec_fetch_site="cross-site"))


@pytest.mark.parametrize("path", ["/", "/theme.css", "/assets/index.js", "/favicon.ico", "/health/live"])
def test_what_the_page_reads_is_there(path: str):
    check_address(a_request("GET", path))


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/gradio_api/info",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/queue/join",
        "/gradio_api/run/predict",
        "/gradio_api/heartbeat/x",
        "/gradio_api/call/predict",
        "/gradio_api/api/predict",
        "/gradio_api/vibe-edit",
        "/gradio_api/component_server",
        "/login",
        "/monitoring",
        "/docs",
    ],
)
def test_the_rest_of_gradio_is_not_there(path: str):
    with pytest.raises(NotFound):
        check_address(a_request("POST", path))


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("DELETE", "/assets/x"), ("PUT", "/theme.css")])
def test_no_other_method(method: str, path: str):
    with pytest.raises(MethodNotAllowed):
        check_address(a_request(method, path))
