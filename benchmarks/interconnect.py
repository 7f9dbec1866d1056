"""Packet-hops per second of the interconnect: both fidelities over loads, beside BookSim where there is one.

    python -m benchmarks.interconnect [--size 8] [--depth 8] [--cycles 20000] [--repeats 3] [--booksim PATH] [--json]

A square mesh of routers with uniform traffic, a hop of 3 cycles and a credit of 2, as BookSim 2 has them with one
virtual channel and speculative allocation. Best of several runs in one process, after one that compiles, on a chip
whose wires are made before; BookSim runs once, as many cycles, and its start is not counted. A packet-hop is a link
between two routers that a packet has taken; those from and to tiles are not counted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from neurohw.traffic import interconnect_chip
from neurohw_event.noc import Wires, make_wires
from neurohw_event.traffic import simulate_traffic

GOALS_PER_S = {"credit": 1e7, "fcfs": 4e7}
LOADS = (0.01, 0.05, 0.1, 0.2, 0.3)
WARM_UP = 3  # BookSim measures from the fourth of its periods on
IDLE_CYCLES = 10**9  # one second at 1 GHz
IDLE_PACKETS = 10
CONFIGURATION = """\
topology = mesh; k = {size}; n = 2; routing_function = dor; traffic = uniform; packet_size = 1;
num_vcs = 1; vc_buf_size = {depth}; wait_for_tail_credit = 0; vc_allocator = islip; sw_allocator = islip;
routing_delay = 0; credit_delay = 0; speculative = 1; input_speedup = 1; use_noc_latency = 0;
injection_rate_uses_flits = 1; injection_rate = {load}; sim_type = latency; latency_thres = 1000.0;
sample_period = {period}; warmup_periods = 3; max_samples = 10; seed = 1;
"""


@dataclass(frozen=True)
class Run:
    """One simulation: what it took and what it found."""

    load: float
    seconds: float
    cycles: int
    packet_hops: float
    latency: float

    @property
    def rate(self) -> float:
        """Packet-hops per second."""
        return self.packet_hops / self.seconds


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=8, help="routers of a row and of a column")
    parser.add_argument("--depth", type=int, default=8, help="packets that the buffer of an input holds")
    parser.add_argument("--cycles", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--booksim", type=Path, help="BookSim 2's binary, to be run on the same traffic")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    chip = interconnect_chip("mesh", (options.size, options.size), depth=options.depth)
    wires = make_wires(chip)
    own = {name: [best(wires, load, options, name) for load in LOADS] for name in GOALS_PER_S}
    idle_load = IDLE_PACKETS / IDLE_CYCLES / options.size**2
    idle = {name: best(wires, idle_load, options, name, IDLE_CYCLES) for name in GOALS_PER_S}
    booksim = [run_booksim(options, run) for run in own["credit"]] if options.booksim else []
    if options.json:
        runs = {**own, "idle": list(idle.values()), "booksim": booksim}
        print(json.dumps({name: [asdict(run) for run in runs[name]] for name in runs}))
        return
    print(f"{options.size} x {options.size} mesh, buffers of {options.depth} packets")
    for name, runs in own.items():
        print(f"\n{name}: goal {GOALS_PER_S[name]:.0e} packet-hops/s from 5 % load up")
        print_table(runs, booksim if name == "credit" else [])
        print(
            f"{IDLE_CYCLES:.0e} cycles with about {IDLE_PACKETS} packets: {1e3 * idle[name].seconds:.1f} ms"
        )


def best(wires: Wires, load: float, options: argparse.Namespace, fidelity: str, cycles: int = 0) -> Run:
    """Return the fastest of several runs; the first compiles and does not count."""
    runs = [run_once(wires, load, cycles or options.cycles, fidelity) for _ in range(options.repeats + 1)]
    return min(runs[1:], key=lambda run: run.seconds)


def run_once(wires: Wires, load: float, cycles: int, fidelity: str) -> Run:
    """Simulate ``cycles`` cycles."""
    begin = time.perf_counter()
    found = simulate_traffic(
        *wires[:5],
        load=load,
        warm_up=0,
        cycles=cycles,
        fidelity=fidelity,
        distances=wires.distances,
    )
    seconds = time.perf_counter() - begin
    # a packet takes two more links, from its tile and to it
    hops = found.packet_links * found.hops / (found.hops + 2)
    return Run(load, seconds, found.cycles, hops, found.latency_mean)


def run_booksim(options: argparse.Namespace, own: Run) -> Run:
    """Run BookSim at the load of an own run, for about as many cycles."""
    period = max(own.cycles // (2 * WARM_UP), 1)
    text = CONFIGURATION.format(size=options.size, depth=options.depth, load=own.load, period=period)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mesh"
        file.write_text(text)
        # its exit code says nothing: 255 where all went well
        done = subprocess.run([options.booksim, file], capture_output=True, text=True, check=False).stdout
    overall = done.split("Overall Traffic Statistics")[-1]
    cycles = int(_number(r"Time taken is (\d+) cycles", done))
    hops = _number(r"Hops average = ([\d.]+)", overall) - 1
    packets = own.load * options.size**2 * cycles
    return Run(
        load=own.load,
        seconds=_number(r"Total run time ([\d.e+-]+)", done),
        cycles=cycles,
        packet_hops=packets * hops,
        latency=_number(r"Packet latency average = ([\d.e+]+)", overall),
    )


def _number(pattern: str, text: str) -> float:
    return float(re.findall(pattern, text)[-1])


def print_table(own: list[Run], others: list[Run]) -> None:
    """Print one line per load."""
    print(
        f"{'load':>6} {'packet-hops/s':>14} {'latency':>9}"
        + "   BookSim: packet-hops/s  latency  slower" * bool(others)
    )
    for index, run in enumerate(own):
        line = f"{run.load:6.2f} {run.rate:14.3g} {run.latency:9.3f}"
        if others:
            other = others[index]
            line += f" {other.rate:25.3g} {other.latency:8.3f} {run.rate / other.rate:6.0f}x"
        print(line)


if __name__ == "__main__":
    main()
