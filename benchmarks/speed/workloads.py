"""The networks that are timed, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.workloads import adex, brunel, coba, cuba, hodgkin_huxley, layers, microcircuit, stdp
from neurohw.network import Network


@dataclass(frozen=True)
class Workload:
    """A network, for how long it runs, and how many times faster than the fastest of its rivals it is to be."""

    about: str
    build: Callable[[], Network]
    seconds: float
    goal: float
    rivals: tuple[str, ...] = ()  # peers; none: all
    has_limit: bool = True  # there are kernels for the limit of the machine
    note: str = ""  # what is to be said beside its figures
    rates_agree: float = 0.03  # mean rates of two simulators, relative


WORKLOADS = {
    "A": Workload("CUBA 4,000, Vogels & Abbott", cuba, 1.0, 3.0),
    "A16": Workload("CUBA 16,000, as many inputs", lambda: cuba(16_000, connectivity=0.005), 1.0, 3.0),
    "B": Workload("Brunel 10,000, 1,000 inputs, Poisson drive of 20 kHz", brunel, 1.0, 5.0),
    "BDC": Workload("the same, constant current", lambda: brunel(poisson_drive=False), 1.0, 1.5),
    "C": Workload("layers 784-500-500-10, Poisson input", layers, 10.0, 10.0),
    "PD10": Workload("cortical microcircuit at 10 %", microcircuit, 1.0, 20.0, ("nest",)),
}
_COMPILED = ("brian2", "genn")
_STEPS = "brian2 and genn take one {} step a tick, NEST adapts its steps; neurohw {}"
_WITHIN = "keeps the error of a step below 1e-7"
# Activity wanders: over a second, rates of COBA in neurohw alone differ by 6 % when cells start 0.01 to 0.05 mV away.
# Where steps differ so do spikes, some ten ms later.
_WANDERS = 0.08
# One step of 0.1 ms is too long for these cells: GeNN finds 35.6 Hz with one, 38.4, 39.2 and 39.6 with 2, 5, 10.
_COARSE = 0.2
# cells without a closed form, and synapses that learn: at most twice the time of the faster of two peers
STEPPED = {
    "COBA": Workload(
        "COBA 4,000, Vogels & Abbott",
        coba,
        1.0,
        0.5,
        _COMPILED,
        has_limit=False,
        note=_STEPS.format("exponential Euler", "one of order 6, right to 1e-5 mV"),
        rates_agree=_WANDERS,
    ),
    "ADEX": Workload(
        "the same of adaptive exponential cells",
        adex,
        1.0,
        0.5,
        _COMPILED,
        has_limit=False,
        note=_STEPS.format("Euler", _WITHIN),
        rates_agree=_WANDERS,
    ),
    "HH": Workload(
        "the same of Hodgkin-Huxley cells",
        hodgkin_huxley,
        1.0,
        0.5,
        _COMPILED,
        has_limit=False,
        note=_STEPS.format("exponential Euler", _WITHIN),
        rates_agree=_COARSE,
    ),
    "STDP": Workload(
        "1,000 Poisson sources at 15 Hz learn to drive 1,000 cells",
        stdp,
        10.0,
        0.5,
        _COMPILED,
        has_limit=False,
        note="delays of 0.1 ms: before the synapse in brian2 and genn, behind it in neurohw and NEST",
    ),
}
ALL = WORKLOADS | STEPPED
