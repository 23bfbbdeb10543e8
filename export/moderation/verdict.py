"""What a moderation model said of one message."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
"""Those that releases have columns for, in their order."""
EXTRA_CATEGORIES = ("illicit", "illicit/violent")
"""What today's models say besides: it goes into a side file."""
MINORS = "sexual/minors"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One model's opinion of one text. Nothing in it is made up: what no model said is no verdict."""

    model: str
    flagged: bool
    categories: Mapping[str, bool]
    """11 names, 13 with today's models."""
    scores: Mapping[str, float]
    """The same names."""


@dataclass(frozen=True, slots=True)
class GuardLabels:
    """What a guard model of our own said of one message: words of its own, which are no scores."""

    engine: str
    """The family, such as `llama-guard`: what its words mean."""
    model: str
    version: str
    """As the operator names it; empty if nobody did."""
    labels: tuple[str, ...]
    """`safe`, or `unsafe` and why, in the model's own order."""


def verdict_of(model: str, result: Any) -> Verdict:
    """Read one result of the moderations API. A `ValueError` says what is wrong with it, in our own words.

    Categories that a model does not know (null, or absent) are left out; the eleven that have columns must be there.
    """
    _check(isinstance(result, Mapping) and isinstance(result.get("flagged"), bool), "a result without `flagged`")
    categories = _known(result, "categories")
    scores = _known(result, "category_scores")
    absent = [name for name in CATEGORIES if name not in categories]
    _check(not absent, f"a result without the category {absent[:1]}")
    _check(categories.keys() == scores.keys(), "a result whose categories are not those of its scores")
    _check(all(isinstance(each, bool) for each in categories.values()), "a category that is neither true nor false")
    _check(all(map(_is_score, scores.values())), "a score that is no number")
    return Verdict(model, result["flagged"], categories, {name: float(scores[name]) for name in categories})


def _check(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)


def _known(result: Mapping[str, Any], where: str) -> dict[str, Any]:
    leaves = result.get(where)
    _check(isinstance(leaves, Mapping), f"a result without `{where}`")
    return {str(name): value for name, value in (leaves or {}).items() if value is not None}


def _is_score(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def moderation_leaves(verdict: Verdict | None) -> dict[str, Any]:
    """Return a verdict as the column `openai_moderation` holds it: eleven categories, all null where there is none."""
    return _leaves(verdict, CATEGORIES) | {"flagged": None if verdict is None else verdict.flagged}


def extra_leaves(verdict: Verdict | None) -> dict[str, Any]:
    """Return what the column has no place for, as the side file holds it; null what the model does not know."""
    return _leaves(verdict, EXTRA_CATEGORIES)


def _leaves(verdict: Verdict | None, names: Sequence[str]) -> dict[str, Any]:
    if verdict is None:
        return {"categories": dict.fromkeys(names), "category_scores": dict.fromkeys(names)}
    categories, scores = verdict.categories, verdict.scores
    return {
        "categories": {name: categories.get(name) for name in names},
        "category_scores": {name: scores.get(name) for name in names},
    }


def combined(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """Return what is said of several messages together, such as a battle's: true if any is, the highest score.

    None if one of them has no verdict, or if not all are one model's: nothing is made up, and no scores are mixed.
    """
    said: list[Verdict] = []
    for each in verdicts:
        if each is None or (said and each.model != said[0].model):
            return None
        said.append(each)
    if not said:
        return None
    names = [name for name in said[0].categories if all(name in each.categories for each in said)]
    return Verdict(
        said[0].model,
        any(each.flagged for each in said),
        {name: any(each.categories[name] for each in said) for name in names},
        {name: max(each.scores[name] for each in said) for name in names},
    )
