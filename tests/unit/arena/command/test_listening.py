import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from arena.command.launch import Launcher
from arena.command.listening import listen, serve
from arena.command.terminal import Terminal
from arena.errors import LedgerError, SetupError


def an_app(fail: Exception | None = None, stop_with: signal.Signals = signal.SIGTERM) -> Starlette:
    """An application that tells its process to stop as soon as it is up."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncGenerator[None]:
        if fail is not None:
            raise fail
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), stop_with)
        yield

    return Starlette(lifespan=lifespan)


def test_a_free_port_is_taken_when_none_is_named():
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_in_use_is_one_clear_line():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SetupError, match=f"^port {port} is in use: choose another with --port$"):
            listen("127.0.0.1", port)
        with pytest.raises(SetupError, match=f"^port {port} is in use: choose another with --controller-port$"):
            listen("0.0.0.0", port, option="--controller-port")


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(SetupError, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)
    with pytest.raises(SetupError, match=r"cannot listen on no such host"):
        listen("no such host", 0)


def test_sigterm_ends_serving_quietly_and_the_application_is_told_first():
    before, told = signal.getsignal(signal.SIGTERM), list[str]()

    serve(an_app(), listen("127.0.0.1", 0), lambda: told.append("stop"))

    assert told == ["stop"]
    assert signal.getsignal(signal.SIGTERM) == before


def test_sighup_asks_for_a_reload_and_serving_goes_on():
    before, told = signal.getsignal(signal.SIGHUP), list[str]()

    def again() -> None:
        told.append("again")
        os.kill(os.getpid(), signal.SIGTERM)

    serve(
        an_app(stop_with=signal.SIGHUP),
        listen("127.0.0.1", 0),
        lambda: told.append("stop"),
        on_reload=again,
    )

    assert told == ["again", "stop"]
    assert signal.getsignal(signal.SIGHUP) == before


def test_a_terminal_that_hangs_up_ends_serving(monkeypatch: pytest.MonkeyPatch):
    def gone(_: Terminal) -> bool:
        return True

    monkeypatch.setattr(Terminal, "has_hung_up", gone)
    told = list[str]()

    serve(
        an_app(stop_with=signal.SIGHUP),
        listen("127.0.0.1", 0),
        lambda: told.append("stop"),
        on_reload=lambda: told.append("again"),
    )

    assert told == ["stop"]


def test_ctrl_c_is_still_an_interruption_after_serving(request: pytest.FixtureRequest):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the suite was started with
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with pytest.raises(KeyboardInterrupt):
        serve(an_app(stop_with=signal.SIGINT), listen("127.0.0.1", 0))


@pytest.mark.parametrize("failure", [LedgerError(), ValueError("a mistake of ours")])
def test_why_an_application_does_not_start_is_raised_and_not_logged(
    failure: Exception, caplog: pytest.LogCaptureFixture
):
    with pytest.raises(type(failure), match=str(failure)):
        serve(an_app(fail=failure), listen("127.0.0.1", 0))

    assert "Traceback" not in caplog.text


def test_nothing_is_served_beyond_loopback_with_a_key_anybody_can_guess(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ARENA_PAGE_KEY", "changeme")
    launch = Launcher()
    launch.data_key(tmp_path, "page")

    with launch.listen("0.0.0.0", 0) as listener, pytest.raises(SetupError, match=r"the page key .* is a placeholder"):
        launch.serve(never, listener)
    launch.refuse_placeholders("127.0.0.1")


async def never(*_: object) -> None:
    raise AssertionError


def test_a_missing_key_variable_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMPTY_KEY", " ")
    for variable in ("MISSING_KEY", "EMPTY_KEY"):
        with pytest.raises(SetupError, match=f"the environment variable {variable} is not set"):
            Launcher().api_key(variable)
