"""How neurohw's time grows with cells, inputs of each, rate and timestep.

Poisson sources drive as many cells with exponential currents, which never fire: what happens is known in advance.
The Vogels-Abbott network on a finer grid stands beside it, as cells that fire on their own have it.
"""

from __future__ import annotations

import json
import statistics
from typing import Any

import numpy as np

from benchmarks.speed.clock import timed
from benchmarks.workloads import CUBA_CELL, cuba
from benchmarks.workloads.parts import cells, connect, poisson
from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program

MIDDLE = {"cells": 10_000, "inputs": 100, "rate_hz": 10.0, "timestep_ms": 0.1}
CURVES: dict[str, tuple[float, ...]] = {
    "cells": (1e3, 1e4, 1e5, 1e6),
    "inputs": (10, 100, 1000, 10_000),
    "rate_hz": (0.1, 1.0, 10.0, 100.0),
    "timestep_ms": (1.0, 0.1, 0.01, 0.001),
}
# fewer synapses at the far end of a curve: memory is not what it shows
INSTEAD = {"cells": {"inputs": 10, "rate_hz": 2.0}, "inputs": {"cells": 1000}}
CUBA_TIMESTEPS_MS = (0.1, 0.01)
SECONDS = 1.0
WEIGHT_NA = 1e-6  # no sum of them reaches the threshold


def main(repeats: int, as_json: bool) -> None:
    """Time all points and print them."""
    found = [
        {"curve": name, "at": at, **time_network(driven(**point(name, at)), repeats)}
        for name, values in CURVES.items()
        for at in values
    ]
    for timestep_ms in CUBA_TIMESTEPS_MS:
        network = cuba(timestep_ms=timestep_ms)
        found.append({"curve": "A, timestep_ms", "at": timestep_ms, **time_network(network, repeats)})
    if as_json:
        print(json.dumps(found))
        return
    print(f"{'':16s}{'':>10s}{'s':>10s}{'events':>14s}{'ns/event':>10s}")
    for row in found:
        ns = 1e9 * row["s"] / row["events"]
        print(f"{row['curve']:16s}{row['at']:10g}{row['s']:10.4f}{row['events']:14,d}{ns:10.2f}")


def point(curve: str, at: float) -> dict[str, Any]:
    """Return what one point of a curve is made of."""
    return {**MIDDLE, **INSTEAD.get(curve, {}), curve: type(MIDDLE[curve])(at)}


def driven(**rest: Any) -> Network:
    """Return sources and cells; see ``MIDDLE`` for what is asked for."""
    size, inputs = rest["cells"], rest["inputs"]
    rng = np.random.default_rng(1)
    quiet = {**CUBA_CELL, "v_rest": CUBA_CELL["v_reset"]}
    populations = (
        poisson("sources", 0, np.full(size, rest["rate_hz"])),
        cells("cells", "IF_curr_exp", size, size, quiet),
    )
    pairs = rng.integers(0, size, size * inputs), np.repeat(np.arange(size), inputs)
    delay = max(1, round(1.0 / rest["timestep_ms"]))
    synapses = connect(populations, 0, 1, "excitatory", pairs, WEIGHT_NA, delay)
    return Network(rest["timestep_ms"], populations, (synapses,))


def time_network(network: Network, repeats: int) -> dict[str, Any]:
    """Return the median time of several runs, and the events of one."""
    taken = []
    for _ in range(repeats):
        with load("event").open(Program(network), fidelity="ideal") as session:
            session.advance(0)
            taken.append(timed(lambda s=session: s.advance(network.tick(1000 * SECONDS)))["cpu_s"])
            events = session.result().report.traffic.synaptic_events
    return {"s": statistics.median(taken), "events": events}
