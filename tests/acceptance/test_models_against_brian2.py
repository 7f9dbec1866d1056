"""The event backend against the reference: every cell model and every synapse model, in the closed loop.

Both are exact on the grid up to their solvers: Runge-Kutta steps of fixed length here, of adapted length there. So
they have to agree at every timestep, and a spike may fall to the other side of the end of a tick.
"""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.program import Program
from tests.networks import UNTIL_TICK, random_network
from tests.plastic_networks import PLASTIC, with_plasticity
from tests.stepped_networks import ALL, small_network

SEED = 11
TICKS = 120
# traces: mV for v, in which an upstroke is 100 mV/ms steep and more; the units of the variables for all others
V_ATOL, ATOL = 2e-3, 2e-5


def run(backend: str, network, until_tick: int):
    """Return (result, weights and short-term variables of all groups)."""
    with load(backend).open(Program(network), seed=SEED) as session:
        session.advance(until_tick // 3)
        session.advance(until_tick)
        return session.result(), [session.synapse_state(k) for k in range(len(network.synapses))]


@pytest.mark.parametrize("timestep_ms", [0.1, 0.05])
@pytest.mark.parametrize("name", ALL)
def test_cells(name, timestep_ms):
    network = small_network(ALL[name], SEED, timestep_ms)
    (event, _), (reference, _) = (run(backend, network, TICKS) for backend in ("event", "brian2"))
    assert event.spikes.digest() == reference.spikes.digest()
    for key, trace in reference.traces.items():
        atol = V_ATOL if key[1] == "v" else ATOL
        np.testing.assert_allclose(event.traces[key], trace, rtol=1e-6, atol=atol, err_msg=str(key))


@pytest.mark.parametrize("seed", range(4))
def test_synapses(seed):
    """Linear cells, so that spikes are the same on both: weights and resources are then equal to rounding."""
    network = with_plasticity(random_network(seed, max_cells=8), seed)
    assert any(synapses.model in PLASTIC for synapses in network.synapses)
    (event, event_state), (reference, state) = (
        run(backend, network, UNTIL_TICK) for backend in ("event", "brian2")
    )
    assert event.spikes.digest() == reference.spikes.digest()
    for group, held in enumerate(state):
        for name, values in held.items():
            np.testing.assert_allclose(event_state[group][name], values, rtol=1e-10, atol=1e-10)
