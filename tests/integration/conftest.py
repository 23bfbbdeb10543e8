"""Fixtures for what must be closed."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.arenas import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage]:
    """A controller, a worker for its two models, and a visitor who has agreed; after the test nothing may be held."""
    with a_stage(tmp_path) as stage:
        yield stage
