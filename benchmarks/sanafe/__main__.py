"""The same network on the same chip with the same spikes in SANA-FE and in neurohw: time and memory of the simulation.

    python -m benchmarks.sanafe [--sanafe-python .venv-sanafe/bin/python] [--architecture FILE] [--steps 200]
                                [--input-hz 50] [--repeats 3] [--cold] [--json]

1,024 sources with Poisson trains, 4,096 leaky integrate-and-fire cells, 133,120 synapses, on SANA-FE's Loihi (32 tiles
of 4 cores), mapped alike. SANA-FE (J. A. Boyle et al., doi:10.1109/TCAD.2025.3537971) need not be installed where
neurohw is, but needs Python 3.11. Every run is a process of its own, taken in turn, on one core.

Timed on both sides are the steps alone: ``chip.sim(steps)`` with the ``detailed`` timing model, no trace written, and
``session.advance(steps)``, all spikes recorded, once the kernels are loaded. Not timed: building the network, mapping
it, reading the architecture. Memory is the peak of the whole process, Python and libraries included;
kernels come from the cache on disk, as in every run but a machine's first. ``--cold`` also runs once with an empty
cache, which takes minutes and the memory of the compiler. For comparison: Python with a kernel of one line.

Spikes are compared one by one, and the numbers of spikes, of messages to cores (in neurohw: crossbar rows read) and of
synaptic events in every run. What differs: SANA-FE sends a message to each core, neurohw a packet to each tile, and in
SANA-FE no delay reaches a neuron.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

GOAL = {"speed": 10.0, "memory": 0.1}
SHIPPED = "from importlib.resources import files; print(files('sanafe.examples') / 'loihi.yaml')"
THEIRS = Path(__file__).with_name("sanafe_side.py")
PEER = "SANA-FE detailed"
ALONE = (sys.executable, "-m", "benchmarks.sanafe.kernel_alone")
COUNTS = ("spikes", "messages", "events")


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sanafe-python", default=sys.executable, help="interpreter with SANA-FE")
    parser.add_argument("--architecture", help="YAML file (default: the Loihi that SANA-FE ships)")
    parser.add_argument("--steps", type=int, default=200, help="of 1 ms")
    parser.add_argument("--input-hz", type=float, default=50.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--cold", action="store_true", help="measure memory with an empty cache of kernels, too"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    architecture = options.architecture or output(options.sanafe_python, "-P", "-c", SHIPPED)
    with tempfile.TemporaryDirectory() as folder:
        network = f"{folder}/network.npz"
        ours = (sys.executable, "-m", "benchmarks.sanafe.neurohw_side", architecture)
        ours = (*ours, str(options.steps), str(options.input_hz))
        given = json.loads(output(*ours, "write", network))
        runs = {f"neurohw {fidelity}": (*ours, fidelity) for fidelity in given["fidelities"]}
        runs[PEER] = (options.sanafe_python, "-P", str(THEIRS), architecture, network, "detailed")
        # these come first: they fill the cache of kernels
        trains = {name: spikes(*command, folder=folder) for name, command in runs.items()}
        output(*ALONE)
        given["kernel_alone_mb"] = measured(*ALONE)["peak_mb"]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in runs}
        for name in [*runs] * options.repeats:
            found[name].append(measured(*runs[name]))
        if options.cold:
            given["cold_mb"] = {
                name: cold(*command)["peak_mb"] for name, command in runs.items() if name != PEER
            }
    show(options, given, found, trains)


def spikes(*command: str, folder: str) -> set[str]:
    """Return all spikes of a run that is not measured, as ``"step cell"``."""
    path = Path(folder, "spikes.txt")
    output(*command, str(path))
    return set(path.read_text().splitlines())


def output(*command: str) -> str:
    """Return the last line that a command prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]


def cold(*command: str) -> dict[str, Any]:
    """Return the same as ``measured`` of a run that compiles all its kernels."""
    with tempfile.TemporaryDirectory() as cache:
        return measured(*command, NEUROHW_CACHE=cache)


def measured(*command: str, **variables: str) -> dict[str, Any]:
    """Return what a run prints, and the peak memory of its process in MB."""
    environment = {**os.environ, **variables}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = process.stdout.read().splitlines()
        # not getrusage, which has the largest of all children; small itself, this process adds nothing
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
    return {
        **json.loads(lines[-1]),
        "peak_mb": usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
    }


def show(
    options: argparse.Namespace,
    given: dict[str, Any],
    found: dict[str, list[dict[str, Any]]],
    trains: dict[str, set[str]],
) -> None:
    """Print what was measured."""
    times = {name: [1e3 * run["seconds"] / options.steps for run in runs] for name, runs in found.items()}
    memory = {name: statistics.median(run["peak_mb"] for run in runs) for name, runs in found.items()}
    counts = {name: {tuple(run[count] for count in COUNTS) for run in runs} for name, runs in found.items()}
    report = {
        **given,
        "median_ms_per_step": {name: statistics.median(taken) for name, taken in times.items()},
        "best_ms_per_step": {name: min(taken) for name, taken in times.items()},
        "peak_mb": memory,
        "spikes": len(trains[PEER]),
        "spikes_equal": {name: len(train & trains[PEER]) for name, train in trains.items()},
        "counts_equal": all(found == counts[PEER] for found in counts.values()),
        "goal": GOAL,
    }
    if options.json:
        print(json.dumps(report))
        return
    median = report["median_ms_per_step"]
    print(
        f"{given['sources']} sources at {options.input_hz:g} Hz, {given['cells']} cells, {given['synapses']} synapses, "
        f"{options.steps} steps of 1 ms; {options.repeats} processes each in turn\n"
    )
    print(
        f"{'':20s}{'ms a step':>12s}{'best':>10s}{'peak MB':>10s}{'speed':>10s}{'memory':>10s}{'same spikes':>16s}"
    )
    for name in found:
        speed, share = median[PEER] / median[name], memory[name] / memory[PEER]
        print(
            f"{name:20s}{median[name]:12.3f}{min(times[name]):10.3f}{memory[name]:10.0f}{speed:9.1f}x{share:10.3f}"
            f"{report['spikes_equal'][name]:9d}/{report['spikes']}"
        )
    print(f"\nspikes, messages to cores and synaptic events of all runs equal: {report['counts_equal']}")
    print(
        f"kernels from the cache on disk; Python with a kernel of one line: {given['kernel_alone_mb']:.0f} MB"
    )
    for name, peak in given.get("cold_mb", {}).items():
        print(f"{name} with an empty cache: {peak:.0f} MB, most of it the compiler's")
    print(f"to be reached: {GOAL['speed']:g}x the speed, {GOAL['memory']:g} of the memory")


if __name__ == "__main__":
    main()
