"""One browser and one arena for the tests that leave them as they are."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser

from tests.browser import a_browser
from tests.e2e.arena_up import ArenaUp, arena_up

PATIENT = {
    "ARENA_LIMITS_TURNS_PER_MINUTE": "1000",
    "ARENA_LIMITS_TURNS_PER_MINUTE_PER_ADDRESS": "1000",
    "ARENA_LIMITS_SESSIONS_PER_MINUTE_PER_ADDRESS": "1000",
    "ARENA_WORKER_WORDS_PER_SECOND": "15",
    "ARENA_EXPORT_BOARD_SECONDS": "0.5",
}
"""Limits that no test reaches by accident, answers slow enough to be stopped, a board that follows at once."""


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """A Chromium. Closed after each file: while Playwright runs, no test in this thread can run a loop of its own."""
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def patient_arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    """A whole arena with wide limits and slow answers, which tests leave running."""
    with arena_up(tmp_path_factory.mktemp("patient"), env=PATIENT) as arena:
        arena.url()
        yield arena
