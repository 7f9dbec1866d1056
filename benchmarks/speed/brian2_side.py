"""Brian2's side: C++ standalone mode with its own compiler flags (-O3 -march=native -ffast-math), one thread.

    python -m benchmarks.speed.brian2_side prepare FILE FOLDER SECONDS [float32]
    python -m benchmarks.speed.brian2_side run FOLDER

Synapses are sorted by source, one weight for all of a group is a constant, one delay for all is given in the
constructor: each makes Brian2 several times faster. What Brian2's program measures is time of the processor.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed.clock import children_s, peak_mb, timed


def main(task: str, *rest: str) -> None:
    """Build the program, or run it."""
    print(json.dumps({"prepare": prepare, "run": run}[task](*rest)))


def prepare(path: str, folder: str, seconds: str, float_type: str = "float64") -> dict[str, float]:
    """Write and compile the program."""
    from benchmarks.speed.brian2_network import compile_network

    own_s = timed(lambda: compile_network(path, folder, float(seconds), float_type))["cpu_s"]
    return {"build_s": own_s + children_s()}


def run(folder: str) -> dict[str, Any]:
    """Run the program and read what it wrote."""
    for old in Path(folder, "results").glob("*spikemonitor*"):
        old.unlink()
    subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    results = Path(folder, "results")
    (monitor,) = results.glob("_dynamic_array_spikemonitor*_i_*")
    cpu_s = float((results / "last_run_info.txt").read_text().split()[0])
    spikes = monitor.stat().st_size // 4
    return {"cpu_s": cpu_s, "spikes": spikes, "peak_mb": peak_mb(resource.RUSAGE_CHILDREN)}


if __name__ == "__main__":
    main(*sys.argv[1:])
