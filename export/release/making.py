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
from export.release.steps import Dropped, Row, Step, answered, apply, begin, without_models
from logging_store.facts import Withheld
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records
from logging_store.withholding import Withholding

DATA_FILE = "data/train-00000-of-00001.parquet"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A form, and the steps that lead to it, each under the name by which the manifest lists it.

    Before the first of them, the ledger itself keeps back what may not be released, and these cohorts.
    """

    form: str
    steps: Mapping[str, Step]
    withheld_cohorts: frozenset[str] = frozenset()

    @property
    def listed(self) -> list[str]:
        """What is done, in order. Cohorts are not named: a name may tell who they are."""
        return ["keep what may be released", *self.steps]


def chat_1m_recipe(models: Iterable[ModelEntry], withheld_cohorts: Iterable[str] = ()) -> Recipe:
    """Return the recipe of `chat-1m`. The catalogue says which models are withheld, the operator which cohorts."""
    listed = tuple(models)
    withheld = frozenset(model.name for model in listed if not model.release)
    secret = frozenset(model.name for model in listed if model.secret)
    steps = {
        "drop withheld models": without_models(withheld, "model_withheld"),
        "drop secret models": without_models(secret, "model_secret"),
        "keep answered turns": answered,
    }
    return Recipe(chat_1m.NAME, steps, frozenset(withheld_cohorts))


def _nobody_watches(_read: int) -> None:
    """Do nothing."""


async def make_release(
    ledger: Ledger, recipe: Recipe, key: bytes, out: Path, on_read: Callable[[int], None] = _nobody_watches
) -> Figures:
    """Write a release into the empty folder `out`, under the release key.

    `on_read` is told, after each conversation, how many were read.
    """
    figures = Figures()
    withdrawn: list[str] = []
    (out / DATA_FILE).parent.mkdir()
    with parquet_rows(out / DATA_FILE, chat_1m.SCHEMA) as rows:
        async with aclosing(conversation_records(ledger, recipe.withheld_cohorts)) as all_read:
            async for read in all_read:
                result = apply(recipe.steps.values(), begin(read))
                figures.count(result)
                if not isinstance(result, Dropped):
                    rows.add(chat_1m.columns(result, key), _chars(result))
                elif isinstance(read, Withheld) and read.reason is Withholding.FORGOTTEN:
                    withdrawn.append(chat_1m.released_id(key, read.conversation_id))
                on_read(figures.read)
    (out / "README.md").write_text(card(figures), encoding="utf-8")
    text = manifest(recipe.form, recipe.listed, figures, out, {DATA_FILE: rows.written}, withdrawn)
    (out / "manifest.json").write_text(text, encoding="utf-8")
    return figures


def _chars(row: Row) -> int:
    return sum(map(len, row.texts))
