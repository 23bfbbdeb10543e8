"""What is known of the models beside their votes: who makes them, under which licence, for how much."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.errors import SetupError
from arena.model import ModelEntry


class ModelFacts(BaseModel):
    """One model."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    organisation: str = ""
    licence: str = ""
    link: str = ""
    price_in: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """US dollars per million tokens read."""
    price_out: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


Facts = Mapping[str, ModelFacts]


def facts_of(entries: Iterable[ModelEntry]) -> Facts:
    """Read them from the operator's list."""
    return {each.name: ModelFacts(**each.public().model_dump()) for each in entries if not each.secret}


def read_facts(file: Path) -> Facts:
    """Read a file of models: TOML with `[[models]]` entries as in `arena.toml`, or JSON with a list of the same.

    What is wrong with it is a `SetupError`; keys that mean nothing here are passed over.
    """
    try:
        said = file.read_text(encoding="utf-8")
        found = json.loads(said) if file.suffix.lower() == ".json" else tomllib.loads(said)
    except OSError as error:
        raise SetupError(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:  # that of TOML, of JSON, and of bytes that are no text
        raise SetupError(f"{file}: {error}") from error
    listed: Any = found.get("models") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise SetupError(f"{file}: there is no list of models")
    try:
        facts = [ModelFacts.model_validate(each) for each in listed]
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return {each.name: each for each in facts}
