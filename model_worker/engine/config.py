"""How patient a worker is with its engine."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from arena.settings import Section
from arena.worker import BEAT_SECONDS


class EngineSettings(Section):
    """Read once, in the command line; handed down from there. A variable `ARENA_ENGINE_<FIELD>` overrides a field."""

    model_config = SettingsConfigDict(env_prefix="ARENA_ENGINE_")

    controllers: tuple[str, ...] = ()
    """To each of these the engine is registered, and for it each gets heartbeats."""
    key: SecretStr = SecretStr("")
    """Who holds it may register workers."""
    beat_seconds: Annotated[float, Field(gt=0)] = BEAT_SECONDS
    start_seconds: Annotated[float, Field(gt=0)] = 1800.0
    """An engine that is not well after so long is started anew: weights may have to be downloaded first."""
    look_seconds: Annotated[float, Field(gt=0)] = 1.0
    """How often it is asked how it is."""
    answer_seconds: Annotated[float, Field(gt=0)] = 10.0
    """Within this it has to say how it is."""
    misses: Annotated[int, Field(ge=1)] = 3
    """After so many questions in a row without an answer it counts as gone."""
    restart_seconds: Annotated[float, Field(gt=0)] = 1.0
    """The wait before the first restart; doubled for each that follows."""
    longest_restart_seconds: Annotated[float, Field(gt=0)] = 60.0
    well_seconds: Annotated[float, Field(gt=0)] = 60.0
    """An engine that served for so long was well: its next restart is quick again."""
    report_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How often a start that takes long is talked about."""
    drain_seconds: Annotated[float, Field(ge=0)] = 900.0
    """Running answers get so long to end when the worker is told to stop: as long as controllers let one take."""
    end_seconds: Annotated[float, Field(gt=0)] = 10.0
    """The engine gets so long to end by itself, before it is killed."""
