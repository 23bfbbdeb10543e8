"""The figures as pictures, SVG and PNG: the same figures give the same bytes."""

import warnings
from functools import partial
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from export.drawing import Draw, drawn
from export.language.names import UNKNOWN
from export.stats.figures import Counts, Stats
from export.stats.tables import length_groups

MOST = 20
"""Bars in one picture; what is rarer is one more, for all of it."""
INK, GRID, BLUE, ORANGE, GREY = "#222222", "#dddddd", "#0072b2", "#d55e00", "#999999"
"""The colours tell apart for every eye, and in grey too."""
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "chat-arena",
    "svg.fonttype": "path",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid.axis": "x",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.dpi": 100,
    "text.parse_math": False,
}


def pictures(stats: Stats) -> dict[str, bytes]:
    """Return each picture's bytes by its file's name, twice: `.svg` and `.png`."""
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # names in other scripts: the tables have them as they are
        return {f"{name}.{kind}": data for name, draw in _drawings(stats).items() for kind, data in drawn(draw).items()}


def _drawings(stats: Stats) -> dict[str, Draw]:
    drawings: dict[str, Draw] = {}
    if not stats.rows:
        return drawings
    drawings["models"] = _bars(_number("model", len(stats.models)), "rows", stats.models, stats.rows)
    known = sum(name != UNKNOWN for name, _ in stats.languages)
    drawings["languages"] = _bars(_number("language", known), "rows", stats.languages, stats.rows)
    drawings["turns"] = _columns("Turns of a conversation", "turns", "rows", _few(stats.turns))
    drawings["lengths"] = _lengths(stats)
    if stats.outcomes:
        drawings["outcomes"] = _bars("Votes", "rows", stats.outcomes, stats.rows)
    if stats.days:
        drawings["days"] = _days(stats.days)
    if stats.unsafe is not None and stats.unsafe.moderated:
        flagged = sorted(stats.unsafe.categories.items(), key=lambda each: (-each[1], each[0]))
        title = f"{stats.unsafe.flagged:,} of {stats.rows:,} rows have a flagged message"
        drawings["unsafe"] = _bars(title, "rows flagged in the category", flagged, stats.rows, ORANGE)
    return drawings


def _bars(title: str, unit: str, counts: Counts, whole: int, colour: str = BLUE) -> Draw:
    shown = [(str(name), number) for name, number in counts[:MOST]]
    rest = sum(number for _, number in counts[MOST:])

    def draw(figure: Figure) -> None:
        names = [_short(name) for name, _ in shown] + ([f"{len(counts) - MOST} others"] if rest else [])
        numbers = [number for _, number in shown] + ([rest] if rest else [])
        figure.set_size_inches(8, 1.1 + 0.27 * len(names))
        axes = figure.add_subplot()
        colours = [colour] * len(shown) + ([GREY] if rest else [])
        places = range(len(names))
        drawn = axes.barh(places, numbers, color=colours, height=0.72)
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.bar_label(drawn, [f"{number:,}  {_share(number, whole)}" for number in numbers], padding=4, fontsize=9)
        axes.set_xlim(0, max([*numbers, 1]) * 1.22)
        axes.set_xlabel(unit)
        _finish(axes, title, "x")

    return draw


def _columns(title: str, label: str, unit: str, counts: list[tuple[str, int]]) -> Draw:
    def draw(figure: Figure) -> None:
        figure.set_size_inches(8, 3.6)
        axes = figure.add_subplot()
        drawn = axes.bar([name for name, _ in counts], [number for _, number in counts], color=BLUE, width=0.72)
        axes.bar_label(drawn, [f"{number:,}" for _, number in counts], padding=3, fontsize=8)
        axes.set_xlabel(label)
        axes.set_ylabel(unit)
        _finish(axes, title, "y")

    return draw


def _few(counts: Counts, most: int = 12) -> list[tuple[str, int]]:
    few = [(str(value), number) for value, number in counts if value < most]
    rest = sum(number for value, number in counts if value >= most)
    return few + ([(f"{most}+", rest)] if rest else [])


def _lengths(stats: Stats) -> Draw:
    groups = length_groups(stats.prompts, stats.answers)
    edges = [max(edge, 0.5) for edge, *_ in groups]
    edges.append(edges[-1] * 1.5)

    def draw(figure: Figure) -> None:
        figure.set_size_inches(8, 3.6)
        axes = figure.add_subplot()
        kinds = ((1, "prompts", BLUE, "-", stats.prompts), (2, "responses", ORANGE, "--", stats.answers))
        for place, name, colour, line, lengths in kinds:
            shares = [100 * group[place] / max(lengths.messages, 1) for group in groups]
            label = f"{name}: median {lengths.quantile(0.5):,}, mean {lengths.mean:,.0f}"
            axes.stairs(shares, edges, color=colour, linewidth=2, linestyle=line, label=label)
        axes.set_xscale("log", base=10)
        axes.xaxis.set_major_formatter(FuncFormatter(_whole))
        axes.set_xlabel("characters (each step is about 1.4 times as long as the one before)")
        axes.set_ylabel("% of messages")
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
        _finish(axes, "Length of messages", "y")

    return draw


def _days(days: Counts) -> Draw:
    def draw(figure: Figure) -> None:
        figure.set_size_inches(8, 3.2)
        axes = figure.add_subplot()
        numbers = [number for _, number in days]
        axes.fill_between(range(len(days)), numbers, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(range(len(days)), numbers, color=BLUE, linewidth=1.6, marker="o" if len(days) < 15 else None)
        axes.set_xlim(-0.5, len(days) - 0.5)
        axes.set_ylim(0, max(numbers) * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(partial(_day, days)))
        axes.set_ylabel("rows")
        _finish(axes, "Rows a day (UTC)", "y")

    return draw


def _day(days: Counts, place: float, _position: int | None = None) -> str:
    return days[int(place)][0] if 0 <= place < len(days) and place == int(place) else ""


def _finish(axes: Any, title: str, grid: str) -> None:
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", pad=10)
    axes.grid(visible=True, axis=grid)
    axes.tick_params(length=0)
    numbers = axes.xaxis if grid == "x" else axes.yaxis
    numbers.set_major_formatter(FuncFormatter(_whole))
    numbers.set_major_locator(MaxNLocator(6, integer=True))


def _whole(value: float, _position: int | None = None) -> str:
    return f"{value:,.0f}" if value >= 1 else "0"


def _number(what: str, number: int) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _short(name: str, most: int = 36) -> str:
    """Return a name that fits, without what no SVG may hold."""
    name = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in name[: most + 1])
    return name if len(name) <= most else name[: most - 1] + "…"


def _share(number: int, whole: int) -> str:
    share = 100 * number / max(whole, 1)
    return f"{share:.1f} %" if share >= 0.05 else "< 0.1 %"
