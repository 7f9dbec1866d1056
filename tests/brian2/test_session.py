"""The reference as a backend: what it refuses, what it leaves untouched, how sessions stay apart."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.errors import NetworkError, SettingError, UnsupportedError
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from tests.networks import random_network


@pytest.fixture(scope="module")
def network():
    return random_network(3, ("IF_curr_delta",))


def digest(network, until_tick=200, seed=1):
    with load("brian2").open(Program(network), seed=seed) as session:
        session.advance(until_tick)
        return session.result().spikes.digest()


def test_other_fidelities_are_refused_with_a_reason(network):
    with pytest.raises(UnsupportedError, match="fidelity 'fcfs': backend 'brian2' runs 'ideal' only"):
        load("brian2").open(Program(network), fidelity="fcfs")


def test_an_unsound_network_is_refused(network):
    broken = Network(-0.1, network.populations)
    with pytest.raises(NetworkError, match="timestep"):
        load("brian2").open(Program(broken))


def test_time_does_not_run_backwards(network):
    with load("brian2").open(Program(network)) as session:
        session.advance(5)
        with pytest.raises(SettingError, match="tick 3 is past: the session stands at tick 5"):
            session.advance(3)


def test_other_delays_during_a_run_are_refused(network):
    s = next(s for s in network.synapses if s.size)
    slower = Synapses(s.name, s.pre, s.post, s.receptor, s.indptr, s.target, s.weight, s.delay + 1)
    others = tuple(slower if other is s else other for other in network.synapses)
    with load("brian2").open(Program(network)) as session:
        session.advance(5)
        with pytest.raises(UnsupportedError, match="delays were changed during a run: reset first"):
            session.set(Program(Network(network.timestep_ms, network.populations, others)))


def test_other_populations_during_a_run_are_refused(network):
    session = load("brian2").open(Program(network))
    with pytest.raises(UnsupportedError, match="populations were added, removed or resized"):
        session.set(Program(Network(network.timestep_ms, network.populations[:-1])))


@pytest.mark.parametrize("backend", ["brian2", "event"])
def test_a_probe_added_during_a_run_keeps_the_sampling_grid(network, backend):
    """Its samples are the last ones of the grid; none stand for the time before."""
    probe = Probe(0, "v", np.arange(network.populations[0].size), every=2)
    first = Network(network.timestep_ms, network.populations, network.synapses, network.currents)
    then = Network(network.timestep_ms, network.populations, network.synapses, network.currents, (probe,))
    with load(backend).open(Program(first)) as session:
        session.advance(5)
        session.set(Program(then))
        session.advance(9)
        v = session.result().traces[0, "v"]
    with load(backend).open(Program(then)) as session:
        session.advance(9)
        expected = session.result().traces[0, "v"]
    assert len(v) == 2  # ticks 6 and 8
    np.testing.assert_allclose(v, expected[-2:], rtol=0, atol=1e-9)


@pytest.mark.parametrize("backend", ["brian2", "event"])
def test_a_probe_with_another_interval_starts_anew(network, backend):
    cells = np.arange(network.populations[0].size)
    every_tick = replace(network, probes=(Probe(0, "v", cells),))
    every_third = replace(network, probes=(Probe(0, "v", cells, every=3),))
    with load(backend).open(Program(every_tick)) as session:
        session.advance(4)
        session.set(Program(every_third))
        session.advance(10)
        v = session.result().traces[0, "v"]
    with load(backend).open(Program(every_third)) as session:
        session.advance(10)
        expected = session.result().traces[0, "v"]
    assert len(v) == 2  # ticks 6 and 9
    np.testing.assert_allclose(v, expected[-2:], rtol=0, atol=1e-9)


def test_two_sessions_at_once_do_not_meet(network):
    alone = digest(network)
    backend = load("brian2")
    with backend.open(Program(network), seed=1) as one, backend.open(Program(network), seed=2) as two:
        for tick in range(0, 201, 50):
            one.advance(tick)
            two.advance(tick)
        assert one.result().spikes.digest() == alone
        assert two.result().spikes.digest() == digest(network, seed=2) != alone


def test_each_spike_counts_for_each_synapse_of_its_cell(network):
    with load("brian2").open(Program(network)) as session:
        session.advance(200)
        report = session.result().report
        assert vars(session.traffic()) == vars(report.traffic)
    load_ = report.projections
    assert load_.name.tolist() == [synapses.name for synapses in network.synapses]
    assert load_.synaptic_events.sum() == report.traffic.synaptic_events > 0
    assert load_.late is load_.lost is None


def test_nothing_but_sources_runs():
    trains = SpikeTrains.from_lists([np.array([0, 7, 7]), np.array([3])])
    sources = Population("sources", MODELS["SpikeSourceArray"], 0, 2, {}, trains=trains)
    with load("brian2").open(Program(Network(0.1, (sources,)))) as session:
        session.advance(10)
        assert session.result().report.populations.spikes.tolist() == [4]


def test_large_networks_are_compiled_where_a_compiler_is_found(monkeypatch, network):
    from neurohw_brian2 import codegen

    assert codegen.choose_code(network) is codegen.NumpyCodeObject
    monkeypatch.setattr(codegen, "LARGE", 1)
    monkeypatch.setattr(codegen, "_missing", lambda: "")
    assert codegen.choose_code(network) is codegen.CythonCodeObject
    monkeypatch.setattr(codegen, "_missing", lambda: "C++ compiler")
    assert codegen.choose_code(network) is codegen.NumpyCodeObject


@pytest.mark.slow
def test_compiled_code_gives_the_same_spikes(monkeypatch, network):
    from neurohw_brian2 import codegen

    expected = digest(network)
    monkeypatch.setattr(codegen, "LARGE", 1)
    assert digest(network) == expected


def test_brian2_is_imported_late_and_leaves_no_trace_in_the_process():
    script = """
import sys, warnings
import neurohw_brian2
assert "brian2" not in sys.modules
before = sys.excepthook, warnings.showwarning
from neurohw.program import Program
from tests.networks import random_network
neurohw_brian2.backend.open(Program(random_network(3, ("IF_curr_delta",))))
import brian2
assert (sys.excepthook, warnings.showwarning) == before
assert brian2.prefs.codegen.target == "auto"
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "brian" not in done.stderr.lower().replace("neurohw_brian2", "")
