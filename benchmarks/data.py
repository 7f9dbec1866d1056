"""Time from recorded spikes to the data that a script reads: neo's objects, plain arrays, counts, files.

    python -m benchmarks.data [--cells 10000] [--spikes 1000000] [--repeats 5] [--json]

Best of several runs, each on spikes that nobody has asked for before. ``get_data`` hands out neo's lazy list: the
time of 10 000 ``SpikeTrain`` objects is spent only when a script goes through them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from typing import Any

import pyNN.neurohw as sim

GOAL_S = 0.1  # get_data of 10^6 spikes of 10^4 cells
RUN_MS = 100.0


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--spikes", type=int, default=1_000_000, help="expected number, of Poisson sources")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    sources = recorded(options.cells, options.spikes)
    n_spikes = len(sources.raw_spikes()[0])
    seconds = {name: best(use, sources, options.repeats) for name, use in USES.items()}
    if options.json:
        print(json.dumps({"cells": options.cells, "spikes": n_spikes, "goal_s": GOAL_S, "seconds": seconds}))
        return
    print(
        f"{n_spikes} spikes of {options.cells} cells, best of {options.repeats}; goal of get_data: {GOAL_S} s"
    )
    for name, value in seconds.items():
        print(f"{name:<28}{value * 1e3:10.3f} ms")


def recorded(n_cells: int, n_spikes: int) -> Any:
    """Return sources that have fired about ``n_spikes`` times."""
    sim.setup(timestep=0.1)
    rate = n_spikes / n_cells / (RUN_MS * 1e-3)
    sources = sim.Population(n_cells, sim.SpikeSourcePoisson(rate=rate))
    sources.record("spikes")
    sim.run(RUN_MS)
    return sources


def best(use: Callable[[Any], object], sources: Any, repeats: int) -> float:
    """Return the shortest time in s of a use of the data, each time after the run has gone on by a tick."""
    times = []
    for _ in range(repeats):
        sim.run(0.1)
        started = time.perf_counter()
        use(sources)
        times.append(time.perf_counter() - started)
    return min(times)


def _spike_trains(sources: Any) -> Any:
    return sources.get_data().segments[0].spiketrains


def _write(sources: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources.write_data(f"{folder}/spikes.pkl")


USES: dict[str, Callable[[Any], object]] = {
    "raw_spikes()": lambda sources: sources.raw_spikes(),
    "get_data()": lambda sources: sources.get_data(),
    "one spike train": lambda sources: _spike_trains(sources)[0],
    "all spike trains": lambda sources: list(_spike_trains(sources)),
    "write_data() to a pickle": _write,
    "get_spike_counts()": lambda sources: sources.get_spike_counts(),
}


if __name__ == "__main__":
    main()
