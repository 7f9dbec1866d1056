"""neurohw's side: fidelity ``ideal``, float64.

    python -m benchmarks.speed.neurohw_side write WORKLOAD FILE
    python -m benchmarks.speed.neurohw_side run WORKLOAD SECONDS [THREADS]

Both print a JSON object. A run is timed from tick 1 on: the first tick loads the kernels.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.speed.clock import peak_mb, timed
from benchmarks.speed.description import write
from benchmarks.speed.workloads import ALL
from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program


def main(task: str, workload: str, *rest: str) -> None:
    """Write or run a workload."""
    network = ALL[workload].build()
    if task == "run":
        print(json.dumps(run(network, float(rest[0]), *map(int, rest[1:]))))
        return
    write(network, Path(rest[0]))
    print(json.dumps(size_of(network)))


def size_of(network: Network) -> dict[str, int]:
    """Return how many cells are recorded, and synapses."""
    recorded = sum(len(probe.cells) for probe in network.probes)
    return {"cells": recorded, "synapses": network.n_synapses}


def run(network: Network, seconds: float, threads: int = 1) -> dict[str, Any]:
    """Simulate; returns times, what happened, and the memory of the synapses."""
    started = time.process_time()
    with load("event").open(Program(network), fidelity="ideal", threads=threads) as session:
        build_s = time.process_time() - started
        session.advance(0)
        took = timed(lambda: session.advance(network.tick(1000 * seconds)))
        result = session.result()
        wiring = session.wiring
    return {
        **took,
        "build_s": build_s,
        "peak_mb": peak_mb(),
        "spikes": len(result.spikes.ids),
        "events": result.report.traffic.synaptic_events,
        "synapse_bytes": sum(array.nbytes for array in wiring if hasattr(array, "nbytes")),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
