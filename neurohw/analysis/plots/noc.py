"""Latency and accepted load of an interconnect over the load that is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from neurohw.analysis.plots.style import COLOURS, FAINT, INK, new_figure, styled, tidy

if TYPE_CHECKING:
    from neurohw.analysis.noc import LoadCurve

MOST_SHOWN = 6.0  # times the latency at the lowest load


@styled
def load_curve(*curves: LoadCurve, labels: tuple[str, ...] = ()) -> Figure:
    """Return latency over load, and accepted over offered load, of one or more curves.

    Steady points are filled; of others, which have no latency of their own, only the accepted load is shown. The
    dashed lines are what the busiest link can carry.
    """
    figure = new_figure(3.6)
    latency, accepted = figure.subplots(1, 2)
    names = labels or tuple(curve.traffic for curve in curves)
    for index, (curve, name) in enumerate(zip(curves, names, strict=True)):
        colour = COLOURS[index % len(COLOURS)]
        _draw_latency(latency, curve, colour, name)
        _draw_accepted(accepted, curve, colour, name)
        if np.isfinite(curve.ideal_saturation):
            latency.axvline(curve.ideal_saturation, color=colour, linestyle="--", linewidth=0.9)
            accepted.axhline(curve.ideal_saturation, color=colour, linestyle="--", linewidth=0.9)
    _finish(latency, accepted, curves)
    return figure


def _draw_latency(axes: Any, curve: LoadCurve, colour: str, name: str) -> None:
    """Draw the steady points, and where the line leaves them for the first load that is not."""
    points = sorted(curve.points, key=lambda point: point.load)
    first = next((index for index, point in enumerate(points) if not point.steady), len(points))
    shown, steady = points[: first + 1], points[:first]
    axes.plot([p.load for p in shown], [p.latency_mean for p in shown], color=colour, linewidth=1.0)
    axes.plot(
        [p.load for p in steady],
        [p.latency_mean for p in steady],
        color=colour,
        marker="o",
        markersize=3.5,
        label=name,
    )
    axes.plot(
        [p.load for p in steady],
        [p.latency_p99 for p in steady],
        color=colour,
        linewidth=0.7,
        linestyle=":",
    )


def _draw_accepted(axes: Any, curve: LoadCurve, colour: str, name: str) -> None:
    points = sorted(curve.points, key=lambda point: point.load)
    load = [point.load for point in points]
    axes.plot(load, [p.accepted for p in points], color=colour, linewidth=1.0, label=name)
    for steady in (True, False):
        chosen = [point for point in points if point.steady is steady]
        axes.plot(
            [p.load for p in chosen],
            [p.accepted for p in chosen],
            linestyle="none",
            marker="o",
            markersize=3.5,
            color=colour,
            markerfacecolor=colour if steady else "white",
        )


def _finish(latency: Any, accepted: Any, curves: tuple[LoadCurve, ...]) -> None:
    lowest = [point.latency_mean for curve in curves for point in curve.points if point.steady]
    right = max(point.load for curve in curves for point in curve.points) * 1.05
    bounds = [curve.ideal_saturation for curve in curves if np.isfinite(curve.ideal_saturation)]
    right = max([right, *(bound * 1.03 for bound in bounds if bound < 2 * right)])
    for axes in (latency, accepted):
        tidy(axes)
        axes.set_xlim(0, right)
        axes.set_xlabel("offered load (flits per tile and cycle)", color=INK)
    latency.set_ylim(0, MOST_SHOWN * min(lowest) if lowest else None)
    latency.set_ylabel("latency (cycles)", color=INK)
    latency.set_title("mean latency (dotted: 99th percentile)", fontsize=9, loc="left", color=INK)
    accepted.plot([0, right], [0, right], color=FAINT, linewidth=0.7, zorder=0)
    accepted.set_ylim(0, None)
    accepted.set_ylabel("accepted load (flits per tile and cycle)", color=INK)
    accepted.set_title(
        "accepted load (hollow: not steady; dashed: ideal bound)", fontsize=9, loc="left", color=INK
    )
    latency.legend(fontsize=8, loc="upper left", facecolor="white", edgecolor="none", framealpha=0.9)
