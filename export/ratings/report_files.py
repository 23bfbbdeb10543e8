"""A report as files. The same votes give the same bytes.

`leaderboard.json` and `leaderboard.csv`; `pairs.csv`, how often each pair met and how that ended; `over_time.csv` where
the votes tell when they were cast; `covariance.npz`; `figures/`.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from arena.errors import SetupError
from export.ratings import elo
from export.ratings.analysis import Report
from export.ratings.checks_in_words import in_words
from export.ratings.figures import FIGURES, figures
from export.ratings.over_time import OverTime, by_month, newest
from export.ratings.rate import Standing
from export.ratings.scale import CENTRE
from export.ratings.weights import effective, effective_by_model

COLUMNS = (
    *("model", "status", "rating", "se", "ci_low", "ci_high", "rank", "rank_ub", "rank_low", "rank_high"),
    *("battles", "wins", "losses", "ties", "elo", "davidson", "se_clustered", "bound_low", "bound_high", "reason"),
    "effective_battles",
)
PAIR_COLUMNS = ("model_a", "model_b", "wins_a", "wins_b", "ties")
TIME_COLUMNS = ("period", "model", "rating")


def model_rows(report: Report, min_battles: int = 1) -> list[dict[str, Any]]:
    """Return one row for each model, best first. `min_battles` only hides rows."""
    weights = report.weighting
    amounts = {} if weights is None else effective_by_model(report.table.battles, weights.of_battles)
    return [_row(report, each, amounts) for each in report.ratings.standings if each.battles >= min_battles]


def _row(report: Report, standing: Standing, amounts: Mapping[str, float]) -> dict[str, Any]:
    beside = {
        "elo": report.elo.get(standing.model),
        "davidson": report.davidson.get(standing.model),
        "se_clustered": report.se_clustered.get(standing.model),
        "effective_battles": amounts.get(standing.model),
    }
    figures = asdict(standing) | beside
    return {name: figures[name] for name in COLUMNS}


def leaderboard(report: Report, min_battles: int = 1) -> dict[str, Any]:
    """Return the report as `leaderboard.json` holds it."""
    estimate = report.ratings.estimate
    return {
        "settings": _settings(report, min_battles),
        "input": _input(report),
        "fit": None if estimate is None else {"steps": estimate.steps, "last_step": estimate.last_step},
        "models": model_rows(report, min_battles),
        "davidson_nu": report.davidson_nu,
        "style": None if report.style is None else {name: asdict(each) for name, each in report.style.effects.items()},
        "effects": {name: asdict(each) for name, each in report.effects.items()},
        "weights": _weights(report),
        "bootstrap": None if report.resampling is None else asdict(report.resampling),
        "checks": None if report.checks is None else asdict(report.checks) | {"says": in_words(report.checks)},
    }


def _settings(report: Report, min_battles: int) -> dict[str, Any]:
    recipe = report.recipe
    return {
        "method": recipe.method,
        "ci": recipe.ci,
        "confidence": 0.95,
        "style": recipe.style,
        "style_without": list(recipe.style_without),
        "scale": 400,
        "base": 10,
        "centre": CENTRE,
        "anchor": None if recipe.anchor is None else {"model": recipe.anchor[0], "rating": recipe.anchor[1]},
        "ties": "half a win for each side",
        "elo": {"k": elo.K, "initial": CENTRE, "order": "file" if report.table.times is None else "time"},
        "rounds": recipe.rounds,
        "seed": recipe.seed,
        "filters": list(recipe.filters),
        "per_voter": recipe.per_voter,
        "per_prompt": recipe.per_prompt,
        "weights": recipe.weights,
        "min_battles": min_battles,
    }


def _weights(report: Report) -> dict[str, Any] | None:
    if (found := report.weighting) is None:
        return None
    battles = report.table.battles
    return {
        "kind": report.recipe.weights,
        "cap": found.cap,
        "trimmed": found.trimmed,
        "largest": float(found.of_battles.max(initial=0.0)),
        "effective_battles": effective(found.of_battles[battles.a != battles.b]),
        "says": "one over the probability of the pair's draw, mean 1, at most `cap` times the median; "
        "davidson, elo and counts are unweighted",
    }


def _input(report: Report) -> dict[str, Any]:
    table = report.table
    votes_by_voter = np.bincount(table.voters[table.voters >= 0]) if table.voters is not None else np.empty(0)
    by_voter = votes_by_voter[votes_by_voter > 0]
    return {
        "digest": table.digest,
        "newest": newest(table.times),
        "votes": len(table.battles.a),
        "battles": report.counts.total,
        "self_battles": report.counts.self_battles,
        "models": len(report.counts.models),
        "voters": len(by_voter) if table.voters is not None else None,
        "largest_voter_share": float(by_voter.max() / by_voter.sum()) if len(by_voter) else None,
        "left_out": table.left_out,
    }


def pair_rows(report: Report) -> list[dict[str, Any]]:
    """Return one row for each pair of models that met, by their names."""
    counts = report.counts
    columns = (counts.first, counts.second, counts.wins, counts.losses, counts.ties)
    each = zip(*(column.astype(np.int64).tolist() for column in columns), strict=True)
    return [
        dict(zip(PAIR_COLUMNS, (counts.models[a], counts.models[b], *figures), strict=True)) for a, b, *figures in each
    ]


def over_time(report: Report) -> OverTime:
    """Return how the ratings went, if the votes tell when they were cast; by Bradley and Terry, anchored as asked."""
    found = by_month(report.table.battles, report.table.times)
    if report.recipe.anchor is None:
        return found
    model, wanted = report.recipe.anchor
    return {
        period: {name: wanted + (rating - ratings[model]) for name, rating in ratings.items()}
        for period, ratings in found.items()
        if model in ratings
    }


def _time_rows(periods: OverTime) -> list[dict[str, Any]]:
    return [
        dict(zip(TIME_COLUMNS, (period, model, rating), strict=True))
        for period, ratings in periods.items()
        for model, rating in sorted(ratings.items())
    ]


_MAY_BE = frozenset(
    {
        *("leaderboard.json", "leaderboard.csv", "pairs.csv", "over_time.csv", "covariance.npz"),
        *(f"figures/{name}.{kind}" for name in FIGURES for kind in ("svg", "png")),
    }
)
"""All that a board's folder may hold."""


def write_report(
    report: Report, folder: Path, min_battles: int = 1, beside: Mapping[str, Any] | None = None
) -> list[Path]:
    """Write the files into a folder, made when missing; return their paths.

    `leaderboard.json` also holds what is to stand `beside` the report.
    """
    board, pairs, periods = leaderboard(report, min_battles), pair_rows(report), over_time(report)
    files = {
        "leaderboard.json": json.dumps(
            {**board, **(beside or {})}, indent=2, ensure_ascii=False, allow_nan=False
        ).encode()
        + b"\n",
        "leaderboard.csv": as_csv(COLUMNS, board["models"]),
        "pairs.csv": as_csv(PAIR_COLUMNS, pairs),
    }
    if periods:
        files["over_time.csv"] = as_csv(TIME_COLUMNS, _time_rows(periods))
    estimate = report.ratings.estimate
    if estimate is not None and estimate.covariance is not None:
        packed = io.BytesIO()
        names = np.array(report.ratings.among.models, np.str_)
        np.savez(packed, models=names, ratings=estimate.ratings, covariance=estimate.covariance)
        files["covariance.npz"] = packed.getvalue()
    files |= {f"figures/{name}": picture for name, picture in figures(board, pairs, periods).items()}
    remove_files(folder, _MAY_BE - files.keys())
    write_files(folder, files)
    return [folder / name for name in files]


def remove_report(folder: Path) -> None:
    """Remove what `write_report` wrote into a folder, and the folder if nothing else is in it."""
    remove_files(folder, _MAY_BE)
    for each in (folder / "figures", folder):
        with suppress(OSError):  # somebody put something else there
            each.rmdir()


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove files that an earlier board left in a folder: they would not belong to this one."""
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
    except NotADirectoryError:  # writing says so
        return
    except OSError as error:
        raise SetupError(f"cannot write into {folder}: {error.strerror}") from error


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder, made when missing."""
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise SetupError(f"cannot write into {folder}: {error.strerror}") from error


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
