"""The recipe of a release: what is done to each bundle, in order, in words that can be read aloud."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from arena.errors import SetupError
from arena.model import ModelEntry
from export.language.step import language_step
from export.moderation.label_store import GuardChoice, LabelStore, choose_guard
from export.moderation.step import labelled, moderated
from export.moderation.store import FILE_NAME, Choice, VerdictStore, choose
from export.names.engine import name_engine
from export.names.step import names_redacted
from export.personal_data.steps import nothing_left, personal_data, policy_of
from export.release.asides import with_asides, without_system_prompts
from export.release.config import ReleaseSettings
from export.release.normalise import normalise
from export.release.steps import Bundle, BundleStep, Dropped, Row, Step, answered, without_models
from export.release.times import at_possible_times

JOINED = "join what moderation said of each message"
"""The step before which texts are as moderation sees them."""
FAILED = "failed"
"""The reason of what a step broke on."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a recipe is made of. Every process makes it anew from these, which are small and can be sent."""

    settings: str
    """`ReleaseSettings` as JSON: hashable, so that a process makes each recipe once."""
    withheld_models: frozenset[str] = frozenset()
    secret_models: frozenset[str] = frozenset()
    verdicts: Choice | None = None
    """Whose verdicts, if there are any."""
    guard: GuardChoice | None = None

    @staticmethod
    def of(settings: ReleaseSettings, models: Iterable[ModelEntry]) -> "Ingredients":
        """Put them together. The catalogue says which models are withheld."""
        listed = tuple(models)
        policy_of(settings.pii, settings.policy)  # mistakes stop a release at its beginning
        store = (settings.moderation or settings.data / FILE_NAME).absolute()
        asked = {
            "moderation": settings.moderation,
            "moderation-model": settings.moderation_model,
            "guard": settings.guard,
        }
        if not store.exists() and (named := next((flag for flag, value in asked.items() if value), None)):
            raise SetupError(f"--{named}: there is no file {store}; `arena export moderate` makes it")
        return Ingredients(
            settings.model_dump_json(by_alias=True, exclude={"processes", "engine", "scheduler", "out", "store"}),
            frozenset(model.name for model in listed if not model.release),
            frozenset(model.name for model in listed if model.secret),
            choose(store, settings.moderation_model) if store.exists() else None,
            choose_guard(store, settings.guard) if store.exists() else None,
        )


@dataclass(frozen=True, slots=True)
class RowStep:
    """A step for each row by itself."""

    name: str
    make: Callable[[], Step]
    """Dictionaries and models are loaded only where the step is taken."""


@dataclass(frozen=True, slots=True)
class TogetherStep:
    """A step for both sides of a battle at once."""

    name: str
    make: Callable[[], BundleStep]


Named = RowStep | TogetherStep


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that is ready to be taken."""

    name: str
    each: Step | None
    together: BundleStep | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What a step could not digest. Of the error only its kind is kept: its words may be a visitor's."""

    ledger_id: str
    step: str
    error: str


def recipe(ingredients: Ingredients) -> Sequence[Named]:
    """Return the steps, after the ledger itself has kept back what may not be released."""
    settings = ReleaseSettings.model_validate_json(ingredients.settings)
    policy = policy_of(settings.pii, settings.policy)
    guard = ingredients.guard
    return [
        RowStep("drop models that are withheld", lambda: without_models(ingredients.withheld_models, "model_withheld")),
        RowStep("drop secret models", lambda: without_models(ingredients.secret_models, "model_secret")),
        RowStep("keep turns that stand and were answered", lambda: answered),
        RowStep("refuse times that are in no calendar", lambda: at_possible_times),
        RowStep("take system prompts out of what programs ask", lambda: without_system_prompts),
        *([RowStep("add system prompts and reasoning", lambda: with_asides)] if "full" in settings.format else []),
        RowStep("normalise: lone surrogates and NUL become U+FFFD", lambda: normalise),
        RowStep("tell the language of the first message", lambda: language_step(settings.language == "compat")),
        RowStep(JOINED, lambda: _moderated(ingredients, settings)),
        *([RowStep("join the guard's labels", lambda: _labelled(guard))] if guard else []),
        RowStep("drop or redact personal data", lambda: personal_data(policy)),
        *_names(settings),
        TogetherStep("look again for personal data that is left", lambda: nothing_left(policy)),
    ]


def _names(settings: ReleaseSettings) -> list[Named]:
    if settings.names == "none" and not settings.name_engines:
        return []
    others = "".join(f", {each.partition(':')[0]}" for each in settings.name_engines)
    return [
        TogetherStep(f"give persons numbers in place of names: {settings.names}{others}", lambda: _by_number(settings))
    ]


def _by_number(settings: ReleaseSettings) -> BundleStep:
    try:
        engine = name_engine(settings.names, settings.name_engines, settings.public_figures)
    except ValueError as error:
        raise SetupError(f"--name-engine: {error}") from error
    return names_redacted(engine) if engine else lambda bundle: bundle


def _moderated(ingredients: Ingredients, settings: ReleaseSettings) -> Step:
    store = VerdictStore(ingredients.verdicts) if ingredients.verdicts else None
    return moderated(store, require=settings.require_moderation, keep_minors=settings.keep_sexual_minors)


def _labelled(choice: GuardChoice) -> Step:
    return labelled(LabelStore(choice))


def listed(ingredients: Ingredients) -> list[str]:
    """Return the names of the steps, from what the ledger keeps back to the order of the rows."""
    settings = ReleaseSettings.model_validate_json(ingredients.settings)
    steps = [each.name for each in recipe(ingredients)]
    taken = f"take the first {settings.sample:,} rows" if settings.sample else "take all rows"
    return [
        "select what may be released: consent, time, not forgotten",
        *steps,
        *(["see that no planted identity came through"] if settings.canaries else []),
        "mark duplicates, near duplicates, sample prompts, benchmarks' items and first appearances",
        f"put rows in the order of a keyed hash of their id and the seed {settings.seed}",
        taken,
        "write",
    ]


def ready(ingredients: Ingredients) -> Sequence[Taken]:
    """Load what the steps need."""
    return [
        Taken(each.name, each.make()) if isinstance(each, RowStep) else Taken(each.name, None, each.make())
        for each in recipe(ingredients)
    ]


def walk(steps: Sequence[Taken], bundle: Bundle, report: Callable[[Failure], None]) -> Bundle:
    """Take a bundle through the steps. What a step breaks on is dropped as failed, and reported."""
    [walked] = walk_all(steps, [bundle], report)
    return walked


def walk_all(steps: Sequence[Taken], bundles: Iterable[Bundle], report: Callable[[Failure], None]) -> list[Bundle]:
    """Take bundles through the steps as `walk` does, all of them through one step before any goes through the next.

    Steps look into megabytes of tables and automata: one that is not interrupted by another finds its own at hand.
    """
    walked = list(bundles)
    for by_row, some in groupby(steps, key=_is_by_row):
        if by_row:
            walked = _by_rows(list(some), walked, report)
        else:
            for step in some:
                walked = [_together(step, bundle, report) for bundle in walked]
    return walked


def _is_by_row(step: Taken) -> bool:
    return step.each is not None


def _by_rows(steps: Sequence[Taken], bundles: Sequence[Bundle], report: Callable[[Failure], None]) -> list[Bundle]:
    """Take the rows of bundles through steps that look at nothing else."""
    rows = [row for bundle in bundles for row in bundle.rows]
    for step in steps:
        for place, row in enumerate(rows):
            if isinstance(row, Row) and step.each is not None:
                try:
                    rows[place] = step.each(row)
                except Exception as error:  # a step may break in any way on what people write
                    rows[place] = _broken(row, step.name, error, report)
    made = iter(rows)
    return [bundle.with_rows(islice(made, len(bundle.rows))) for bundle in bundles]


def _together(step: Taken, bundle: Bundle, report: Callable[[Failure], None]) -> Bundle:
    if all(isinstance(row, Dropped) for row in bundle.rows):
        return bundle
    try:
        return step.together(bundle) if step.together else bundle
    except Exception as error:
        return bundle.with_rows(_broken(row, step.name, error, report) for row in bundle.rows)


def _broken(row: Row | Dropped, step: str, error: Exception, report: Callable[[Failure], None]) -> Dropped:
    if isinstance(row, Dropped):
        return row
    report(Failure(row.ledger_id, step, type(error).__name__))
    return Dropped(row.ledger_id, FAILED)
