"""The times of all simulators on all workloads, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.measure import Measured
from neurohw.files import replacing


def save(found: Sequence[Measured], path: Path) -> None:
    """Write the plot as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for item in found for name in item.simulators))
    figure = Figure(figsize=(1.5 + 1.4 * len(found), 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    width = 0.8 / (len(names) + 1)
    for k, name in enumerate(names):
        at = [(x + k * width, item.median(name)) for x, item in enumerate(found) if name in item.runs]
        axes.bar(*zip(*at, strict=True), width, label=name)
    limits = [(x + len(names) * width, item.limit_s) for x, item in enumerate(found) if item.has_limit]
    if limits:
        axes.bar(*zip(*limits, strict=True), width, label="limit", color="0.7")
    axes.set_xticks([x + 0.4 - width / 2 for x in range(len(found))], [item.workload for item in found])
    axes.set_yscale("log")
    axes.set_ylabel("processor time of the simulation (s)")
    axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)
