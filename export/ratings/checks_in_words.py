"""What the checks of a board mean, in words."""

from collections.abc import Iterator

from export.ratings.checks import Checks, LawCheck, PositionEffect, Together
from export.ratings.drift import Drift
from export.ratings.influence import Influence
from export.ratings.without_flagged import WithoutFlagged

_RARE = 0.05


def in_words(checks: Checks) -> dict[str, str]:
    """Return a sentence for each check that was made, by its name in `leaderboard.json`."""
    return dict(_said(checks))


def _said(checks: Checks) -> Iterator[tuple[str, str]]:
    yield "influence", _influence(checks.influence)
    if checks.ranks:
        yield "ranks", f"With 95% confidence all {len(checks.ranks)} models are within these places at the same time."
    if checks.together is not None:
        yield "together", _together(checks.together)
    yield "position", _position(checks.position)
    yield "law", _law(checks.law)
    if checks.drift is not None:
        yield "drift", _drift(checks.drift)
    if checks.without_flagged is not None:
        yield "without_flagged", _without_flagged(checks.without_flagged)


def _influence(found: Influence | None) -> str:
    if found is None:
        return "No number of removed votes was found that puts another model first and leaves all comparable."
    many = "One vote" if found.votes == 1 else f"{found.votes:,} votes"
    sure = "no fewer can" if found.is_exact else "so many are enough; fewer might be"
    return f"{many}, taken out, would put {found.rival} ahead of {found.first}: {sure}."


def _together(found: Together) -> str:
    return (
        f"With 95% confidence all ratings are within {found.ratings:.2f} of their standard errors at the same time, "
        f"and all differences of two within {found.differences:.2f}; for one alone it is 1.96."
    )


def _position(found: PositionEffect | None) -> str:
    if found is None:
        return "What it does to be shown on the left cannot be told: one side won all battles."
    is_sure = abs(found.coef) > 2 * found.se
    what = f"{'helps' if found.coef > 0 else 'harms'} a model" if is_sure else "makes no difference that can be told"
    return f"To be shown on the left {what} ({found.coef:+.3f} in log-odds, standard error {found.se:.3f})."


def _law(found: LawCheck) -> str:
    if found.degrees < 1:
        return "Too few pairs met to check whether one strength for each model explains the results."
    fits = "as well as chance lets expect" if found.chance > _RARE else "less well than chance lets expect"
    return (
        f"One strength for each model explains the pairs' results {fits} (chi-square {found.chi_square:.0f} with "
        f"{found.degrees} degrees of freedom; by chance this large or larger in {found.chance:.1%} of boards). "
        f"{found.circles:,} of {found.triples:,} triples of models that met often beat each other in a circle."
    )


def _drift(found: Drift) -> str:
    is_sure = found.errors > found.usual
    meaning = (
        "more than chance explains: the model or the voters changed" if is_sure else "no more than chance explains"
    )
    return (
        f"The surest change between two months is that of {found.model} by {found.change:+.0f} points from "
        f"{found.before} to {found.after}, {found.errors:.1f} standard errors; of {found.tried:,} changes the largest "
        f"stays below {found.usual:.1f} if nothing changes. So it is {meaning}."
    )


def _without_flagged(found: WithoutFlagged) -> str:
    if not found.votes:
        return "None of the votes that count is by a voter against whom something is recorded."
    return (
        f"Without the {found.votes:,} votes of {found.voters:,} voters against whom something is recorded, "
        f"{found.first or 'nobody'} is first, and {found.other_places:,} models have another place."
    )
