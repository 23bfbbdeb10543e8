"""Models, as the operator lists them and as visitors see them."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from arena.word import Word


class WorkerKind(StrEnum):
    """What serves a model."""

    DEMO = "demo"
    OPENAI = "openai"
    AZURE = "azure"
    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    VERTEX = "vertex"
    VLLM = "vllm"
    ATTACH = "attach"


class ModelKind(StrEnum):
    """What a model is asked for."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    """It is reached through `/v1/embeddings` alone: no chat and no battle."""


_NEED_ADDRESS = (WorkerKind.AZURE, WorkerKind.ATTACH)
_OWN_CREDENTIALS = (WorkerKind.BEDROCK, WorkerKind.VERTEX)
_EMBEDDERS = (WorkerKind.OPENAI, WorkerKind.AZURE, WorkerKind.VLLM, WorkerKind.ATTACH)
_ONLY_FOR = {
    "api_version": (WorkerKind.AZURE, WorkerKind.ANTHROPIC, WorkerKind.BEDROCK, WorkerKind.VERTEX),
    "region": (WorkerKind.BEDROCK, WorkerKind.VERTEX),
    "project": (WorkerKind.VERTEX,),
}


class PublicModel(Word):
    """What anyone may know of a model."""

    name: str
    organisation: str = ""
    licence: str = ""
    link: str = ""
    is_demo: bool = False
    price_in: float | None = None
    price_out: float | None = None


class ModelEntry(Word):
    """One `[[models]]` entry of `arena.toml`."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\s/?#][^\r\n\t?#]*$")]
    worker: WorkerKind
    kind: ModelKind = ModelKind.CHAT
    upstream: str = ""
    """The provider's or engine's name of the model; the entry's own name when empty."""
    base_url: str = ""
    api_key_env: str = ""
    """The environment variable that holds the key."""
    api_version: Annotated[str, Field(pattern=r"^((bedrock-|vertex-)?\d{4}-\d{2}-\d{2}(-preview)?)?$")] = ""
    """Azure: a dated version of its API, empty: its v1. Claude's API: an older version, empty: the newest."""
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    """Where Bedrock or Vertex serves it; empty: what the vendor's own variables and files say."""
    project: Annotated[str, Field(pattern=r"^[a-z0-9:.-]{0,100}$")] = ""
    """Vertex: the project of Google Cloud; empty: as above."""
    slots: Annotated[int, Field(ge=1, le=100_000)] = 32
    """Answers at once."""
    organisation: str = ""
    licence: str = ""
    link: str = ""
    price_in: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """US dollars per million tokens read."""
    price_out: Annotated[float, Field(ge=0, le=1e6)] | None = None
    concurrency: Annotated[int, Field(ge=1)] | None = None
    """Answers at once over all its workers; None: as many as they have slots."""
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Read and written together, over all its workers."""
    dollars_per_day: Annotated[float, Field(ge=0, le=1e9)] | None = None
    """Nothing more is asked once so much was spent since midnight UTC; needs `price_in` and `price_out`."""
    battle_weight: Annotated[float, Field(ge=0, le=1e9)] = 1.0
    """How often it is drawn, relative to the others; 0 keeps it out of battles."""
    release: bool = True
    secret: bool = False
    flags: str = ""
    """What a vLLM of our own is told besides, as on its command line."""
    devices: str = ""
    """Which GPUs it sees, such as `0,1`; empty: all."""

    @model_validator(mode="after")
    def _has_what_its_worker_needs(self) -> Self:
        if self.worker in _NEED_ADDRESS and not self.base_url:
            raise ValueError(f"base_url is required for worker = '{self.worker}'")
        if self.worker in _OWN_CREDENTIALS and self.api_key_env:
            raise ValueError(
                f"api_key_env is not for worker = '{self.worker}': its credentials are the vendor's own affair"
            )
        for field, workers in _ONLY_FOR.items():
            if getattr(self, field) and self.worker not in workers:
                raise ValueError(f"{field} is only for worker = {' or '.join(map(repr, map(str, workers)))}")
        if self.kind is ModelKind.EMBEDDING and self.worker not in _EMBEDDERS:
            raise ValueError(f"kind = 'embedding' is not for worker = '{self.worker}'")
        if self.dollars_per_day is not None and (self.price_in is None or self.price_out is None):
            raise ValueError("dollars_per_day needs price_in and price_out")
        return self

    @property
    def upstream_name(self) -> str:
        """What the provider or engine calls this model."""
        return self.upstream or self.name

    @property
    def account(self) -> str:
        """Which worker process serves it: all demo models share one, and so do all models of one provider account.

        A vLLM of our own serves one model.
        """
        if self.worker is WorkerKind.DEMO:
            return "demo"
        if self.worker is WorkerKind.VLLM:
            return f"vllm:{self.name}"
        place = "/".join(filter(None, (self.base_url, self.project, self.region, self.api_version)))
        return f"{self.worker}:{self.api_key_env or '-'}@{place or '-'}"

    def public(self) -> PublicModel:
        """Return what visitors may see."""
        return PublicModel(
            name=self.name,
            organisation=self.organisation,
            licence=self.licence,
            link=self.link,
            is_demo=self.worker is WorkerKind.DEMO,
            price_in=self.price_in,
            price_out=self.price_out,
        )


class ModelList(Word):
    """The models a visitor may choose from."""

    models: tuple[PublicModel, ...]


def _demo(name: str, battle_weight: float = 1.0) -> ModelEntry:
    return ModelEntry(
        name=name,
        worker=WorkerKind.DEMO,
        slots=64,
        organisation="Demo",
        licence="Apache-2.0",
        battle_weight=battle_weight,
    )


DEMO_MODELS: tuple[ModelEntry, ...] = (
    _demo("demo-doctor"),
    _demo("demo-helper"),
    _demo("demo-poet"),
    _demo("demo-echo", battle_weight=0.0),
)
"""What serves without a configuration: models that need no weights, key or network. The echo is for tests."""
