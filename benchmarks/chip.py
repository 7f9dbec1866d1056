"""What the simulation of a chip costs: each fidelity beside ``ideal``, and one packet with its synapses.

    python -m benchmarks.chip [--repeats 5] [--json]

First the Vogels-Abbott network of 4,000 cells on the 32 tiles of ``mesh``, 1 s: simulation alone, in time of the
processor, the fidelities in turn, least and median, and how many times that of ``ideal`` without a chip the median is.
The goals are 3 times with ``fcfs`` and 10 times with ``credit``. Then packets: in each tile 8 of 128 cells fire
regularly, each to the 120 others of another tile, which stay silent. Given is what a packet costs, its 120 synapses
included: how much longer it takes when these cells fire 100 times a second in place of 50, over the packets that are
more. The goal is 0.3 us with ``fcfs``.
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any

import numpy as np

import neurohw
from benchmarks.speed.clock import timed
from benchmarks.workloads import CUBA_CELL, cuba
from benchmarks.workloads.parts import all_spikes, cells, connect
from neurohw.backend import load
from neurohw.compiler.partition import Partitioner, PartitionProblem
from neurohw.network import Network
from neurohw.program import Program

CHIP = "mesh"
GOALS = {"fcfs": 3.0, "credit": 10.0}
PACKET_GOAL_US = 0.3
FIDELITIES = ("ideal", "latency", "fcfs", "credit")
TILES, SENDERS, TARGETS = 32, 8, 120  # of the packets; together a crossbar of each tile of ``mesh``
RATES_HZ = 50.0, 100.0
SECONDS = 1.0


def main() -> None:
    """Measure and print tables, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.repeats < 1:
        parser.error(f"--repeats {options.repeats}: at least 1 run is needed")
    found = {
        "network": measure(cuba(), "sequential", options.repeats),
        "packets": marginal(*(measure(packets(rate), by_tile, options.repeats) for rate in RATES_HZ)),
    }
    print(json.dumps(found) if options.json else text(found))


def packets(rate_hz: float) -> Network:
    """Return cells that fire regularly, each to cells of another tile, and these, which stay silent."""
    rng = np.random.default_rng(1)
    values = {**CUBA_CELL, "v_rest": -60.0, "tau_refrac": 0.0}
    n_targets, n_senders = TILES * TARGETS, TILES * SENDERS
    current_na, v_mv = regular(rate_hz, rng.random(n_senders))
    populations = [
        cells("targets", "IF_curr_exp", 0, n_targets, values, np.full(n_targets, -60.0)),
        cells("senders", "IF_curr_exp", n_targets, n_senders, {**values, "i_offset": current_na}, v_mv),
    ]
    tile = (np.arange(n_senders) // SENDERS + rng.integers(1, TILES, n_senders)) % TILES
    post = tile[:, None] * TARGETS + np.arange(TARGETS)
    pairs = np.repeat(np.arange(n_senders), TARGETS), post.ravel()
    synapses = connect(populations, 1, 0, "excitatory", pairs, 1e-9, 10)
    return Network(0.1, tuple(populations), (synapses,), probes=all_spikes(populations, [0, 1]))


def by_tile(problem: PartitionProblem) -> np.ndarray:
    """Put as many targets and senders of the packets' network onto each tile."""
    sizes = np.full(TILES, TARGETS), np.full(TILES, SENDERS)
    return np.concatenate([np.repeat(np.arange(TILES, dtype=np.int32), own) for own in sizes])


def regular(rate_hz: float, phases: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the current at which a cell without refractory time fires so often, and potentials to begin with.

    ``phases`` are times since the last spike, of 0 to 1 period.
    """
    period_ms, tau_ms = 1000.0 / rate_hz, CUBA_CELL["tau_m"]
    rise_mv = CUBA_CELL["v_thresh"] - CUBA_CELL["v_reset"]
    end_mv = rise_mv / -np.expm1(-period_ms / tau_ms)
    v_mv = CUBA_CELL["v_reset"] - end_mv * np.expm1(-phases * period_ms / tau_ms)
    return float(end_mv * CUBA_CELL["cm"] / tau_ms), v_mv


def measure(network: Network, partitioner: str | Partitioner, repeats: int) -> dict[str, dict[str, Any]]:
    """Simulate with each fidelity in turn; a first run of each is not counted."""
    on_chip = neurohw.compile(network, CHIP, partitioner=partitioner)
    runs: dict[str, list[dict[str, Any]]] = {fidelity: [] for fidelity in FIDELITIES}
    for fidelity in [*FIDELITIES] * (repeats + 1):
        program = Program(network) if fidelity == "ideal" else on_chip
        runs[fidelity].append(run(program, fidelity))
    return {
        fidelity: {
            "least_s": min(one["cpu_s"] for one in own[1:]),
            "median_s": statistics.median(one["cpu_s"] for one in own[1:]),
            **{name: own[0][name] for name in ("spikes", "delivered", "hops", "events")},
        }
        for fidelity, own in runs.items()
    }


def run(program: Program, fidelity: str) -> dict[str, Any]:
    """Simulate once; returns times and what was delivered."""
    with load("event").open(program, fidelity=fidelity) as session:
        took = timed(lambda: session.advance(program.network.tick(1000 * SECONDS)))
        result = session.result()
    traffic = result.report.traffic
    return {
        **took,
        "spikes": len(result.spikes.ids),
        "delivered": traffic.delivered,
        "hops": traffic.hops,
        "events": traffic.synaptic_events,
    }


def marginal(slow: dict[str, dict[str, Any]], fast: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return what a packet more costs, by fidelity: by the least of the runs, as the difference is small."""
    return {
        fidelity: {
            "packets": row["delivered"] - slow[fidelity]["delivered"],
            "hops": row["hops"] / row["delivered"],
            "us": 1e6
            * (row["least_s"] - slow[fidelity]["least_s"])
            / (row["delivered"] - slow[fidelity]["delivered"]),
        }
        for fidelity, row in fast.items()
    }


def text(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return both tables."""
    own = found["network"]
    lines = [
        f"CUBA 4,000 on {CHIP}, {SECONDS:g} s",
        f"{'':10s}{'least s':>10s}{'median s':>10s}{'x ideal':>9s}",
    ]
    for fidelity, row in own.items():
        times = row["median_s"] / own["ideal"]["median_s"]
        goal = f"  {verdict(times, GOALS[fidelity])}" if fidelity in GOALS else ""
        lines.append(f"{fidelity:10s}{row['least_s']:10.4f}{row['median_s']:10.4f}{times:9.1f}{goal}")
    lines.append(
        f"\npackets of {TARGETS} synapses\n{'':10s}{'packets':>10s}{'hops each':>11s}{'us each':>9s}"
    )
    for fidelity, row in found["packets"].items():
        goal = f"  {verdict(row['us'], PACKET_GOAL_US)}" if fidelity == "fcfs" else ""
        lines.append(f"{fidelity:10s}{row['packets']:10,d}{row['hops']:11.1f}{row['us']:9.2f}{goal}")
    return "\n".join(lines)


def verdict(value: float, goal: float) -> str:
    """Return whether a goal is reached."""
    return f"goal {goal:g}: {'reached' if value <= goal else 'not reached'}"


if __name__ == "__main__":
    main()
