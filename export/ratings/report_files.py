"""A report as files: `leaderboard.json`, `leaderboard.csv`, `covariance.npz`. The same votes give the same bytes."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from arena.errors import SetupError
from export.ratings import elo
from export.ratings.analysis import Report
from export.ratings.rate import Standing
from export.ratings.scale import CENTRE

COLUMNS = (
    *("model", "status", "rating", "se", "ci_low", "ci_high", "rank", "rank_ub", "rank_low", "rank_high"),
    *("battles", "wins", "losses", "ties", "elo", "davidson", "se_clustered", "bound_low", "bound_high", "reason"),
)


def model_rows(report: Report, min_battles: int = 1) -> list[dict[str, Any]]:
    """Return one row for each model, best first. `min_battles` only hides rows."""
    return [_row(report, each) for each in report.ratings.standings if each.battles >= min_battles]


def _row(report: Report, standing: Standing) -> dict[str, Any]:
    beside = {
        "elo": report.elo.get(standing.model),
        "davidson": report.davidson.get(standing.model),
        "se_clustered": report.se_clustered.get(standing.model),
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
        "bootstrap": None if report.resampling is None else asdict(report.resampling),
        "checks": None if report.checks is None else asdict(report.checks),
    }


def _settings(report: Report, min_battles: int) -> dict[str, Any]:
    recipe = report.recipe
    return {
        "method": recipe.method,
        "ci": recipe.ci,
        "confidence": 0.95,
        "style": recipe.style,
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
        "min_battles": min_battles,
    }


def _input(report: Report) -> dict[str, Any]:
    table = report.table
    votes_by_voter = np.bincount(table.voters[table.voters >= 0]) if table.voters is not None else np.empty(0)
    by_voter = votes_by_voter[votes_by_voter > 0]
    return {
        "digest": table.digest,
        "votes": len(table.battles.a),
        "battles": report.counts.total,
        "self_battles": report.counts.self_battles,
        "models": len(report.counts.models),
        "voters": len(by_voter) if table.voters is not None else None,
        "largest_voter_share": float(by_voter.max() / by_voter.sum()) if len(by_voter) else None,
        "left_out": table.left_out,
    }


def write_report(report: Report, folder: Path, min_battles: int = 1) -> list[Path]:
    """Write the files into a folder, made when missing; return their paths."""
    board = leaderboard(report, min_battles)
    files = {
        "leaderboard.json": json.dumps(board, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
        "leaderboard.csv": _csv(board["models"]),
    }
    estimate = report.ratings.estimate
    if estimate is not None and estimate.covariance is not None:
        packed = io.BytesIO()
        names = np.array(report.ratings.among.models, np.str_)
        np.savez(packed, models=names, ratings=estimate.ratings, covariance=estimate.covariance)
        files["covariance.npz"] = packed.getvalue()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise SetupError(f"cannot write into {folder}: {error.strerror}") from error
    return [folder / name for name in files]


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
