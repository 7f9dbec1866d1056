"""neurohw's side of the comparison.

    python -m benchmarks.sanafe.neurohw_side ARCHITECTURE STEPS INPUT_HZ write FILE
    python -m benchmarks.sanafe.neurohw_side ARCHITECTURE STEPS INPUT_HZ FIDELITY [SPIKES]

The first writes the network and where each cell sits, for SANA-FE's side; the second runs it, and with SPIKES writes
the spikes of the cells to that file. Both print a JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.sanafe.network import N_CELLS, N_SOURCES, export, poisson_driven
from neurohw.backend import FIDELITIES, load
from neurohw.compiler import compile_network
from neurohw.interchange import read_sanafe_architecture
from neurohw.program import Program

CELLS_OF_CORE = 32  # 4,096 cells fill the 128 cores of Loihi
WITH_CONTENTION = ("fcfs", "credit")


def main(architecture: str, steps: str, input_hz: str, task: str, path: str = "") -> None:
    """Write the network, or run it."""
    chip = read_sanafe_architecture(architecture)[0].replace(columns=CELLS_OF_CORE)
    program = compile_network(poisson_driven(int(steps), float(input_hz)), chip)
    if task != "write":
        print(json.dumps(run(program, int(steps), task, path)))
        return
    export(program, int(steps), path)
    print(
        json.dumps(
            {
                "sources": N_SOURCES,
                "cells": N_CELLS,
                "synapses": program.network.n_synapses,
                "fidelities": [name for name in WITH_CONTENTION if name in FIDELITIES],
            }
        )
    )


def run(program: Program, n_steps: int, fidelity: str, path: str) -> dict[str, Any]:
    """Return the seconds of the simulation, and what it did."""
    with load("event").open(program, fidelity=fidelity) as session:
        session.advance(0)  # loads the kernels; the first spikes are those of tick 1
        started = time.perf_counter()
        session.advance(n_steps)
        seconds = time.perf_counter() - started
        result = session.result()
    spikes = result.spikes
    if path:
        lines = zip(spikes.ticks.tolist(), (spikes.ids - N_SOURCES).tolist(), strict=True)
        Path(path).write_text("".join(f"{tick} {cell}\n" for tick, cell in lines))
    traffic = result.report.traffic
    counts = {"spikes": len(spikes.ids), "messages": traffic.row_reads, "events": traffic.synaptic_events}
    return {"seconds": seconds, **counts}


if __name__ == "__main__":
    main(*sys.argv[1:])
