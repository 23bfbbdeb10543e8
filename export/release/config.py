"""What the operator decides about a release: `release.toml`, whose keys are the names of the flags."""

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from arena.errors import SetupError
from export.card.licence_names import checked_licence
from export.personal_data.span import Kind

_NAMES = ("NAME", "NAME_WHOLE")
"""What is measured besides the kinds of other personal data."""

FORMATS = ("chat-1m", "arena-battles", "preference-140k", "full")

FormName = Literal["chat-1m", "arena-battles", "preference-140k", "full"]


def _moment(value: object) -> object:
    """Read a date, or a date with a time; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError("write a date such as 2026-07-01, or 2026-07-01T12:00:00Z") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else _in_utc(value)
    raise ValueError("write a date such as 2026-07-01")


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is before the year 1 or after the year 9999 in UTC") from error


def _day(value: object) -> object:
    moment = _moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | Path) else value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("name at least one")
    return tuple(dict.fromkeys(value))


def _number(value: object) -> object:
    if value is True or value is False:
        raise ValueError("write a number")
    return value


Number = Annotated[int, BeforeValidator(_number)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Share = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_listed)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


def _dashed(name: str) -> str:
    named = {"start": "from", "end": "to", "name_engines": "name-engine"}
    return named.get(name, name.replace("_", "-"))


class ReleaseSettings(BaseModel):
    """Everything that decides about a release. Keys may be written with `-` or `_`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_dashed)

    format: Annotated[tuple[FormName, ...], BeforeValidator(_listed), AfterValidator(_once)] = ("chat-1m",)
    start: Moment | None = None
    """`from`: conversations whose last turn finished then or later."""
    end: Moment | None = None
    """`to`: and before then."""
    date: Day | None = None
    """Of the release; else `to`, else the day of the last turn's finish."""
    names: Literal["recall", "balanced", "none"] = "recall"
    name_engines: Texts = ()
    """Besides our own: `presidio:FOLDER`, `gliner:FOLDER`, `openai:URL MODEL`."""
    public_figures: bool = False
    """Leave the names of public figures as they are."""
    pii: Literal["drop", "redact"] = "drop"
    """What is done with conversations that hold other personal data than names."""
    policy: Mapping[str, Literal["drop", "redact", "keep"]] = Field(default_factory=dict)
    """The same for single kinds."""
    language: Literal["default", "compat"] = "default"
    moderation: Path | None = None
    """The store of verdicts; else `moderation.sqlite3` in the data folder where it is."""
    moderation_model: str | None = None
    """Whose verdicts of it; else those of the model that gave most."""
    guard: str | None = None
    """Whose labels of it go into the side file `moderation_local`; None: those of the guard model that gave most."""
    require_moderation: bool = False
    keep_sexual_minors: bool = False
    toxicity: Path | None = None
    """What a toxicity tagger wrote."""
    tokenizer: Path | None = None
    """A `tokenizer.json` to count tokens with; else their number is estimated."""
    min_recall: Mapping[str, Share] = Field(default_factory=dict)
    canaries: Annotated[Number, Field(ge=0, le=10_000)] = 20
    sample_prompts: Path | None = None
    benchmarks: Paths = ()
    earlier: Paths = ()
    """Releases of before: for the mark where a prompt was seen first."""
    sample: Annotated[Number, Field(ge=1)] | None = None
    """Release so many rows, drawn by the seed; None: all."""
    seed: Number = 42
    licence: Annotated[str, AfterValidator(checked_licence)] | None = None
    """None: the form's own."""
    title: str = ""
    """Empty: what the form is called."""
    contact: str | None = None
    processes: Annotated[Number, Field(ge=1, le=1024)] | None = None
    """None: one for each core."""
    engine: Literal["local", "dask", "ray"] = "local"
    scheduler: str | None = None
    """Where Dask's scheduler or Ray's head is reached; None: one is started here."""
    data: Path = Path("data")
    store: str | None = None
    arena_config: Path | None = None
    out: Path | None = None

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: Moment | None, info: ValidationInfo) -> Moment | None:
        start = info.data.get("start")
        if end is not None and start is not None and end <= start:
            raise ValueError("must be later than `from`")
        return end

    @field_validator("policy", "min_recall")
    @classmethod
    def _of_known_kinds(cls, given: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
        known = [*(kind.value for kind in Kind), *(_NAMES if info.field_name == "min_recall" else ())]
        named = [each.upper().replace("-", "_") for each in given]
        if unknown := sorted(each for each, name in zip(given, named, strict=True) if name not in known):
            raise ValueError(f"{unknown[0]} is none of {', '.join(known)}")
        if twice := sorted(each for each in named if named.count(each) > 1):
            raise ValueError(f"{twice[0]} is given twice")
        return given

    @property
    def steering(self) -> dict[str, Any]:
        """What may change a byte of the release: everything but where and by how many it is made."""
        elsewhere = {"processes", "engine", "scheduler", "data", "store", "arena_config", "out"}
        return self.model_dump(mode="json", by_alias=True, exclude=elsewhere)


def release_name(settings: ReleaseSettings, date: str) -> str:
    """Return by what a release is told from all others of the same arena: date, title, period and sample.

    Who voted has a pseudonym of this name alone, so that a judge of one release is nobody in the next.
    """
    chosen = settings.model_dump(mode="json", by_alias=True, include={"title", "start", "end", "sample", "seed"})
    return json.dumps({"date": date, **chosen}, sort_keys=True)


def read_settings(file: Path | None, flags: Mapping[str, Any]) -> ReleaseSettings:
    """Return the settings of the file with those of the flags over them; flags that are None were not given.

    Raises `SetupError`: one line with the file or the flag, and the key.
    """
    in_file = _document(file) if file else {}
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return ReleaseSettings.model_validate(in_file | given)
    except ValidationError as error:
        raise SetupError(_one_line(file, set(given), error.errors()[0])) from error


def pairs(flag: str, given: list[str] | None) -> dict[str, str] | None:
    """Read what a flag was given: `KIND=VALUE`, any number of times. Raises `SetupError` where that is no sense."""
    if not given:
        return None
    if wrong := [each for each in given if "=" not in each]:
        raise SetupError(f"--{flag}: {wrong[0]!r} is not of the form KIND=VALUE")
    told = [(kind.strip(), value.strip()) for kind, _, value in (each.partition("=") for each in given)]
    if twice := next((kind for kind, value in told if dict(told)[kind] != value), None):
        raise SetupError(f"--{flag}: {twice} is given twice")
    return dict(told)


def _document(file: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{file}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{file}: {error}") from error
    dashed = {key.replace("_", "-"): value for key, value in told.items()}
    if len(dashed) < len(told):
        twice = next(key for key in told if "_" in key and key.replace("_", "-") in told)
        raise SetupError(f"{file}: {twice}: given twice, also with `-`")
    return dashed


def _one_line(file: Path | None, flags: set[str], error: ErrorDetails) -> str:
    key = str(error["loc"][0])
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    problem = "unknown key" if error["type"] == "extra_forbidden" else error["msg"].removeprefix("Value error, ")
    return f"--{key}: {problem}" if key in flags else f"{file}: {place}: {problem}"
