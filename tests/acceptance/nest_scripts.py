"""What a PyNN script has to say differently to run on NEST as on neurohw; importing it skips where NEST is missing.

NEST rounds the times of sources up, so that a rounding error costs a tick, and its delays need bounds beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyNN.neurohw as neurohw
import pytest

pytest.importorskip("nest", reason="NEST is not installed")
nest = pytest.importorskip("pyNN.nest")

SIMULATORS = (neurohw, nest)
# names that PyNN 0.13 forgets to translate for NEST, without which these cells cannot be recorded, or made
for cell, names in (
    (nest.IF_curr_delta, {"v": "V_m"}),
    (nest.IF_cond_exp_gsfa_grr, {"g_r": "g_rr", "g_s": "g_sfa"}),
):
    cell.variable_map = getattr(cell, "variable_map", {}) | names
    cell.scale_factors = getattr(cell, "scale_factors", {}) | dict.fromkeys(names, 1)
BELOW = 1e-5  # ms; keeps a source time from being rounded up to the tick after


def on_ticks(sim: Any, times: np.ndarray) -> np.ndarray:
    """Return times on the grid as ``sim`` has to be given them."""
    return times - BELOW if sim is nest else times


def start(sim: Any, timestep: float) -> None:
    """Begin an empty network; NEST's delays need their bounds beforehand."""
    more = {"spike_precision": "on_grid", "verbosity": "error"} if sim is nest else {}
    sim.setup(timestep=timestep, min_delay=timestep, max_delay=20.0, **more)


def source(sim: Any, *trains: np.ndarray) -> Any:
    """Return one source for each train."""
    return sim.Population(
        len(trains), sim.SpikeSourceArray(spike_times=[on_ticks(sim, train) for train in trains])
    )


def sharpen(sim: Any, cells: Any) -> None:
    """Let NEST's solver be as exact as it can, where the model has an error bound to set."""
    if sim is nest and "gsl_error_tol" in cells.node_collection.get():
        cells.node_collection.set(gsl_error_tol=1e-10)
