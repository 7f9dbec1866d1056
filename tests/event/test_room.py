"""Wheels, pools and logs that start tiny: they wrap, overflow and grow, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from neurohw.compiler import compile_network
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from neurohw_event import cells, interconnect, recording, session
from neurohw_event.recording import make_log
from neurohw_event.room import grow_log
from tests.event.test_interconnect import FIDELITIES, MAX_CELLS, all_spikes, chips, run, run_or_fail
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.naive.interconnect import NaiveInterconnect
from tests.networks import UNTIL_TICK, networks


@pytest.fixture
def _tiny(monkeypatch):
    """Start with room for next to nothing."""
    monkeypatch.setattr(recording, "LOG_CAPACITY", 1)
    monkeypatch.setattr(session, "POOL", 1)
    monkeypatch.setattr(interconnect, "PACKETS", 1)
    monkeypatch.setattr(interconnect, "DELIVERIES", 1)
    monkeypatch.setattr(cells, "AGENDA_SLOTS", 4)
    monkeypatch.setattr(cells, "MAX_TABLE_ENTRIES", 8)


def test_a_log_with_room_is_not_copied() -> None:
    log = make_log(Network(0.1, (), ()))
    room = len(log.ids)
    assert grow_log(log, room).ids is log.ids
    assert len(grow_log(log, room + 1).ids) > room


@pytest.mark.usefixtures("_tiny")
@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@settings(examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_growth_changes_nothing(network, chip, fidelity) -> None:
    program = compile_network(all_spikes(network), chip)
    result = run(program, fidelity)
    naive = NaiveInterconnect(program, fidelity)
    oracle = simulate(program.network, UNTIL_TICK, interconnect=naive)
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    assert result.report.traffic.delivered == len(naive.latencies)


def test_long_silence_between_few_spikes() -> None:
    """Spans far beyond the tables and the wheels, with a delay as long as the silence."""
    trains = SpikeTrains.from_lists([np.array([3, 5_000, 15_000]), np.array([10_001])])
    source = Population("source", MODELS["SpikeSourceArray"], 0, 2, {}, trains=trains)
    model = MODELS["IF_curr_alpha"]
    values = {name: np.full(2, p.default) for name, p in model.parameters.items()}
    values["i_offset"] = np.array([0.0, 0.7501])  # the second crosses its threshold by itself, slowly
    target = Population("target", model, 2, 2, values)
    delays = np.array([1, 2, 3, 9_000])
    synapses = Synapses(
        "s", 0, 1, "excitatory", np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.full(4, 5.0), delays
    )
    probes = (Probe(1, "spikes", np.arange(2)), Probe(1, "v", np.arange(2), 1000))
    network = Network(0.1, (source, target), (synapses,), probes=probes)
    result, oracle = run_or_fail(Program(network), "ideal", [20_000]), simulate(network, 20_000)
    assert len(oracle.ids) > 6
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    np.testing.assert_allclose(result.traces[1, "v"], oracle.traces[1, "v"], rtol=0, atol=1e-8)
