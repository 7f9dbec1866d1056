"""The network of the comparison, and the file from which SANA-FE's side builds it."""

from __future__ import annotations

import numpy as np

from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses, csr_from_pairs
from neurohw.program import Program

N_SOURCES, N_CELLS, FAN_OUT = 1024, 4096, 26
STEP_MS = 1.0
# in mV; no sum of a few jumps is the threshold, which one of the two passes and the other does not
CELL = {
    "v_rest": 0.0,
    "v_reset": 0.0,
    "v_thresh": 1.0,
    "tau_m": 20.0,
    "tau_refrac": 1.0,
    "cm": 1.0,
    "i_offset": 0.0,
}
JUMPS = {"sources": 0.1503, "excitatory": 0.0501, "inhibitory": -0.2004}


def poisson_driven(n_steps: int, input_hz: float, seed: int = 1) -> Network:
    """Return sources with Poisson trains that drive cells, four in five excitatory, connected at random."""
    rng = np.random.default_rng(seed)
    fired = rng.random((N_SOURCES, n_steps)) < input_hz * STEP_MS * 1e-3
    trains = SpikeTrains.from_lists([np.flatnonzero(train) + 1 for train in fired])
    parameters = {name: np.full(N_CELLS, value) for name, value in CELL.items()}
    populations = (
        Population("sources", MODELS["SpikeSourceArray"], 0, N_SOURCES, {}, trains=trains),
        Population(
            "cells", MODELS["IF_curr_delta"], N_SOURCES, N_CELLS, parameters, {"v": np.zeros(N_CELLS)}
        ),
    )
    n_excitatory = N_CELLS * 4 // 5
    synapses = (
        _synapses("sources", 0, N_SOURCES, np.arange(N_SOURCES), rng),
        _synapses("excitatory", 1, N_CELLS, np.arange(n_excitatory), rng),
        _synapses("inhibitory", 1, N_CELLS, np.arange(n_excitatory, N_CELLS), rng),
    )
    return Network(STEP_MS, populations, synapses, probes=(Probe(1, "spikes", np.arange(N_CELLS)),))


def _synapses(name: str, pre: int, n_pre: int, senders: np.ndarray, rng: np.random.Generator) -> Synapses:
    targets = np.concatenate([rng.choice(N_CELLS, FAN_OUT, replace=False) for _ in senders])
    indptr, target, weight, delay = csr_from_pairs(
        np.repeat(senders, FAN_OUT),
        targets,
        n_pre,
        np.broadcast_to(JUMPS[name], targets.size),
        np.broadcast_to(np.int32(1), targets.size),
    )
    receptor = "inhibitory" if name == "inhibitory" else "excitatory"
    return Synapses(name, pre, 1, receptor, indptr, target, weight, delay)


def export(program: Program, n_steps: int, path: str) -> None:
    """Write trains, synapses and the core of each cell as arrays."""
    network = program.network
    sources = network.populations[0]
    assert sources.trains is not None
    cores = core_of_cell(program)
    np.savez(
        path,
        trains=_raster(sources.trains, n_steps),
        core_of_source=cores[: sources.size],
        core_of_cell=cores[sources.size :],
        pre=np.concatenate(
            [np.repeat(np.arange(group.indptr.size - 1), np.diff(group.indptr)) for group in network.synapses]
        ),
        is_from_source=np.repeat(
            [group.pre == 0 for group in network.synapses], [group.size for group in network.synapses]
        ),
        post=np.concatenate([group.target for group in network.synapses]),
        weight=np.concatenate([group.weight for group in network.synapses]),
        threshold=CELL["v_thresh"],
        decay=np.exp(-STEP_MS / CELL["tau_m"]),
        refractory_steps=round(CELL["tau_refrac"] / STEP_MS),
    )


def core_of_cell(program: Program) -> np.ndarray:
    """Return the number in SANA-FE of the core of each cell; sources share those of their tile.

    SANA-FE numbers tiles column by column, and the cores of a tile after each other.
    """
    assert program.chip is not None
    assert program.clusters is not None
    assert program.placement is not None
    wires, n_cores = program.chip.interconnect, program.chip.tile.crossbars
    tile = program.placement.tile_of_cell.astype(np.int64)
    theirs = tile % wires.width * wires.height + tile // wires.width
    place = np.empty(program.clusters.n_clusters, np.int64)
    for tile_of_cluster in np.unique(program.placement.tile_of_cluster):
        in_tile = program.placement.tile_of_cluster == tile_of_cluster
        place[in_tile] = np.arange(np.count_nonzero(in_tile))
    cluster = program.clusters.cluster_of_cell
    own_place = np.where(cluster >= 0, place[cluster], np.arange(cluster.size) % n_cores)
    return theirs * n_cores + own_place


def _raster(trains: SpikeTrains, n_steps: int) -> np.ndarray:
    """Return whether each source fires in each step, bool [n_sources, n_steps]; step 1 comes first."""
    raster = np.zeros((len(trains.indptr) - 1, n_steps), np.bool_)
    raster[np.repeat(np.arange(len(raster)), np.diff(trains.indptr)), trains.ticks - 1] = True
    return raster
