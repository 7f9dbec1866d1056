"""The look that all figures share, and their way into a page.

Figures are made without pyplot: no global state, no window, whatever the script did with matplotlib.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
import matplotlib.style
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from neurohw.files import replacing

P = ParamSpec("P")

# Okabe and Ito's palette, told apart under all common kinds of colour blindness
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7A7A")
TILE_MAP = ListedColormap(colormaps["Blues"].resampled(256)(range(168)))  # light enough to write on
LINK_MAP = colormaps["YlOrRd"]
INK = "#1f2933"
FAINT = "#9aa5b1"
LOSS = "#7b1fa2"
WIDTH_IN = 9.6
LINE_STYLES = ("-", "--", ":", "-.")

_RC = {
    "svg.fonttype": "none",  # text stays text: small, sharp, selectable
    "svg.hashsalt": "neurohw",  # the same figure gives the same file
    "font.family": "sans-serif",
    "font.size": 9.0,
    "savefig.dpi": 150,
    "text.parse_math": False,  # a dollar sign in a population's name is a dollar sign
}


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Make a function draw with matplotlib's defaults and this style, whatever the script has set."""

    @wraps(draw)
    def draw_styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.style.context(["default", _RC]):
            return draw(*args, **kwargs)

    return draw_styled


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """Return an empty figure that lays itself out."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def add_bar(figure: Figure, axes: Any, scale: Normalize, colours: Colormap, label: str) -> None:
    """Add the bar that says what the colours of a map mean."""
    bar = figure.colorbar(
        ScalarMappable(scale, colours),
        ax=axes,
        shrink=0.75,
        pad=0.015,
        aspect=30,
        format=EngFormatter(sep=""),
    )
    bar.set_label(label, color=INK)
    bar.outline.set_visible(False)


def tidy(axes: Any) -> None:
    """Take away what carries no information, and colour the rest quietly."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.tick_params(colors=INK, length=3, color=FAINT)


def short(name: str, most: int = 36) -> str:
    """Return a name that fits a legend."""
    return name if len(name) <= most else f"{name[: most - 1]}\u2026"


def to_svg(figure: Figure) -> str:
    """Return a figure as an ``<svg>`` element that scales with the page."""
    text = io.StringIO()
    with matplotlib.style.context(["default", _RC]):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    return svg.replace("<svg ", '<svg class="figure" ', 1)


def write_figure(path: Path, figure: Figure) -> None:
    """Write a figure as ``path`` with the suffixes png and svg."""
    for suffix in ("png", "svg"):
        with replacing(path.with_suffix(f".{suffix}")) as temporary:
            figure.savefig(temporary, format=suffix)
