"""What one worker process needs to run."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from arena.model import ModelEntry
from arena.settings import LOOPBACK, Networks, Section


class WorkerSettings(Section):
    """Read once, in the command line; handed down from there. A variable `ARENA_WORKER_<FIELD>` overrides a field."""

    model_config = SettingsConfigDict(env_prefix="ARENA_WORKER_")

    models: tuple[ModelEntry, ...]
    """The entries of one account."""
    controllers: tuple[str, ...] = ()
    """To each of these it registers, and to each it beats."""
    key: SecretStr = SecretStr("")
    """Who holds it may register workers."""
    observers: Networks = LOOPBACK
    """Only from here may `/metrics` be read."""
    url: str = ""
    """Under which address controllers reach it; worked out from host and port when empty."""
    words_per_second: Annotated[float, Field(ge=0)] = 30.0
    """How fast demo models speak; 0: as fast as possible."""
    connect_seconds: Annotated[float, Field(gt=0)] = 5.0
    silence_seconds: Annotated[float, Field(gt=0)] = 120.0
    """For so long a provider may send nothing in the middle of a stream, or before it."""
    whole_answer_seconds: Annotated[float, Field(gt=0)] = 600.0
    """For so long a provider may think when the answer was not asked for as a stream."""
    answer_tokens: Annotated[int, Field(ge=1)] = 4096
    """The longest answer asked of a provider that demands a limit, when the request names none."""
    drain_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Answers that are being written get so long to end when the worker is told to stop."""
    body_limit: Annotated[int, Field(ge=1000)] = 32_000_000
    """Bytes of one request; images travel inside."""
