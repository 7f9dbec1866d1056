"""The figures of a report's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from neurohw.analysis import plots
from neurohw.analysis.places import link_name
from neurohw.analysis.recording import Recording
from neurohw.hardware import Chip
from neurohw.result import HardwareReport


def figures(hardware: HardwareReport, recordings: Sequence[Recording], chip: Chip | None) -> dict[str, Any]:
    """Return the figures that the data allow, by name, as markup."""
    from markupsafe import Markup

    watched = [recording for recording in recordings if recording.watched]
    drawn = _activity(watched) | _times(hardware) | _places(hardware, chip)
    return {name: Markup(plots.to_svg(figure)) for name, figure in drawn.items()}


def _activity(recordings: Sequence[Recording]) -> dict[str, Figure]:
    if not recordings:
        return {}
    return {
        "raster": plots.raster(recordings),
        "rates": plots.population_rates(recordings),
        "distributions": plots.distributions(recordings),
    }


def _times(hardware: HardwareReport) -> dict[str, Figure]:
    drawn = {}
    cycle_ns = hardware.cycle_ns
    if hardware.latency is not None and cycle_ns:
        drawn["latency"] = plots.latency_histogram(hardware.latency, cycle_ns, hardware.cycles_per_tick)
    if cycle_ns and any(np.any(stage.counts) for stage in hardware.latency_stages.values()):
        drawn["stages"] = plots.latency_stages(hardware.latency_stages, cycle_ns)
    if hardware.timeline is not None and hardware.links is not None and np.any(hardware.links.packets):
        links = hardware.links
        names = [link_name(links, int(link)) for link in hardware.timeline.link]
        drawn["occupancy"] = plots.occupancy(hardware.timeline, names)
    return drawn


def _places(hardware: HardwareReport, chip: Chip | None) -> dict[str, Figure]:
    drawn = {}
    tiles, layout = hardware.tiles, hardware.layout
    if any(energy > 0 for energy in hardware.energy_pj.values()):
        drawn["energy"] = plots.energy_pies(hardware.energy_pj)
    if tiles is None or layout is None:
        return drawn
    drawn["utilisation"] = plots.utilisation(tiles, layout, chip)
    if np.any(tiles.bound):
        drawn["bounds"] = plots.bounds(tiles, layout)
    if hardware.links is not None:
        drawn["load"] = plots.load_map(tiles, hardware.links, layout)
    return drawn
