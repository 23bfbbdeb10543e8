"""A board as pictures, SVG and PNG: the same board gives the same bytes."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from export.drawing import Draw, drawn
from export.ratings.coverage import GROUPS, group_of
from export.ratings.over_time import OverTime, moments
from export.ratings.scale import Z95, Floats

FIGURES = ("intervals", "win_rates", "battle_counts", "battles", "coverage", "over_time", "style")
"""All that may be drawn."""
MOST = 40
"""Models in one picture, the best; the tables hold all."""
_MOST_CELLS = 20
"""Models on each side of a map of pairs."""
_MOST_LINES = 10
_INK, _GRID, _BLUE, _GREY = "#222222", "#dddddd", "#0072b2", "#999999"
_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222", "#8c564b", "#7f7f7f", "#6a3d9a")
"""They tell apart for most eyes; dashes and markers do for the rest."""
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "chat-arena",
    "svg.fonttype": "path",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.dpi": 100,
    "text.parse_math": False,
}

Row = Mapping[str, Any]


def figures(board: Row, pairs: Sequence[Row], periods: OverTime) -> dict[str, bytes]:
    """Return each picture's bytes by its file's name. `board` and `pairs` are as the files hold them."""
    from matplotlib import rc_context  # noqa: PLC0415 (takes half a second, and most commands draw nothing)

    rated = [row for row in board["models"] if row["rating"] is not None]
    drawings: dict[str, Draw] = {}
    if rated:
        drawings["intervals"] = _intervals(rated)
        drawings |= _maps([row["model"] for row in rated[:_MOST_CELLS]], pairs)
    if board["models"]:
        drawings["battles"] = _battles(board["models"])
        drawings["coverage"] = _coverage(len(board["models"]), pairs)
    if len(periods) > 1 and rated:
        drawings["over_time"] = _over_time([row["model"] for row in rated[:_MOST_LINES]], periods)
    if board["style"]:
        drawings["style"] = _effects(board["style"])
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # names in other scripts: the tables have them as they are
        return {f"{name}.{kind}": data for name, draw in drawings.items() for kind, data in drawn(draw).items()}


def _intervals(rows: Sequence[Row]) -> Draw:
    shown = rows[:MOST]

    def draw(figure: Any) -> None:
        figure.set_size_inches(8, 1.2 + 0.26 * len(shown))
        axes = figure.add_subplot()
        for place, row in enumerate(shown):
            if row["ci_low"] is not None:
                axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=_BLUE, linewidth=2.4, alpha=0.55)
            axes.plot(row["rating"], place, "o", color=_BLUE, markersize=5)
        _names(axes, shown)
        axes.set_xlabel("rating, with its 95% interval")
        _finish(axes, _of(len(shown), len(rows), "Ratings"), "x")

    return draw


def _battles(rows: Sequence[Row]) -> Draw:
    shown = sorted(rows, key=lambda row: -row["battles"])[:MOST]

    def draw(figure: Any) -> None:
        figure.set_size_inches(8, 1.2 + 0.26 * len(shown))
        axes = figure.add_subplot()
        drawn = axes.barh(range(len(shown)), [row["battles"] for row in shown], color=_BLUE, height=0.72)
        axes.bar_label(drawn, [f"{row['battles']:,}" for row in shown], padding=4, fontsize=9)
        axes.set_xlim(0, max([row["battles"] for row in shown] + [1]) * 1.15)
        _names(axes, shown)
        _finish(axes, _of(len(shown), len(rows), "Battles of each model"), "x")

    return draw


def _maps(names: Sequence[str], pairs: Sequence[Row]) -> dict[str, Draw]:
    """Return the two maps of pairs among some models: who wins how often, and how often they met."""
    place = {name: at for at, name in enumerate(names)}
    won, met = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    for pair in pairs:
        if (a := place.get(pair["model_a"])) is not None and (b := place.get(pair["model_b"])) is not None:
            met[a, b] = met[b, a] = pair["wins_a"] + pair["wins_b"] + pair["ties"]
            won[a, b] = pair["wins_a"] + pair["ties"] / 2
            won[b, a] = met[b, a] - won[a, b]
    share = np.full_like(won, np.nan)
    np.divide(100 * won, met, out=share, where=met > 0)
    battles = np.where(met > 0, met, np.nan)
    return {
        "win_rates": _map(names, share, ("How often the row beats the column (a tie is half), %", "RdBu", (0, 100))),
        "battle_counts": _map(names, battles, ("How often the two met", "Blues", (0, max(float(met.max()), 1.0)))),
    }


def _map(names: Sequence[str], cells: Floats, look: tuple[str, str, tuple[float, float]]) -> Draw:
    title, colours, (low, high) = look

    def draw(figure: Any) -> None:
        size = 2.6 + 0.34 * len(names)
        figure.set_size_inches(size, size)
        axes = figure.add_subplot()
        axes.imshow(cells, cmap=colours, vmin=low, vmax=high + 0.4 * (high - low) * (colours == "Blues"))
        for row, column in zip(*np.nonzero(np.isfinite(cells)), strict=True):
            value = cells[row, column]
            dark = colours == "RdBu" and abs(value - 50) > 35
            said = f"{value:.0f}" if value < 10_000 else f"{value / 1000:.0f}k"
            axes.text(column, row, said, ha="center", va="center", fontsize=6.5, color="white" if dark else _INK)
        axes.set_xticks(range(len(names)), [_short(name, 24) for name in names], rotation=90, fontsize=8)
        axes.set_yticks(range(len(names)), [_short(name, 24) for name in names], fontsize=8)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=10)

    return draw


def _coverage(models: int, pairs: Sequence[Row]) -> Draw:
    often = [0] * len(GROUPS)
    for pair in pairs:
        often[group_of(pair["wins_a"] + pair["wins_b"] + pair["ties"])] += 1
    often[0] = models * (models - 1) // 2 - sum(often)

    def draw(figure: Any) -> None:
        figure.set_size_inches(8, 3.4)
        axes = figure.add_subplot()
        drawn = axes.bar([name for name, _ in GROUPS], often, color=[_GREY, *[_BLUE] * (len(GROUPS) - 1)], width=0.72)
        axes.bar_label(drawn, [f"{number:,}" for number in often], padding=3, fontsize=9)
        axes.set_xlabel("battles of a pair")
        axes.set_ylabel("pairs")
        _finish(axes, "How well the pairs of models are covered", "y")

    return draw


def _apart(days: Sequence[int]) -> list[int]:
    """Return which of them can be written below each other's line without touching: not more than about eight."""
    shown: list[int] = []
    for at, day in enumerate(days):
        if not shown or day - days[shown[-1]] >= (days[-1] - days[0]) / 9:
            shown.append(at)
    return shown


def _over_time(names: Sequence[str], periods: OverTime) -> Draw:
    def draw(figure: Any) -> None:
        figure.set_size_inches(8, 4.6)
        axes = figure.add_subplot()
        days = moments(periods)
        for at, name in enumerate(names):
            known = [
                (day, ratings[name]) for day, ratings in zip(days, periods.values(), strict=True) if name in ratings
            ]
            line, marker = ("-", "--")[at % 2], "os^Dv"[at % 5]
            places, ratings = zip(*known, strict=True) if known else ((), ())
            axes.plot(places, ratings, line, marker=marker, markersize=4, color=_LINES[at], label=_short(name, 28))
        shown = _apart(days)
        axes.set_xticks([days[at] for at in shown], [list(periods)[at] for at in shown], rotation=30, ha="right")
        axes.set_ylabel("rating at the end of the period")
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
        _finish(axes, f"Rating over time: the first {len(names)}", "y")

    return draw


def _effects(effects: Mapping[str, Mapping[str, float]]) -> Draw:
    def draw(figure: Any) -> None:
        figure.set_size_inches(8, 1.4 + 0.36 * len(effects))
        axes = figure.add_subplot()
        axes.axvline(0, color=_GREY, linewidth=1)
        for place, each in enumerate(effects.values()):
            reach = Z95 * each["se"]
            axes.plot(
                [each["coef"] - reach, each["coef"] + reach], [place, place], color=_BLUE, linewidth=2.4, alpha=0.55
            )
            axes.plot(each["coef"], place, "o", color=_BLUE, markersize=6)
        axes.set_yticks(range(len(effects)), [_short(name) for name in effects])
        axes.invert_yaxis()
        axes.set_xlabel("log-odds of winning for one deviation more, with its 95% interval")
        _finish(axes, "What style does", "x")

    return draw


def _names(axes: Any, rows: Sequence[Row]) -> None:
    axes.set_yticks(range(len(rows)), [_short(row["model"]) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)


def _finish(axes: Any, title: str, grid: str) -> None:
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", pad=10)
    axes.grid(visible=True, axis=grid)
    axes.tick_params(length=0)


def _of(shown: int, all_of_them: int, title: str) -> str:
    return title if shown == all_of_them else f"{title}: {shown} of {all_of_them:,}"


def _short(name: str, most: int = 36) -> str:
    """Return a name that fits, without what no SVG may hold."""
    name = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in name[: most + 1])
    return name if len(name) <= most else name[: most - 1] + "…"
