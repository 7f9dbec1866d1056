"""The static-order schedule of a mapped network as a Gantt chart: a row for each tile, a bar for each firing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10
from typing import Any, NamedTuple

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from neurohw.analysis.plots.style import COLOURS, FAINT, INK, new_figure, short, styled, tidy
from neurohw.compiler.schedule import INPUT, cluster_name, tile_name
from neurohw.dataflow import Certificate
from neurohw.errors import SettingError
from neurohw.program import Program

PERIODS = 2
MOST_ROWS = 40
MOST_POPULATIONS = len(COLOURS) - 1  # the last colour is that of all others
MOST_BARS = 5000  # of text and edges; more are drawn without
BAR, SEND = 0.56, 0.16  # heights; rows are one apart
UNITS = {0: ("s", 1e9), -3: ("ms", 1e6), -6: ("µs", 1e3), -9: ("ns", 1.0)}  # in ns


class _Bar(NamedTuple):
    begin: float  # in ns
    length: float
    name: str  # of the actor or channel


@styled
def gantt(program: Program, certificate: Certificate) -> Figure:
    """Return two periods of the schedule that a certificate guarantees, as they follow each other for ever.

    Bars are firings of clusters, in the colour of the population most of whose neurons they hold; those on the critical
    cycle have a dark edge. The thin bars below are packets that the tile sends. Of more than 40 tiles, the busiest are
    shown.

    Parameters
    ----------
    program : that the certificate is of.

    Raises
    ------
    SettingError
        For a program without a chip, or a schedule without a period: nothing limits it.
    """
    if program.chip is None or program.clusters is None:
        raise SettingError("a program without a chip has no schedule: compile the network for a chip")
    if not certificate.period:
        raise SettingError("a schedule without a period cannot be drawn: nothing limits its throughput")
    rows = _rows(certificate)
    figure = new_figure(max(1.9, 1.2 + 0.3 * len(rows)))
    axes = figure.subplots()
    cycle_ns = program.chip.cycle_ns
    period_ns = float(certificate.period) * cycle_ns
    unit, unit_ns = UNITS[min(0, max(-9, 3 * floor(log10(2 * period_ns * 1e-9) / 3)))]
    window = PERIODS * period_ns
    populations = _population_of_actor(program)
    common = _most_common(populations.values())
    names = dict.fromkeys(population.name for population in program.network.populations)
    shown = [name for name in names if name in common]
    firings = [list(_firings(certificate, tile, cycle_ns, window)) for tile in rows]
    is_fine = sum(map(len, firings)) <= MOST_BARS
    critical = {wait.who for wait in certificate.critical}
    for row, (tile, bars) in enumerate(zip(rows, firings, strict=True)):
        _draw_sends(axes, row, list(_sends(certificate, tile, cycle_ns, window)), unit_ns)
        _draw_firings(axes, row, bars, populations, shown, critical if is_fine else set(), unit_ns)
        if is_fine:
            _write_numbers(axes, row, bars, window, unit_ns)
    _finish(axes, rows, window / unit_ns, unit, is_fine)
    _add_legend(figure, shown, set(populations.values()) - set(shown))
    return figure


def _rows(certificate: Certificate) -> list[str]:
    """Return the tiles that are shown, by number, the input last."""
    times = {actor.name: actor.time for actor in certificate.graph.actors}
    busy = {tile: sum(times[name] for name in order) for tile, order in certificate.orders.items()}
    busiest = sorted(busy, key=lambda tile: (-busy[tile], tile))[:MOST_ROWS]
    return sorted(busiest, key=lambda tile: (tile == INPUT, len(tile), tile))


def _firings(certificate: Certificate, tile: str, cycle_ns: float, window: float) -> Iterator[_Bar]:
    times = {actor.name: float(actor.time) * cycle_ns for actor in certificate.graph.actors}
    for name in dict.fromkeys(certificate.orders[tile]):
        for start in certificate.starts[name]:
            bar = _Bar(float(start) * cycle_ns, times[name], name)
            yield from _repeated(bar, float(certificate.period) * cycle_ns, window)


def _sends(certificate: Certificate, tile: str, cycle_ns: float, window: float) -> Iterator[_Bar]:
    actors = set(certificate.orders[tile])
    for channel in certificate.graph.channels:
        if channel.source not in actors:
            continue
        for start in certificate.sends.get(channel.name, ()):
            length = certificate.transit[channel.name] * certificate.burst[channel.name]
            bar = _Bar(float(start) * cycle_ns, float(length) * cycle_ns, channel.name)
            yield from _repeated(bar, float(certificate.period) * cycle_ns, window)


def _repeated(bar: _Bar, period: float, window: float) -> Iterator[_Bar]:
    """Yield what is seen of a bar in the window when it comes again every period."""
    first = ceil((-bar.begin - bar.length) / period)
    for number in range(first, ceil((window - bar.begin) / period)):
        begin = max(0.0, bar.begin + number * period)
        end = min(window, bar.begin + number * period + bar.length)
        if end > begin:
            yield _Bar(begin, end - begin, bar.name)


def _population_of_actor(program: Program) -> dict[str, str]:
    """Return the name of the population most of whose neurons each cluster holds."""
    clusters = program.clusters
    assert clusters is not None
    populations = program.network.populations
    held = np.zeros((clusters.n_clusters, len(populations)), np.int64)
    for number, population in enumerate(populations):
        own = clusters.cluster_of_cell[population.first : population.first + population.size]
        held[:, number] = np.bincount(own[own >= 0], minlength=clusters.n_clusters)
    return {
        cluster_name(cluster): populations[number].name
        for cluster, number in enumerate(held.argmax(axis=1).tolist())
    }


def _most_common(names: Any) -> list[str]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))[:MOST_POPULATIONS]


def _draw_firings(
    axes: Any,
    row: int,
    bars: Sequence[_Bar],
    populations: Mapping[str, str],
    shown: Sequence[str],
    critical: set[str],
    unit_ns: float,
) -> None:
    patches = [Rectangle((b.begin / unit_ns, row - BAR / 2), b.length / unit_ns, BAR) for b in bars]
    colour = {name: COLOURS[number] for number, name in enumerate(shown)}
    faces = [colour.get(populations.get(bar.name, ""), COLOURS[-1]) for bar in bars]
    edges = [INK if bar.name in critical else "white" for bar in bars]
    widths = [1.4 if bar.name in critical else 0.4 for bar in bars]
    axes.add_collection(
        PatchCollection(patches, facecolors=faces, edgecolors=edges, linewidths=widths, zorder=2)
    )


def _draw_sends(axes: Any, row: int, bars: Sequence[_Bar], unit_ns: float) -> None:
    top = row + BAR / 2 + 0.03
    patches = [Rectangle((bar.begin / unit_ns, top), bar.length / unit_ns, SEND) for bar in bars]
    axes.add_collection(PatchCollection(patches, facecolors=FAINT, edgecolors="none", alpha=0.45, zorder=1))


def _write_numbers(axes: Any, row: int, bars: Sequence[_Bar], window: float, unit_ns: float) -> None:
    for bar in bars:
        number = bar.name.removeprefix(cluster_name(0)[:-1])
        if bar.length < 0.009 * len(number) * window:
            continue
        middle = (bar.begin + bar.length / 2) / unit_ns
        axes.text(middle, row, number, ha="center", va="center", fontsize=7, color="white", zorder=3)


def _finish(axes: Any, rows: Sequence[str], window: float, unit: str, is_fine: bool) -> None:
    prefix = tile_name(0)[:-1]
    axes.set_yticks(range(len(rows)), [name.replace(prefix, "tile ") for name in rows])
    axes.set_ylim(len(rows) - 0.3, -0.6)
    axes.set_xlim(0, window)
    axes.axvline(window / PERIODS, color=INK, linestyle="--", linewidth=0.8, zorder=0)
    axes.set_xlabel(f"time on the chip ({unit}); the dashed line is the guaranteed period")
    edge = ", dark edge: critical" if is_fine else ""
    axes.set_title(
        f"firings of clusters (numbers{edge}); thin: packets sent", fontsize=9, loc="left", color=INK
    )
    tidy(axes)


def _add_legend(figure: Figure, shown: Sequence[str], others: set[str]) -> None:
    handles = [Patch(color=COLOURS[number], label=short(name)) for number, name in enumerate(shown)]
    if others:
        handles.append(Patch(color=COLOURS[-1], label=f"{len(others)} others"))
    figure.legend(handles=handles, loc="outside upper right", ncols=4, frameon=False, handlelength=1)
