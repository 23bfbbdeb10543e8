"""Makes a release: reads the ledger once, takes each conversation through the steps, writes the folder."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from arena.model import ModelEntry
from export.release import chat_1m
from export.release.card import card
from export.release.figures import Figures
from export.release.manifest import manifest
from export.release.parquet import parquet_rows
from export.release.steps import Dropped, Row, Step, answered, apply, begin, consented, without_models
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records

DATA_FILE = "data/train-00000-of-00001.parquet"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A form, and the steps that lead to it, each under the name by which the manifest lists it."""

    form: str
    steps: Mapping[str, Step]


def chat_1m_recipe(models: Iterable[ModelEntry]) -> Recipe:
    """Return the recipe of `chat-1m`. The catalogue says which models are withheld."""
    listed = tuple(models)
    withheld = frozenset(model.name for model in listed if not model.release)
    secret = frozenset(model.name for model in listed if model.secret)
    steps = {
        "keep consented": consented,
        "drop withheld models": without_models(withheld, "model_withheld"),
        "drop secret models": without_models(secret, "model_secret"),
        "keep answered turns": answered,
    }
    return Recipe(chat_1m.NAME, steps)


def _nobody_watches(_read: int) -> None:
    """Do nothing."""


async def make_release(
    ledger: Ledger, recipe: Recipe, key: bytes, out: Path, on_read: Callable[[int], None] = _nobody_watches
) -> Figures:
    """Write a release into the empty folder `out`, under the release key.

    `on_read` is told, after each conversation, how many were read.
    """
    figures = Figures()
    (out / DATA_FILE).parent.mkdir()
    with parquet_rows(out / DATA_FILE, chat_1m.SCHEMA) as rows:
        async with aclosing(conversation_records(ledger)) as records:
            async for record in records:
                result = apply(recipe.steps.values(), begin(record))
                figures.count(result)
                if not isinstance(result, Dropped):
                    rows.add(chat_1m.columns(result, key), _chars(result))
                on_read(figures.read)
    (out / "README.md").write_text(card(figures), encoding="utf-8")
    text = manifest(recipe.form, list(recipe.steps), figures, out, {DATA_FILE: rows.written})
    (out / "manifest.json").write_text(text, encoding="utf-8")
    return figures


def _chars(row: Row) -> int:
    return sum(len(turn.text) + len(turn.answer) for turn in row.turns)
