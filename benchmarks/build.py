"""Synapses built per second: compressed rows, PyNN's connectors, and everything up to the first tick.

    python -m benchmarks.build [--size 1.0] [--repeats 3] [--json]

Best of several runs, after one that compiles. The goal of 10^7 synapses a second is one of networks given as pairs.
A connector also draws PyNN's random numbers, in PyNN's order, so that a seed builds the same network as on other
simulators; ``NOTES`` says what that costs. "Open" is what the first ``run()`` does: lowering to the network,
verification, the order of delivery.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyNN.neurohw as sim
from pyNN.random import NumpyRNG

from neurohw.network import MODELS, Network, Population, Synapses, csr_from_pairs, verify

GOAL_PER_S = 1e7
NOTES = """\
Connectors keep PyNN's stream of random numbers: the same seed builds the same network as on other simulators.
FixedProbability therefore draws one number for each pair of cells, 1 / p for each synapse, at 1.1 ns each.
FixedNumberPre and FixedNumberPost without replacement shuffle all cells for each cell, here 100 steps for each
synapse at 2.5 ns each: one number after the other is in or out of a range that shrinks, which no vector code does.
They reach the goal from n = a fortieth of the cells on. OneToOne has as many cells on each side as synapses; opening
sets up the cells, too."""
Rates = tuple[int, float, float | None]  # synapses, synapses/s of building, synapses/s of opening


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=float, default=1.0, help="1: one to ten million synapses each")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    measured = {}
    for name, build in workloads(options.size).items():
        measured[name] = best([build() for _ in range(options.repeats + 1)][1:])
    show(options, measured)


def workloads(size: float) -> dict[str, Callable[[], Rates]]:
    """Return what is timed, by name; ``size`` scales the number of synapses."""
    side = size**0.5  # of a square of cells by cells
    million, cells, many = round(1e6 * size), round(2000 * side), round(10_000 * side)
    rng = np.random.default_rng(1)
    pairs = rng.integers(0, 10_000, (2, 10 * million))
    table = np.column_stack([rng.integers(0, many, (million, 2)), np.full((million, 2), 0.5)])
    matrix = rng.random((cells, cells)) < 0.5
    connect = {
        "AllToAll": (cells, lambda _: sim.AllToAllConnector()),
        "OneToOne": (million, lambda _: sim.OneToOneConnector()),
        "FixedProbability p = 0.02": (many, lambda rng: sim.FixedProbabilityConnector(0.02, rng=rng)),
        "FixedProbability p = 0.1": (many // 2, lambda rng: sim.FixedProbabilityConnector(0.1, rng=rng)),
        "FixedNumberPre n = 100": (many, lambda rng: sim.FixedNumberPreConnector(100, rng=rng)),
        "FixedNumberPost n = 100": (many, lambda rng: sim.FixedNumberPostConnector(100, rng=rng)),
        "FixedNumberPre, replacing": (
            many,
            lambda rng: sim.FixedNumberPreConnector(100, with_replacement=True, rng=rng),
        ),
        "FixedTotalNumber": (many, lambda rng: sim.FixedTotalNumberConnector(million, rng=rng)),
        "FromList": (many, lambda _: sim.FromListConnector(table, column_names=["weight", "delay"])),
        "DistanceDependent exp(-d)": (
            cells,
            lambda rng: sim.DistanceDependentProbabilityConnector("exp(-d/200)", rng=rng),
        ),
        "Array": (cells, lambda _: sim.ArrayConnector(matrix)),
    }
    return {
        "rows from shuffled pairs": lambda: from_pairs(*pairs),
        "rows from pairs in order": lambda: from_pairs(np.sort(pairs[0]), pairs[1]),
        **{
            name: lambda n=n, connector=connector: through_pynn(n, connector)
            for name, (n, connector) in connect.items()
        },
    }


def from_pairs(pre: np.ndarray, post: np.ndarray) -> Rates:
    """Build and verify a network of 10,000 cells from connections with weights and delays of their own."""
    n_cells, n = 10_000, len(pre)
    weight, delay = np.linspace(0.1, 1.0, n), np.ones(n, np.int32)
    model = MODELS["IF_curr_exp"]
    parameters = {name: np.full(n_cells, p.default) for name, p in model.parameters.items()}
    started = time.perf_counter()
    rows = csr_from_pairs(pre, post, n_cells, weight, delay)
    cells = Population("cells", model, 0, n_cells, parameters)
    verify(Network(0.1, (cells,), (Synapses("pairs", 0, 0, "excitatory", *rows),)))
    return n, n / (time.perf_counter() - started), None


def through_pynn(n_cells: int, make_connector: Callable[[NumpyRNG], Any]) -> Rates:
    """Connect two populations of ``n_cells`` each, then run to tick 0."""
    sim.setup(timestep=0.1)
    pre, post = (sim.Population(n_cells, sim.IF_curr_exp()) for _ in range(2))
    connector = make_connector(NumpyRNG(seed=1))
    started = time.perf_counter()
    projection = sim.Projection(pre, post, connector, sim.StaticSynapse(weight=0.01, delay=0.5))
    built = time.perf_counter()
    n = len(projection)
    opening = time.perf_counter()
    sim.run(0.0)
    opened = time.perf_counter()
    return n, n / (built - started), n / (opened - opening)


def best(runs: list[Rates]) -> Rates:
    """Return the highest rates."""
    n, build, opening = zip(*runs, strict=True)
    return n[0], max(build), None if None in opening else max(opening)


def show(options: argparse.Namespace, measured: dict[str, Rates]) -> None:
    """Print what was measured."""
    if options.json:
        names = ("synapses", "built_per_s", "opened_per_s")
        rows = {name: dict(zip(names, rates, strict=True)) for name, rates in measured.items()}
        print(json.dumps({"goal_per_s": GOAL_PER_S, **rows}))
        return
    print(f"million synapses per second, best of {options.repeats} runs; the goal is {GOAL_PER_S / 1e6:g}\n")
    print(f"{'':28s}{'synapses':>12s}{'build':>9s}{'':8s}{'open':>8s}")
    for name, (n, build, opening) in measured.items():
        verdict = "reached" if build >= GOAL_PER_S else ""
        opened = "" if opening is None else f"{opening / 1e6:8.1f}"
        print(f"{name:28s}{n:12,d}{build / 1e6:9.1f} {verdict:7s}{opened}")
    print(f"\n{NOTES}")


if __name__ == "__main__":
    main()
