"""The networks that are timed, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.workloads import brunel, cuba, layers, microcircuit
from neurohw.network import Network


@dataclass(frozen=True)
class Workload:
    """A network, for how long it runs, and how many times faster than a rival it is to be."""

    about: str
    build: Callable[[], Network]
    seconds: float
    goal: float
    rival: str = ""  # the fastest peer


WORKLOADS = {
    "A": Workload("CUBA 4,000, Vogels & Abbott", cuba, 1.0, 3.0),
    "A16": Workload("CUBA 16,000, as many inputs", lambda: cuba(16_000, connectivity=0.005), 1.0, 3.0),
    "B": Workload("Brunel 10,000, 1,000 inputs, Poisson drive of 20 kHz", brunel, 1.0, 5.0),
    "BDC": Workload("the same, constant current", lambda: brunel(poisson_drive=False), 1.0, 1.5),
    "C": Workload("layers 784-500-500-10, Poisson input", layers, 10.0, 10.0),
    "PD10": Workload("cortical microcircuit at 10 %", microcircuit, 1.0, 20.0, "nest"),
}
