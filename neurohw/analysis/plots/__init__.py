"""Figures of reports, as inline SVG: activity of the network, load of the hardware."""

from neurohw.analysis.plots.activity import distributions, population_rates, raster
from neurohw.analysis.plots.chip_map import load_map
from neurohw.analysis.plots.energy import energy_pies
from neurohw.analysis.plots.gantt import gantt
from neurohw.analysis.plots.latency import latency_histogram, latency_stages
from neurohw.analysis.plots.mapping import mapping_map
from neurohw.analysis.plots.style import to_svg
from neurohw.analysis.plots.tiles import bounds, utilisation
from neurohw.analysis.plots.timeline import occupancy

__all__ = [
    "bounds",
    "distributions",
    "energy_pies",
    "gantt",
    "latency_histogram",
    "latency_stages",
    "load_map",
    "mapping_map",
    "occupancy",
    "population_rates",
    "raster",
    "to_svg",
    "utilisation",
]
