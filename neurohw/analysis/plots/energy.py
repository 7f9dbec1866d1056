"""Figure of where energy goes: one pie of all of it, one without what flows all the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from neurohw.analysis.formatting import si
from neurohw.analysis.plots.style import COLOURS, FAINT, INK, new_figure, styled

LEAST_SHARE = 0.04  # for a slice to be labelled


@styled
def energy_pies(energy_pj: Mapping[str, float]) -> Figure:
    """Return the energy by stage, all of it and without "static"; stages keep their colours."""
    used = {stage: energy for stage, energy in energy_pj.items() if energy > 0}
    moving = {stage: energy for stage, energy in used.items() if stage != "static"}
    pies = [("all", used)] + ([("without static", moving)] if moving and "static" in used else [])
    colours = dict(zip(moving, _colours(), strict=False)) | {"static": FAINT}
    figure = new_figure(2.5, 4.4)  # stands beside a table
    panels = figure.subplots(1, len(pies), squeeze=False)[0]
    for axes, (name, parts) in zip(panels, pies, strict=True):
        _pie(axes, name, parts, colours)
    legend = [Patch(color=colours[stage], label=stage) for stage in used]
    figure.legend(
        handles=legend, loc="outside lower center", ncols=4, frameon=False, handlelength=1, columnspacing=1.2
    )
    return figure


def _pie(axes: Any, name: str, parts: Mapping[str, float], colours: Mapping[str, str]) -> None:
    total = sum(parts.values())
    labels = [
        f"{energy / total * 100:.0f} %" if energy / total >= LEAST_SHARE else "" for energy in parts.values()
    ]
    axes.pie(
        list(parts.values()),
        labels=labels,
        labeldistance=1.12,
        colors=[colours[stage] for stage in parts],
        startangle=90,
        counterclock=False,
        wedgeprops={"width": 0.45, "edgecolor": "white", "linewidth": 1},
        textprops={"fontsize": 8, "color": INK},
    )
    axes.text(
        0, 0, si(total * 1e-12, "J"), ha="center", va="center", fontsize=9, fontweight="bold", color=INK
    )
    axes.set_title(name, fontsize=9)


def _colours() -> list[str]:
    """Return colours for all stages that move; the eighth is dark."""
    return [*COLOURS[:6], "#5b3c88", INK]
