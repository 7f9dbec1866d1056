"""The benchmark of speed: its networks, the file that peers read, the limit kernels and the table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.chip import packets
from benchmarks.large import large_network
from benchmarks.speed import limits
from benchmarks.speed.description import STDP, Description, write
from benchmarks.speed.measure import Measured, rates_agree
from benchmarks.speed.scaling import CURVES, driven, point
from benchmarks.speed.table import as_csv, text
from benchmarks.workloads import adex, brunel, coba, cuba, hodgkin_huxley, layers, microcircuit, stdp
from benchmarks.workloads.conductances import HH_CELL
from neurohw.backend import load
from neurohw.network import Network, verify
from neurohw.program import Program
from neurohw_event.membranes.hh_traub import hh_slopes
from neurohw_event.stepped_layout import AT_STAGE, HIGHEST_MV, ROW, SLOPES, batch_size

SMALL: dict[str, Callable[[], Network]] = {
    "cuba": lambda: cuba(200),
    "brunel": lambda: brunel(100, 10),
    "brunel, current": lambda: brunel(100, 10, poisson_drive=False),
    "layers": layers,
    "microcircuit": lambda: microcircuit(0.01, 0.01),
    "coba": lambda: coba(200),
    "adex": lambda: adex(200),
    "hodgkin_huxley": lambda: hodgkin_huxley(200),
    "stdp": lambda: stdp(50, rate_hz=400.0),
    "large": lambda: large_network(1000, 10),
    "packets": lambda: packets(100.0),
}


@pytest.mark.parametrize("name", SMALL)
def test_the_networks_are_sound_and_fire(name: str) -> None:
    network = SMALL[name]()
    verify(network)
    with load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(network.tick(30.0))
        assert len(session.result().spikes.ids) > 0


@pytest.mark.parametrize("name", ["cuba", "microcircuit", "coba", "stdp"])
def test_peers_read_the_same_synapses(name: str, tmp_path: Path) -> None:
    network = SMALL[name]()
    write(network, tmp_path / "network.npz")
    given = Description(str(tmp_path / "network.npz"))
    assert given.timestep_ms == network.timestep_ms
    for group, own in enumerate(network.synapses):
        pre = given.of_synapses(group, "pre")
        assert np.array_equal(np.bincount(pre, minlength=len(own.indptr) - 1), np.diff(own.indptr))
        assert np.array_equal(given.of_synapses(group, "post"), own.target)
        for key in ("weight", "delay"):
            theirs = np.broadcast_to(given.of_synapses(group, key), own.size)
            assert np.array_equal(theirs, getattr(own, key))
    for variable, values in network.populations[0].initial.items():
        assert np.array_equal(given.of_cells(0, variable), values)


def test_peers_read_the_rule_of_synapses_that_learn(tmp_path: Path) -> None:
    write(stdp(20), tmp_path / "network.npz")
    (group,) = Description(str(tmp_path / "network.npz")).synapses
    assert group["model"] == STDP
    assert group["rule"]["A_minus"] == 0.00525
    assert group["rule"]["dendritic_delay_fraction"] == 1.0


def test_gates_start_where_they_stay() -> None:
    """The rates of m, h and n are written down for peers once more: without input a cell at rest hardly moves."""
    start = hodgkin_huxley(10).populations[0].initial
    n = len(start["v"])
    batch = np.zeros(batch_size(1))
    for k, values in enumerate((start["v"] - HH_CELL["v_offset"], *(start[gate] for gate in "mhn"))):
        batch[AT_STAGE + ROW * k :][:n] = values
    batch[HIGHEST_MV:][:n] = np.inf
    hh_slopes(batch, 0, SLOPES, n)
    for k in (1, 2, 3):
        np.testing.assert_allclose(batch[SLOPES + ROW * k :][:n], 0.0, atol=1e-11)


@pytest.mark.parametrize("name", ["brunel, current", "layers", "microcircuit"])
def test_the_limit_delivers_every_event(name: str) -> None:
    network = SMALL[name]()
    rng = np.random.default_rng(1)
    for s in network.synapses:
        if s.size == 0 or limits.is_drive(network, s):
            continue
        rows = rng.integers(0, len(s.indptr) - 1, 20)
        deliver, inputs = limits.delivery(s, network.populations[s.post].size)
        deliver(rows)
        expected = np.zeros(len(inputs))
        for row in rows:
            own = slice(s.indptr[row], s.indptr[row + 1])
            np.add.at(expected, s.target[own], s.weight[own])
        np.testing.assert_allclose(inputs, expected, rtol=1e-9, atol=1e-12)


def test_the_limit_draws_as_many_spikes_as_drives_have() -> None:
    network = SMALL["brunel"]()
    drives = [s for s in network.synapses if s.size and limits.is_drive(network, s)]
    assert limits.time_drives(network, 10) > 0.0
    for s in drives:
        run, inputs = limits.driving(network, s)
        run(5000)
        counts = inputs / s.weight[0]
        np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)
        in_tick = network.populations[s.pre].parameters["rate"][0] * network.timestep_ms / 1000.0
        assert counts.mean() / 5000 == pytest.approx(in_tick, rel=0.01)
        assert counts.var() > 0.0


@pytest.mark.parametrize(
    ("rate", "agree"), [(10.0, True), (10.29, True), (9.71, True), (10.31, False), (0.0, False)]
)
def test_rates_agree_within_three_percent(rate: float, agree: bool) -> None:
    assert rates_agree(rate, 10.0) is agree


def test_the_table_says_what_is_faster_what_differs_and_what_became_slower() -> None:
    own = {
        "cpu_s": 0.1,
        "build_s": 0.5,
        "peak_mb": 90.0,
        "spikes": 20_000,
        "events": 10**6,
        "synapse_bytes": 500,
    }
    peer = {**own, "cpu_s": 0.4, "spikes": 30_000}
    limit = {"deliver_s": 0.02, "update_s": 0.03, "drives_s": 0.0, "delivered": 10**6}
    slow = {**own, "cpu_s": 9.0}
    runs = {"neurohw": [own, own, slow], "limit": [limit] * 3, "nest": [peer] * 3}
    found = Measured("A", 4000, 100, runs, {})
    assert (found.ratio("nest"), found.over_limit, found.bytes_per_synapse) == (4.0, 2.0, 5.0)
    assert found.ns_per_event("neurohw") == pytest.approx(100.0)
    said = text(found, {"A": 1.0})
    assert "nest: mean rate differs" in said
    assert "3 times as fast as the fastest peer: reached" in said
    assert "slower than recorded: 1.00 times the limit then" in said
    assert "slower" not in text(found, {"A": 1.9})
    assert as_csv([found]).splitlines()[3].startswith("A,limit,0.05,")
    assert "Poisson drives" not in said
    driven = Measured("B", 4000, 100, {**runs, "limit": [{**limit, "drives_s": 0.05}] * 3}, {})
    assert "2.00 times the limit" in text(driven, {})
    assert "1.00 times with its 50.0 ms of Poisson drives" in text(driven, {})


def test_a_table_without_a_limit_says_how_peers_are_compared() -> None:
    own = {"cpu_s": 0.3, "build_s": 0.5, "peak_mb": 90.0, "spikes": 20_000, "events": 10**6}
    runs = {
        "neurohw": [own],
        "genn": [{**own, "cpu_s": 0.2, "spikes": 21_000}],
        "nest": [{**own, "cpu_s": 0.1}],
    }
    found = Measured("COBA", 4000, 100, runs, {})
    said = text(found, {"COBA": 1.0})
    assert "limit" not in said
    assert "0.5 times as fast as brian2 and genn: reached" in said
    assert "differs" not in said
    assert "exponential Euler" in said
    assert "genn: mean rate differs by more than 8 %" in text(
        Measured("COBA", 4000, 100, {**runs, "genn": [{**own, "spikes": 22_000}]}, {}), {}
    )
    assert as_csv([found]).count("COBA,") == 3


@pytest.mark.parametrize("curve", CURVES)
def test_points_of_a_curve_differ_in_one_thing(curve: str) -> None:
    small, large = (point(curve, at) for at in (CURVES[curve][0], CURVES[curve][-1]))
    assert [key for key in small if small[key] != large[key]] == [curve]
    network = driven(**{**small, "cells": 20, "inputs": 5})
    verify(network)
    assert network.n_synapses == 100


def test_threads_count_in_time_on_the_wall_and_are_no_peer() -> None:
    own = {"cpu_s": 1.0, "wall_s": 9.0, "spikes": 40_000, "events": 8}
    threads = {"cpu_s": 1.2, "wall_s": 0.5, "spikes": 40_000, "events": 8}
    genn = {"cpu_s": 3.0, "wall_s": 3.0, "spikes": 40_000, "events": 8}
    found = Measured("BDC", 4000, 100, {"neurohw": [own], "neurohw-threads": [threads], "genn": [genn]}, {})
    assert found.ratio("neurohw-threads") == 0.5
    assert found.ratio("genn") == 3.0
    assert found.peers == ["genn"]
