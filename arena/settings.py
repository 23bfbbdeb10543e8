"""Settings types: the form of `arena.toml`, and the rule that the environment overrides it."""

import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from arena.errors import SetupError
from arena.model import ModelEntry
from arena.periods import PeriodLength
from arena.word import Word

AsgiApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
Network = IPv4Network | IPv6Network


def _split_commas(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split_commas)]
"""In the file a list; in an environment variable separated by commas."""
Places = Annotated[
    tuple[Annotated[str, Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")], ...],
    NoDecode,
    BeforeValidator(_split_commas),
    Field(min_length=1),
]
"""Where something is reached: in the file one URL or a list of them, in an environment variable separated by commas."""
Port = Annotated[int, Field(ge=0, le=65535)]
MOST = 1_000_000_000
"""Some limit there has to be: what is infinite, or too large for the machine, would break only when it is used."""
Seconds = Annotated[float, Field(gt=0, le=MOST)]
Count = Annotated[int, Field(ge=1, le=MOST)]

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


class Section(BaseSettings):
    """One table of `arena.toml`. A variable `ARENA_<TABLE>_<KEY>` overrides the file."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (the signature is the library's)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


class Resolved(BaseSettings):
    """Settings that were decided already, by file, environment and flags in this order: nothing is read again."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (the signature is the library's)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the command hands over, and nothing else."""
        return (init_settings,)


class ControllerSection(Section):
    """`[controller]`: who may call it, and how patient it is."""

    model_config = SettingsConfigDict(env_prefix="ARENA_CONTROLLER_")

    host: str = "127.0.0.1"
    port: Port = 21001
    allowed_networks: Networks = LOOPBACK
    """Workers may only be here."""
    gather_ms: Annotated[int, Field(ge=0, le=1000)] = 40
    """Text is flushed at once for the first word, then gathered for so long."""
    silence_seconds: Seconds = 15.0
    """A worker silent for so long leaves the pool."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")] = "controller"
    """Under which it opens turns: a second controller on the same ledger needs a name of its own."""
    trusted_proxies: Networks = ()
    """What forwards clients to the gateway. With any, every call to `/v1` needs a key."""
    queue_length: Annotated[int, Field(ge=0)] = 100
    """Requests that may wait for a slot, per model; beyond it they are refused as busy."""
    queue_seconds: Seconds = 60.0
    """The longest that one of them waits."""
    deadline_seconds: Seconds = 900.0
    """The longest that one request may take, waiting and writing together."""
    retry_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Of all requests so many may be tried once more elsewhere: retries must not melt the pool."""
    hedge_seconds: Annotated[float, Field(ge=0, le=MOST)] = 0.0
    """After so long without a first word a second worker is asked too, and the first to speak wins; 0: never."""
    unlogged_chat: bool = False
    """Visitors may chat with one model without consent to log; nothing of it is kept."""
    when_ledger_fails: Literal["pause", "go_on"] = "pause"
    """Whether conversations that this controller knows go on while the ledger cannot be written. Votes never do."""
    spool_megabytes: Count = 256
    """Finished turns that wait on disk for the ledger; above it turns fail."""
    ledger_seconds: Seconds = 10.0
    """A ledger that takes longer for one write is treated as away."""
    pseudonym_period: PeriodLength = "quarter"
    """How long one key hashes addresses (UTC); it is destroyed on command after the period's release."""
    country_database: str = ""
    """A file in MaxMind's format from which a visitor's country is read; empty: nobody's country is known."""
    connect_seconds: Seconds = 5.0
    first_word_seconds: Seconds = 120.0
    between_words_seconds: Seconds = 60.0


class WebSection(Section):
    """`[web]`: the page."""

    model_config = SettingsConfigDict(env_prefix="ARENA_WEB_")

    host: str = "127.0.0.1"
    port: Port = 7860
    controller: Places = ("http://127.0.0.1:21001",)
    """The first is asked as long as it answers, the others in its place."""
    title: str = "Chat Arena"
    leaderboard_site: Annotated[str, Field(pattern=r"^((https?:/)?/[^\s\"<>]*)?$")] = ""
    """Where the pages of `arena ratings site` are served: the leaderboard links to them."""
    cohort: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,60}$")] = ""
    """The group to which everybody belongs who comes through this page."""
    trusted_proxies: Networks = ()
    """Only from these is a forwarded-for header believed."""
    cookie_secure: bool = False
    """Set it when the page is reached over HTTPS."""
    updates_per_second: Annotated[float, Field(gt=0, le=60)] = 10.0
    body_limit: Annotated[int, Field(ge=1000)] = 1_000_000
    """Bytes."""


class StoreSection(Section):
    """`[store]`: where the ledger is."""

    model_config = SettingsConfigDict(env_prefix="ARENA_STORE_")

    url: str = ""
    """An SQLAlchemy URL; empty: `ledger.sqlite3` in the data folder."""
    retention_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """`arena store retain` removes text that is older and has no release scope; 0: nothing."""


class ExportSection(Section):
    """`[export]`: releases and ratings."""

    model_config = SettingsConfigDict(env_prefix="ARENA_EXPORT_")

    withheld_cohorts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)] = ()
    """Groups of which nothing is ever published."""
    board_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How often the leaderboard is made anew when there are new votes."""
    board_categories: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)] = (
        "code",
        "maths",
        "long_prompt",
        "multi_turn",
        "language",
        "no_refusal",
        "no_ties",
    )
    """Boards of their own on the leaderboard, beside that of all votes (docs/ratings.md)."""
    board_delay_hours: Annotated[float, Field(ge=0)] = 0.0
    """A vote reaches the leaderboard only after so long."""
    board_review: bool = False
    """New leaderboards wait until the operator publishes them: `arena ratings publish`."""


class Limits(Section):
    """`[limits]`: what one visitor may ask for."""

    model_config = SettingsConfigDict(env_prefix="ARENA_LIMITS_")

    turns_per_minute: Count = 20
    """Per session."""
    turns_per_minute_per_address: Count = 60
    streams_per_session: Count = 4
    """Answers at once; a battle has two."""
    input_chars: Count = 32_000
    output_tokens: Count = 4_096
    sessions_per_minute_per_address: Count = 30


class TelemetrySection(Section):
    """`[telemetry]`: what the processes tell of themselves. Never a visitor's text or a key."""

    model_config = SettingsConfigDict(env_prefix="ARENA_TELEMETRY_")

    log_format: Literal["text", "json"] = "text"
    access_log: bool = False
    """One line for each request: its method, the form of its address, its status, its time."""
    otlp_endpoint: str = ""
    """Where OpenTelemetry traces are sent (OTLP over HTTP), such as `http://127.0.0.1:4318`; empty: nowhere."""


class ArenaFile(Word):
    """`arena.toml`."""

    controller: ControllerSection = Field(default_factory=ControllerSection)
    web: WebSection = Field(default_factory=WebSection)
    store: StoreSection = Field(default_factory=StoreSection)
    export: ExportSection = Field(default_factory=ExportSection)
    limits: Limits = Field(default_factory=Limits)
    telemetry: TelemetrySection = Field(default_factory=TelemetrySection)
    models: tuple[ModelEntry, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [model.name for model in self.models]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"models: the name {twice[0]!r} is given twice")
        if not names:
            raise ValueError("models: at least one [[models]] entry is needed")
        return self


class Launch(Protocol):
    """What the `arena` command hands to each package's own command (typer's `Context.obj`)."""

    def read_config(self, path: Path | None) -> ArenaFile:
        """Read and check `arena.toml`; without a path `./arena.toml` if present, else the demo models."""
        ...

    def data_key(self, data: Path, name: str) -> SecretStr:
        """Return the key `name` (`page`, `worker`, `chain`, `release`).

        From the variable `ARENA_<NAME>_KEY` or the file `DATA/keys/<name>.key`, made when missing.
        """
        ...

    def period_key(self, data: Path, name: str, period: str) -> SecretStr:
        """Return the key `name` of one period, such as `pseudonym` of `2026Q4`.

        From the variable `ARENA_<NAME>_KEY`, which whoever sets it has to change with the periods, or the file
        `DATA/keys/<name>-<period>.key`, made when missing.
        """
        ...

    def api_key(self, variable: str) -> SecretStr:
        """Return a vendor's key from the environment; a missing one is a `SetupError` that names the variable."""
        ...

    def listen(self, host: str, port: int) -> socket.socket:
        """Bind and listen; port 0 takes a free one. A port in use is a `SetupError`."""
        ...

    def serve(
        self,
        app: AsgiApp,
        listener: socket.socket,
        *,
        on_stop: Callable[[], None] | None = None,
        on_reload: Callable[[], None] | None = None,
        drain_seconds: float = 3,
    ) -> None:
        """Serve until SIGTERM or SIGINT. `on_stop` is called first then; open requests get so many seconds to end.

        `on_reload` is called on SIGHUP, unless that says that our terminal is gone: then it is like SIGTERM.
        """
        ...


def check_vendor_keys(launch: Launch, models: Iterable[ModelEntry]) -> None:
    """Raise a `SetupError` that names the first model whose key is not in the environment."""
    for model in models:
        if model.api_key_env:
            try:
                launch.api_key(model.api_key_env)
            except SetupError as error:
                raise SetupError(f"model {model.name}: {error}") from error
