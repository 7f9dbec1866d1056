"""Figures of reports, as inline SVG: activity of the network, load of the hardware."""

from neurohw.analysis.plots.activity import distributions, population_rates, raster
from neurohw.analysis.plots.hardware import latency_histogram, utilisation
from neurohw.analysis.plots.mesh import load_map
from neurohw.analysis.plots.style import to_svg

__all__ = [
    "distributions",
    "latency_histogram",
    "load_map",
    "population_rates",
    "raster",
    "to_svg",
    "utilisation",
]
