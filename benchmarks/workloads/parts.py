"""What workloads are put together from: populations of equal cells, and connections given as pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from neurohw.network import MODELS, SYNAPSE_MODELS, Population, Probe, Synapses, csr_from_pairs

Array = np.ndarray
ALWAYS_MS = 1e10  # longer than any run
NO_RULE: Mapping[str, float] = MappingProxyType({})

_ROWS = 1000  # drawn at once


def cells(
    name: str, model: str, first: int, size: int, values: Mapping[str, float], v_mv: Array | None = None
) -> Population:
    """Return cells that differ in nothing but the potential that they start at."""
    return cells_from(name, model, first, size, values, {} if v_mv is None else {"v": v_mv})


def cells_from(
    name: str, model: str, first: int, size: int, values: Mapping[str, float], start: Mapping[str, Array]
) -> Population:
    """Return cells that differ in nothing but the state that they start in."""
    parameters = {parameter: np.full(size, float(value)) for parameter, value in values.items()}
    return Population(name, MODELS[model], first, size, parameters, start)


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
    model: str = "static",
    rule: Mapping[str, float] = NO_RULE,
) -> Synapses:
    """Return synapses between the cells of pairs; what is one number for all takes no memory."""
    n = len(pairs[0])
    rows = csr_from_pairs(
        *pairs,
        populations[pre].size,
        np.broadcast_to(np.asarray(weight, np.float64), n),
        np.broadcast_to(np.asarray(delay_ticks, np.int32), n),
    )
    name = f"{populations[pre].name} to {populations[post].name}"
    parameters = {
        parameter: np.broadcast_to(np.float64(rule.get(parameter, declared.default)), n)
        for parameter, declared in SYNAPSE_MODELS[model].parameters.items()
    }
    return Synapses(name, pre, post, receptor, *rows, SYNAPSE_MODELS[model], parameters)


def random_pairs(
    n_pre: int, n_post: int, probability: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return the pairs of cells that are connected, drawn for some rows at a time to save memory."""
    found = []
    for first in range(0, n_pre, _ROWS):
        rows, columns = np.nonzero(rng.random((min(_ROWS, n_pre - first), n_post)) < probability)
        found.append((rows + first, columns))
    pre, post = zip(*found, strict=True)
    return np.concatenate(pre), np.concatenate(post)


def one_to_one(size: int) -> tuple[Array, Array]:
    """Return the pairs that connect each cell to its counterpart."""
    return np.arange(size), np.arange(size)


def all_spikes(populations: Sequence[Population], recorded: Sequence[int]) -> tuple[Probe, ...]:
    """Return probes of all spikes of some populations."""
    return tuple(Probe(index, "spikes", np.arange(populations[index].size)) for index in recorded)
