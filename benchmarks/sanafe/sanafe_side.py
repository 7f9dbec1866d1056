"""SANA-FE's side, run by the interpreter that has SANA-FE: nothing of neurohw is imported here.

    python -P sanafe_side.py ARCHITECTURE NETWORK TIMING_MODEL [SPIKES]

Prints one JSON object; with SPIKES it writes the spikes of the cells to that file, which makes the run slower.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import numpy as np
import sanafe

# potentials are cut to multiples of 1/64: with these numbers that decides no spike
UNITS_PER_MV = 1e6
SOMA, INPUTS = "loihi_lif", "loihi_inputs"


def main(architecture: str, path: str, timing_model: str, spikes: str = "") -> None:
    """Build, run, print."""
    given = np.load(path)
    described = sanafe.load_arch(architecture)
    chip = sanafe.SpikingChip(described)
    chip.load(network_of(given, described.cores()))
    steps = given["trains"].shape[1]
    started = time.perf_counter()
    found = chip.sim(
        steps,
        timing_model=timing_model,
        processing_threads=1,
        scheduler_threads=0,
        spike_trace=True if spikes else None,
    )
    seconds = time.perf_counter() - started
    if spikes:
        write(spikes, found["spike_trace"])
    print()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "spikes": found["neurons_fired"] - int(given["trains"].sum()),
                "messages": found["packets_sent"],
                "events": found["spikes"],
            }
        )
    )
    sys.stdout.flush()
    os._exit(0)  # freeing two gigabytes of small objects takes longer than the run


def network_of(given: Any, cores: list[Any]) -> Any:
    """Return the network, mapped to cores."""
    network = sanafe.Network()
    n_sources, n_cells = len(given["trains"]), len(given["core_of_cell"])
    sources = network.create_neuron_group("sources", n_sources)
    cells = network.create_neuron_group(
        "cells",
        n_cells,
        model_attributes={
            "threshold": UNITS_PER_MV * float(given["threshold"]),
            "leak_decay": float(given["decay"]),
            "refractory_delay": int(given["refractory_steps"]) + 1,
            "reset": 0.0,
        },
        soma_hw_name=SOMA,
        log_spikes=True,
    )
    taken: dict[int, int] = {}
    for i, core in enumerate(given["core_of_source"].tolist()):
        unit = taken[core] = taken.get(core, -1) + 1
        sources[i].set_attributes(
            soma_hw_name=f"{INPUTS}[{unit}]", model_attributes={"spikes": given["trains"][i].tolist()}
        )
        sources[i].map_to_core(cores[core])
    for i, core in enumerate(given["core_of_cell"].tolist()):
        cells[i].map_to_core(cores[core])
    for group, senders in ((sources, given["is_from_source"]), (cells, ~given["is_from_source"])):
        ends = zip(given["pre"][senders].tolist(), given["post"][senders].tolist(), strict=True)
        weights = (UNITS_PER_MV * given["weight"][senders]).tolist()
        group.connect_neurons_sparse(cells, {"weight": weights}, list(ends))
    return network


def write(path: str, trace: list[list[Any]]) -> None:
    """Write one line ``"step cell"`` for each spike."""
    with open(path, "w") as file:
        for step, fired in enumerate(trace, 1):
            file.writelines(f"{step} {address.neuron_offset}\n" for address in fired)


if __name__ == "__main__":
    main(*sys.argv[1:])
