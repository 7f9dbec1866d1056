"""What a plastic synapse takes: a target and a weight, and little that is shared with others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.network import MODELS, SYNAPSE_MODELS, Network, Population, Synapses
from neurohw.program import Program

N_CELLS, N_INPUTS = 200, 400
MOST_BYTES = 14  # a synapse


def arrays_of(value: object) -> Iterator[np.ndarray]:
    """Return all arrays in nested tuples."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays_of(part)


def all_to_all(model: str, **parameters) -> Network:
    """Return sources with a synapse to each of ``N_CELLS`` cells, whose weights all differ."""
    n = N_INPUTS * N_CELLS
    given = {name: p.default for name, p in SYNAPSE_MODELS[model].parameters.items()} | parameters
    cells = {name: np.full(N_CELLS, p.default) for name, p in MODELS["IF_curr_exp"].parameters.items()}
    rate = {"rate": np.full(N_INPUTS, 20.0), "start": np.zeros(N_INPUTS), "duration": np.full(N_INPUTS, 1e9)}
    populations = (
        Population("sources", MODELS["SpikeSourcePoisson"], 0, N_INPUTS, rate),
        Population("cells", MODELS["IF_curr_exp"], N_INPUTS, N_CELLS, cells),
    )
    synapses = Synapses(
        "learning",
        0,
        1,
        "excitatory",
        np.arange(0, n + 1, N_CELLS),
        np.tile(np.arange(N_CELLS), N_INPUTS),
        np.random.default_rng(1).uniform(0.0, 0.1, n),
        np.full(n, 10),
        SYNAPSE_MODELS[model],
        {name: np.broadcast_to(np.float64(v), n) for name, v in given.items()},
    )
    return Network(0.1, populations, (synapses,))


def bytes_a_synapse(session) -> float:
    """Return the memory of synapses and histories, without the tables of decay, which all share."""
    plastic = session._plastic._replace(decay=np.empty(0))
    arrays = [array for part in (session.wiring, plastic) for array in arrays_of(part)]
    return sum(array.nbytes for array in arrays) / (N_INPUTS * N_CELLS)


@pytest.mark.parametrize(
    "model", ["stdp_spike_pair_additive", "stdp_vogels_2011_additive", "tsodyks_markram"]
)
def test_a_synapse_takes_little_more_than_its_target_and_weight(model: str) -> None:
    with load("event").open(Program(all_to_all(model)), seed=1) as session:
        assert bytes_a_synapse(session) < MOST_BYTES
        session.advance(1000)
        session.synapse_state(0)
        assert bytes_a_synapse(session) < MOST_BYTES


def test_weights_that_are_set_during_a_run_take_memory_as_long_as_that_matters() -> None:
    network = all_to_all("stdp_spike_pair_additive")
    (learning,) = network.synapses
    with load("event").open(Program(network), seed=1) as session:
        session.advance(100)
        session.set(Program(replace(network, synapses=(replace(learning, weight=learning.weight * 0.5),))))
        assert len(session._plastic.set_at) == N_INPUTS * N_CELLS
        session.advance(200)
        held = replace(learning, weight=session.synapse_state(0)["weight"])
        session.set(Program(replace(network, synapses=(held,))))
        assert len(session._plastic.set_at) == 0
