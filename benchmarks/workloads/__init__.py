"""Networks that benchmarks share: those of speed here, applications for mappers in ``applications``."""

from benchmarks.workloads.brunel import brunel
from benchmarks.workloads.conductances import adex, coba, hodgkin_huxley
from benchmarks.workloads.cuba import CUBA_CELL, cuba
from benchmarks.workloads.layers import layers
from benchmarks.workloads.learning import stdp
from benchmarks.workloads.microcircuit import microcircuit

__all__ = [
    "CUBA_CELL",
    "adex",
    "brunel",
    "coba",
    "cuba",
    "hodgkin_huxley",
    "layers",
    "microcircuit",
    "stdp",
]
