"""Figure of buffers over time: how many packets wait for a link, and how busy it is."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neurohw.analysis.plots.style import COLOURS, FAINT, new_figure, styled, tidy
from neurohw.result import Timeline

MOST_LINKS = 5


@styled
def occupancy(timeline: Timeline, names: Sequence[str]) -> Figure:
    """Return the packets waiting for the links with the longest queues, and their utilisation, over time.

    The grey area is the maximum over all links. ``names`` are those of the links shown.
    """
    figure = new_figure(3.8)
    waiting, busy = figure.subplots(2, 1, sharex=True)
    panels = (
        (waiting, timeline.occupancy, timeline.most_occupancy, "packets waiting"),
        (busy, timeline.utilisation * 100, timeline.most_utilisation * 100, "busy (% of the time)"),
    )
    for axes, values, most, label in panels:
        axes.stairs(most, timeline.edges_ms, fill=True, color=FAINT, alpha=0.25)
        for colour, name, column in zip(COLOURS[:MOST_LINKS], names, values.T, strict=False):
            axes.stairs(column, timeline.edges_ms, color=colour, linewidth=1.2, label=name)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
        tidy(axes)
    waiting.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    busy.set_xlabel("time (ms)")
    busy.set_xlim(timeline.edges_ms[0], timeline.edges_ms[-1])
    handles, labels = waiting.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=MOST_LINKS, frameon=False)
    return figure
