"""Spike sources on both backends: the same trains for one seed, however a run is cut and whatever changes in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.network import MODELS, Histograms, Network, Population, Probe, SpikeTrains, Synapses, verify
from neurohw.program import Program
from tests.naive.clocked import simulate

SIZE = 6
UNTIL = 3000
SEED = 12


def population(first: int, model: str, tau: float = 1.0, **parameters: float) -> Population:
    window = {"start": 0.0, "duration": 250.0}
    arrays = {name: np.full(SIZE, value) for name, value in (window | parameters).items()}
    histograms = None
    if model == "SpikeSourceInhGamma":
        cells = np.arange(SIZE)  # cell i has i + 1 bins of 20 ms
        tbins = np.concatenate([20.0 * np.arange(i + 1) for i in cells])
        b = tau * (0.002 + 0.001 * (tbins % 3))
        histograms = Histograms(np.concatenate([[0], np.cumsum(cells + 1)]), tbins, 1 + tbins % 4, b)
    return Population(model, MODELS[model], first, SIZE, arrays, histograms=histograms)


def network(factor: float = 1.0) -> Network:
    """All kinds of sources, each onto cells of its own; rates are multiplied by ``factor``."""
    array = Population(
        "array", MODELS["SpikeSourceArray"], 0, 1, {}, trains=SpikeTrains.from_lists([[0, 7, 7, 900]])
    )
    sources = [
        array,
        population(1, "SpikeSourceInhGamma", tau=1 / factor, start=2.0),
        population(1 + SIZE, "SpikeSourcePoisson", rate=200.0 * factor),
        population(1 + 2 * SIZE, "SpikeSourcePoissonRefractory", rate=200.0 * factor, tau_refrac=1.5),
        population(1 + 3 * SIZE, "SpikeSourceGamma", alpha=0.7, beta=200.0 * factor, duration=1000.0),
    ]
    model = MODELS["IF_curr_exp"]
    defaults = {name: np.full(SIZE, p.default) for name, p in model.parameters.items()}
    cells = Population("cells", model, 1 + 4 * SIZE, SIZE, defaults)
    one_to_one = [
        Synapses(
            source.name, pre, len(sources), "excitatory", np.arange(SIZE + 1), np.arange(SIZE),
            np.full(SIZE, 0.8), np.full(SIZE, 3),
        )
        for pre, source in enumerate(sources) if source.size == SIZE
    ]  # fmt: skip
    populations = (*sources, cells)
    probes = tuple(Probe(i, "spikes", np.arange(p.size)) for i, p in enumerate(populations))
    built = Network(0.1, populations, tuple(one_to_one), probes=probes)
    verify(built)
    return built


def run(backend: str, stops: list[int], changes: dict[int, Network]):
    with load(backend).open(Program(network()), seed=SEED) as session:
        for stop in [*stops, UNTIL]:
            session.advance(stop)
            if stop in changes:
                session.set(Program(changes[stop]))
        return session.result().spikes


@pytest.mark.parametrize("backend", ["event", "brian2"])
def test_trains_of_all_sources_and_what_they_make_of_cells(backend: str) -> None:
    changes = {1000: network(2.0), 1001: network(2.0), 2000: network(0.5)}
    spikes = run(backend, [0, 17, 999, 1000, 1001, 2000], changes)
    expected = simulate(network(), UNTIL, SEED, changes)
    np.testing.assert_array_equal(spikes.ids, expected.ids)
    np.testing.assert_array_equal(spikes.ticks, expected.ticks)
    counts = np.bincount(np.searchsorted([p.first for p in network().populations], spikes.ids, "right") - 1)
    assert counts[0] == 4
    assert (counts[1:] > 100).all()


def test_setting_the_same_parameters_draws_nothing_anew() -> None:
    undisturbed = run("event", [], {})
    assert run("event", [500], {500: network()}).digest() == undisturbed.digest()
    other_cells = replace(network(), synapses=())
    kept = run("event", [500], {500: other_cells})
    sources = 1 + 4 * SIZE
    for spikes in (kept, undisturbed):
        assert (np.diff(spikes.ticks) >= 0).all()
    np.testing.assert_array_equal(
        kept.ticks[kept.ids < sources], undisturbed.ticks[undisturbed.ids < sources]
    )
