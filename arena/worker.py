"""Workers: what they say of themselves."""

from typing import Annotated

from pydantic import Field, SecretStr, field_serializer

from arena.word import Word


class WorkerCard(Word):
    """What a worker tells the controller when it registers."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    url: Annotated[str, Field(max_length=300, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")]
    """Where Chat Completions are served, without `/v1`."""
    models: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    slots: Annotated[int, Field(ge=1, le=100_000)]
    """Streams at once, all models together."""
    key: SecretStr = SecretStr("")
    """What the worker wants to see as bearer token. Kept in memory only."""
    is_proxy: bool = False
    """It forwards to a vendor: an error status from it may be the vendor's, not its own."""
    upstreams: dict[str, str] = Field(default_factory=dict[str, str])
    """What it calls those of its models that it does not know by our name: requests are sent under that."""

    @field_serializer("key", when_used="json")
    def _key_travels(self, key: SecretStr) -> str:
        return key.get_secret_value()


Requests = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
"""Some limit there has to be: what no float can hold breaks the choice between workers."""


class Heartbeat(Word):
    """A worker's proof of life."""

    busy: Requests = 0
    """Streams running now."""
    waiting: Requests = 0
    """Requests queued inside the engine."""
    cache: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of the engine's cache that is in use."""
    is_draining: bool = False
    """It wants nothing new, and ends what it has."""


BEAT_SECONDS = 5.0
"""How often a worker beats."""
SILENCE_SECONDS = 15.0
"""A worker silent for so long has left the pool."""
