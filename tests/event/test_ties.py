"""Potentials that meet the threshold exactly: what rounding must not decide."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from neurohw.compiler import compile_network
from neurohw.hardware import load_chip
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from tests.event.test_interconnect import run_or_fail


@pytest.mark.parametrize("model", ["IF_curr_exp", "IF_cond_exp", "IF_curr_delta", "IF_curr_alpha"])
@pytest.mark.parametrize("tau_m", [5.0, 10.0, 15.0, 20.0])
def test_a_drive_that_ends_at_the_threshold_never_crosses_it(model: str, tau_m: float) -> None:
    """With rest + R I = threshold in round numbers, as in a rheobase sweep, v comes near from below, for ever.

    The solution of the equation never fires; Brian2, whose terms round differently, does for some tau_m.
    """
    parameters = {name: np.full(1, p.default) for name, p in MODELS[model].parameters.items()}
    parameters |= {"tau_m": np.array([tau_m]), "i_offset": np.array([15.0 / tau_m])}
    cell = Population("cell", MODELS[model], 0, 1, parameters)
    network = Network(0.1, (cell,), probes=(Probe(0, "spikes", np.arange(1)),))
    assert len(run_or_fail(Program(network), "ideal", [20_000]).spikes.ids) == 0


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("fidelity", ["ideal", "latency", "fcfs"])
def test_sums_do_not_depend_on_the_way_taken(columns: int, fidelity: str) -> None:
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in the last bit; the threshold is the sum in order of the cells."""
    weights = np.array([0.1, 0.2, 0.3])
    v_thresh = (weights[0] + weights[1]) + weights[2]
    start = Population("start", MODELS["SpikeSourceArray"], 0, 1, {}, trains=SpikeTrains.from_lists([[1]]))
    sender = _at_zero("sender", 1, 3, v_thresh=1.0)
    # with one column a tile, the target stands on a tile of its own; with two or three, beside some senders
    target = _at_zero("target", 4, 1, v_thresh=v_thresh)
    fire = Synapses("fire", 0, 1, "excitatory", [0, 3], np.arange(3), np.full(3, 5.0), np.ones(3))
    add = Synapses("add", 1, 2, "excitatory", np.arange(4), np.zeros(3), weights, np.ones(3))
    probes = (Probe(2, "spikes", np.arange(1)),)
    network = Network(0.1, (start, sender, target), (fire, add), probes=probes)
    chip = load_chip("mesh").replace(columns=columns, hop_cycles=0, read_cycles=0, link_bandwidth=inf)
    expected = run_or_fail(Program(network), "ideal", [10]).spikes.ticks.tolist()
    assert run_or_fail(compile_network(network, chip), fidelity, [10]).spikes.ticks.tolist() == expected


def _at_zero(name: str, first: int, size: int, v_thresh: float) -> Population:
    """Return delta cells that rest at 0 mV and forget nothing."""
    model = MODELS["IF_curr_delta"]
    values = {parameter: p.default for parameter, p in model.parameters.items()}
    values |= {"v_rest": 0.0, "v_reset": -1.0, "tau_m": 1e9, "v_thresh": v_thresh}
    return Population(name, model, first, size, {k: np.full(size, v) for k, v in values.items()})
