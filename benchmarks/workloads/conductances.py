"""Vogels and Abbott's network of cells with conductances, as three kinds of cells.

Benchmarks 1 and 3 of Brette et al. 2007 (doi:10.1007/s10827-007-0038-6), leaky and Hodgkin-Huxley cells, and the same
connections between adaptive exponential ones with the numbers of Destexhe 2009 (doi:10.1007/s10827-009-0164-4).
Activity sustains itself; in place of a stimulus all conductances start open, as in the article's own scripts.
All spikes are recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells_from, connect, random_pairs
from neurohw.network import Network

Array = np.ndarray

TIMESTEP_MS = 0.1
CONNECTIVITY = 0.02
DELAY_MS = 0.2  # as in PyNN's VAbenchmarks.py
_SYNAPSES = {"tau_syn_E": 5.0, "tau_syn_I": 10.0, "e_rev_E": 0.0, "e_rev_I": -80.0}

COBA_CELL = _SYNAPSES | {
    "v_rest": -60.0,
    "v_reset": -60.0,
    "v_thresh": -50.0,
    "tau_m": 20.0,
    "tau_refrac": 5.0,
    "cm": 0.2,
    "i_offset": 0.0,
}
ADEX_CELL = COBA_CELL | {
    "tau_refrac": 2.5,
    "v_spike": -40.0,
    "delta_T": 2.5,
    "tau_w": 600.0,
    "a": 1.0,  # nS
}
ADEX_JUMPS_NA = {"excitatory": 0.005, "inhibitory": 0.0}  # regular and fast spiking cells
HH_CELL = _SYNAPSES | {
    "gbar_Na": 20.0,
    "gbar_K": 6.0,
    "g_leak": 0.01,
    "cm": 0.2,
    "v_offset": -63.0,
    "e_rev_Na": 50.0,
    "e_rev_K": -90.0,
    "e_rev_leak": -60.0,
    "i_offset": 0.0,
}
# of the article; those of PyNN's VAbenchmarks.py, two thirds and three quarters of them, fall silent from this start
WEIGHTS_US = {"excitatory": 6e-3, "inhibitory": 67e-3}


def coba(
    n_cells: int = 4000, seed: int = 1, connectivity: float = CONNECTIVITY, strength: float = 1.0
) -> Network:
    """Return the network of leaky cells, 4 excitatory ones to 1 inhibitory; ``strength`` is a factor of all weights."""
    cell = {"excitatory": COBA_CELL, "inhibitory": COBA_CELL}
    return _network("IF_cond_exp", cell, n_cells, seed, connectivity, strength)


def adex(n_cells: int = 4000, seed: int = 1) -> Network:
    """Return the network of adaptive exponential cells."""
    cell = {name: {**ADEX_CELL, "b": jump_na} for name, jump_na in ADEX_JUMPS_NA.items()}
    return _network("EIF_cond_exp_isfa_ista", cell, n_cells, seed)


def hodgkin_huxley(n_cells: int = 4000, seed: int = 1) -> Network:
    """Return the network of Hodgkin-Huxley cells."""
    cell = {"excitatory": HH_CELL, "inhibitory": HH_CELL}
    return _network("HH_cond_exp", cell, n_cells, seed)


def _network(
    model: str,
    cell: Mapping[str, Mapping[str, float]],
    n_cells: int,
    seed: int,
    connectivity: float = CONNECTIVITY,
    strength: float = 1.0,
) -> Network:
    rng = np.random.default_rng(seed)
    n_exc = n_cells * 4 // 5
    sizes = {"excitatory": (0, n_exc), "inhibitory": (n_exc, n_cells - n_exc)}
    populations = [
        cells_from(name, model, *size, cell[name], _start(model, cell[name], size[1], rng))
        for name, size in sizes.items()
    ]
    synapses = []
    for i, pre in enumerate(populations):
        for j, post in enumerate(populations):
            pairs = random_pairs(pre.size, post.size, connectivity, rng)
            delay = round(DELAY_MS / TIMESTEP_MS)
            weight_us = strength * WEIGHTS_US[pre.name]
            synapses.append(connect(populations, i, j, pre.name, pairs, weight_us, delay))
    return Network(TIMESTEP_MS, tuple(populations), tuple(synapses), probes=all_spikes(populations, (0, 1)))


def _start(model: str, cell: Mapping[str, float], size: int, rng: np.random.Generator) -> dict[str, Array]:
    """Return what cells start in: potentials and conductances as in the article's scripts for Brian."""
    rest_mv = cell["e_rev_leak" if model == "HH_cond_exp" else "v_rest"]
    v_mv = rest_mv - 5.0 + 5.0 * rng.standard_normal(size)
    start = {
        "v": v_mv,
        "gsyn_exc": np.maximum(0.0, 0.040 + 0.015 * rng.standard_normal(size)),
        "gsyn_inh": np.maximum(0.0, 0.200 + 0.120 * rng.standard_normal(size)),
    }
    if model == "HH_cond_exp":
        start |= _gates(v_mv - cell["v_offset"])
    return start


def _gates(u_mv: Array) -> dict[str, Array]:
    """Return the steady states of m, h and n at potentials above ``v_offset``, by the rates of Traub and Miles."""
    rates = {
        "m": (0.32 * (13 - u_mv) / np.expm1((13 - u_mv) / 4), 0.28 * (u_mv - 40) / np.expm1((u_mv - 40) / 5)),
        "h": (0.128 * np.exp((17 - u_mv) / 18), 4 / (1 + np.exp((40 - u_mv) / 5))),
        "n": (0.032 * (15 - u_mv) / np.expm1((15 - u_mv) / 5), 0.5 * np.exp((10 - u_mv) / 40)),
    }
    return {gate: opening / (opening + closing) for gate, (opening, closing) in rates.items()}
