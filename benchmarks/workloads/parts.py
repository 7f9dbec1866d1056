"""What workloads are put together from: populations of equal cells, and connections given as pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from neurohw.network import MODELS, Population, Probe, Synapses, csr_from_pairs

Array = np.ndarray
ALWAYS_MS = 1e10  # longer than any run


def cells(
    name: str, model: str, first: int, size: int, values: Mapping[str, float], v_mv: Array | None = None
) -> Population:
    """Return cells that differ in nothing but the potential that they start at."""
    parameters = {parameter: np.full(size, float(value)) for parameter, value in values.items()}
    return Population(name, MODELS[model], first, size, parameters, {} if v_mv is None else {"v": v_mv})


def poisson(name: str, first: int, rates_hz: Array) -> Population:
    """Return Poisson sources that never stop."""
    size = len(rates_hz)
    parameters = {"rate": rates_hz, "start": np.zeros(size), "duration": np.full(size, ALWAYS_MS)}
    return Population(name, MODELS["SpikeSourcePoisson"], first, size, parameters)


def connect(
    populations: Sequence[Population],
    pre: int,
    post: int,
    receptor: str,
    pairs: tuple[Array, Array],
    weight: float | Array,
    delay_ticks: int | Array,
) -> Synapses:
    """Return synapses between the cells of pairs; one weight or delay for all takes no memory."""
    n = len(pairs[0])
    rows = csr_from_pairs(
        *pairs,
        populations[pre].size,
        np.broadcast_to(np.asarray(weight, np.float64), n),
        np.broadcast_to(np.asarray(delay_ticks, np.int32), n),
    )
    return Synapses(f"{populations[pre].name} to {populations[post].name}", pre, post, receptor, *rows)


def one_to_one(size: int) -> tuple[Array, Array]:
    """Return the pairs that connect each cell to its counterpart."""
    return np.arange(size), np.arange(size)


def all_spikes(populations: Sequence[Population], recorded: Sequence[int]) -> tuple[Probe, ...]:
    """Return probes of all spikes of some populations."""
    return tuple(Probe(index, "spikes", np.arange(populations[index].size)) for index in recorded)
