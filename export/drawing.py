"""A drawing as files, the same bytes for the same drawing."""

import io
from collections.abc import Callable
from typing import Any

Draw = Callable[[Any], None]
"""Draws on a figure of matplotlib."""


def drawn(draw: Draw) -> dict[str, bytes]:
    """Return a drawing as `svg` and `png`. Matplotlib is loaded by the first one."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(layout="constrained")
    draw(figure)
    svg, png = io.BytesIO(), io.BytesIO()
    FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None})
    figure.set_dpi(150)
    FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
    return {"svg": svg.getvalue(), "png": png.getvalue()}
