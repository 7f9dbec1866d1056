"""Networks that every benchmark shares."""

from __future__ import annotations

import numpy as np

from neurohw.network import MODELS, Network, Population, Probe, Synapses, csr_from_pairs

# Vogels & Abbott 2005 (doi:10.1523/JNEUROSCI.3508-05.2005) with current synapses, as benchmark 2 of
# Brette et al. 2007 (doi:10.1007/s10827-007-0038-6); potentials in mV, weights as jumps in mV.
CUBA_CELL = {
    "v_rest": -49.0,
    "v_reset": -60.0,
    "v_thresh": -50.0,
    "tau_m": 20.0,
    "tau_refrac": 5.0,
    "tau_syn_E": 5.0,
    "tau_syn_I": 10.0,
    "cm": 0.2,
    "i_offset": 0.0,
}
CUBA_JUMPS_MV = {"excitatory": 1.62, "inhibitory": -9.0}
CUBA_CONNECTIVITY = 0.02
CUBA_DELAY_MS = 0.1


def cuba(n_cells: int = 4000, seed: int = 1, timestep_ms: float = 0.1) -> Network:
    """Return the current-based Vogels-Abbott network, 4 excitatory cells to 1 inhibitory, all spikes recorded."""
    rng = np.random.default_rng(seed)
    n_exc = n_cells * 4 // 5
    populations = (
        _cuba_population("excitatory", 0, n_exc, rng),
        _cuba_population("inhibitory", n_exc, n_cells - n_exc, rng),
    )
    synapses = []
    for i, pre in enumerate(populations):
        # a current of g * cm / tau_m moves v as a jump of g in the synaptic potential does
        weight = CUBA_JUMPS_MV[pre.name] * CUBA_CELL["cm"] / CUBA_CELL["tau_m"]
        for j, post in enumerate(populations):
            rows, columns = np.nonzero(rng.random((pre.size, post.size)) < CUBA_CONNECTIVITY)
            indptr, target, weights, delays = csr_from_pairs(
                rows,
                columns,
                pre.size,
                np.broadcast_to(weight, rows.size),
                np.broadcast_to(np.int32(round(CUBA_DELAY_MS / timestep_ms)), rows.size),
            )
            name = f"{pre.name} to {post.name}"
            synapses.append(Synapses(name, i, j, pre.name, indptr, target, weights, delays))
    probes = tuple(Probe(i, "spikes", np.arange(p.size)) for i, p in enumerate(populations))
    return Network(timestep_ms, populations, tuple(synapses), probes=probes)


def _cuba_population(name: str, first: int, size: int, rng: np.random.Generator) -> Population:
    parameters = {parameter: np.full(size, value) for parameter, value in CUBA_CELL.items()}
    initial = {"v": rng.uniform(CUBA_CELL["v_reset"], CUBA_CELL["v_thresh"], size)}
    return Population(name, MODELS["IF_curr_exp"], first, size, parameters, initial)
