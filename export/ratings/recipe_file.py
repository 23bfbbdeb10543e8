"""A board as a file: which votes count, and how they become ratings."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from arena.errors import SetupError
from export.ratings.recipe import Interval, Method, Recipe, Weights

Cap = Annotated[int, Field(ge=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda said: (said,) if isinstance(said, str) else said)]
"""Several names; one may stand alone."""


class BoardAnchor(BaseModel):
    """A model, and the rating that it is shown with."""

    model_config = ConfigDict(extra="forbid")

    model: str
    rating: float


class BoardFile(BaseModel):
    """A recipe file in TOML. Its keys are called as the options of `arena ratings` are.

    `leaderboard.json` holds the one that it was made by under `recipe`, and can be given in its place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Method = Method.BT
    ci: Interval = Interval.SANDWICH
    style: bool = False
    style_without: Names = ()
    anchor: BoardAnchor | None = None
    rounds: Annotated[int, Field(ge=2, le=100_000)] = 100
    seed: Annotated[int, Field(ge=0)] = 0
    filters: Names = ()
    category: Names = ()
    label_model: str | None = None
    allow: Names = ()
    leave_out: Names = ()
    exclude_voter: Names = ()
    per_voter: Cap | None = None
    per_prompt: Cap | None = None
    weights: Weights = Weights.NONE
    weight_cap: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 10.0
    checks: bool = False

    def recipe(self, filters: tuple[str, ...]) -> Recipe:
        """Return the choices; `filters` are the conditions as they were read."""
        anchor = None if self.anchor is None else (self.anchor.model, self.anchor.rating)
        return Recipe(
            method=self.method,
            ci=self.ci,
            style=self.style,
            style_without=self.style_without,
            anchor=anchor,
            rounds=self.rounds,
            seed=self.seed,
            filters=filters,
            per_voter=self.per_voter,
            per_prompt=self.per_prompt,
            weights=self.weights,
            weight_cap=self.weight_cap,
            checks=self.checks,
        )


def read_board_file(file: Path) -> BoardFile:
    """Read a recipe file; what is wrong with it is a `SetupError` that names the key."""
    try:
        return BoardFile.model_validate(_recipe_in(file))
    except OSError as error:
        raise SetupError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{file}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _recipe_in(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".json":
        return tomllib.loads(text)
    found = json.loads(text)
    if not isinstance(found, dict) or "recipe" not in found:
        raise SetupError(f"{file}: this is no leaderboard.json that says its recipe")
    return found["recipe"]
