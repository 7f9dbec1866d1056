"""Figures of analog chips: results over weights, and a chip before and after calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from neurohw.analysis.plots.style import COLOURS, FAINT, INK, new_figure, styled, tidy

if TYPE_CHECKING:
    from neurohw.analysis.vmm import Characterisation


@styled
def characterisation_plot(*measured: Characterisation) -> Figure:
    """Return mean results with their standard deviations over the weights, one panel for each chip."""
    figure = new_figure(3.8)
    panels = figure.subplots(1, len(measured), sharey=True, squeeze=False)[0]
    for axes, one in zip(panels, measured, strict=True):
        for index, value in enumerate(one.inputs):
            colour = COLOURS[index % len(COLOURS)]
            mean, std = one.mean[index], one.std[index]
            axes.fill_between(one.weights, mean - std, mean + std, color=colour, alpha=0.25, linewidth=0)
            axes.plot(one.weights, mean, color=colour, linewidth=1.0, label=f"input {value}")
        tidy(axes)
        axes.set_xlabel("weight", color=INK)
        axes.set_title(one.label, fontsize=9, loc="left", color=INK)
    panels[0].set_ylabel("result (LSB), mean and standard deviation", color=INK)
    panels[0].legend(fontsize=8, loc="upper left", frameon=False)
    return figure


@styled
def calibration_plot(before: Any, after: Any) -> Figure:
    """Return how many circuits have which offset or gain, before and after calibration.

    Parameters
    ----------
    before, after : what was measured, with ``column_offset``, ``column_gain_exc``, ``column_gain_inh``,
        ``driver_offset`` and ``gain``.
    """
    figure = new_figure(3.4)
    panels = figure.subplots(1, 3)
    properties = (
        ("offset of columns (LSB)", lambda m: m.column_offset),
        (
            "gain of columns over the median, exc and inh",
            lambda m: np.concatenate([m.column_gain_exc, m.column_gain_inh]) / before.gain,
        ),
        ("offset of drivers (input steps)", lambda m: m.driver_offset),
    )
    for axes, (label, values) in zip(panels, properties, strict=True):
        both = [np.ravel(values(measured)) for measured in (before, after)]
        edges = np.histogram_bin_edges(np.concatenate(both), bins=40)
        for numbers, name, colour in zip(both, ("before", "after"), (FAINT, COLOURS[0]), strict=True):
            axes.hist(numbers, edges, color=colour, alpha=0.75, label=name)
        tidy(axes)
        axes.set_xlabel(label, color=INK)
    panels[0].set_ylabel("circuits", color=INK)
    panels[0].legend(fontsize=8, frameon=False)
    return figure
