"""Whole PyNN scripts, run in this process: what must hold of their results, whatever the network."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pyNN.neurohw as sim
import pytest

import neurohw.demo
from neurohw.hardware import Chip, load_chip
from neurohw.pynn.overrides import collect_runs, override
from neurohw.result import Result

CUBA = Path(neurohw.demo.__file__).with_name("vogels_abbott.py")
ALL_CELLS = Path(__file__).with_name("all_cells.py")
MESH = load_chip("mesh")
# the links of the demo chip are too slow for a small part of CUBA's spikes; these lose most
NARROW = MESH.replace(link_bandwidth=200.0, encoder_packets=4)
BLOCKING = NARROW.replace(full_buffer="block")
FAR = MESH.replace(hop_cycles=400)
NO_LATENCY = MESH.replace(hop_cycles=0, read_cycles=0, link_bandwidth=inf)
UNICAST = MESH.replace(multicast=False, buffer_packets=2, encoder_packets=2)

SCRIPTS = pytest.mark.parametrize(
    "script", [(CUBA, "--duration", "200"), (ALL_CELLS,)], ids=["cuba", "all_cells"]
)
Play = Callable[..., Result]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """A function that runs a script ``(path, *arguments)`` under overrides and checks its balances."""

    def run_script(script: tuple[Any, ...], **overrides: Any) -> Result:
        path, *arguments = script
        monkeypatch.setattr(sys, "argv", [str(path), *arguments])
        with override(**overrides):
            runpy.run_path(str(path), run_name="__main__")
            (run,) = collect_runs()
        assert_balanced(run.result)
        return run.result

    yield run_script
    sim.setup()


def assert_balanced(result: Result) -> None:
    """Check that every delivery is accounted for, and that none came before it was sent."""
    report = result.report
    traffic = report.traffic
    assert traffic.sent == traffic.delivered + traffic.dropped + traffic.in_flight
    assert min(traffic.sent, traffic.delivered, traffic.dropped, traffic.in_flight) >= 0
    assert traffic.dropped == sum(traffic.dropped_by_cause.values())
    assert traffic.late == sum(traffic.late_by_cause.values()) <= traffic.delivered
    if report.latency is not None and report.tiles is not None:
        assert report.latency.counts.sum() == traffic.delivered == report.tiles.packets.sum()


def rates_hz(result: Result) -> np.ndarray:
    populations = result.report.populations
    return populations.spikes / populations.cells / (result.report.biological_ms * 1e-3)


def assert_same(tested: Result, reference: Result) -> None:
    assert tested.spikes.digest() == reference.spikes.digest()
    assert tested.traces.keys() == reference.traces.keys()
    for key, samples in reference.traces.items():
        np.testing.assert_array_equal(tested.traces[key], samples, err_msg=str(key))


# --- the benchmark ------------------------------------------------------------------------------------------

SEEDS = (1, 2, 3, 4, 5)
# the same script with ``import pyNN.nest as sim`` and NEST 3.10.0: Hz of the excitatory and inhibitory cells
NEST_HZ = {1: (5.79, 5.65), 2: (6.15, 5.69), 3: (6.06, 5.71), 4: (5.60, 5.64), 5: (5.90, 5.70)}


def test_cuba_has_the_rates_of_nest(play: Play) -> None:
    """A seed moves the excitatory rate by 5 %, NEST's too; for one seed the two simulators are nearer.

    These five seeds lie high: over seeds 1 to 20 the means are 5.66 and 5.61 Hz, over 16 to 20 5.64 and 5.64, and
    11 to 15 alone (5.50 Hz) would miss 5 %. The comparison with NEST, seed by seed, is the stronger one.
    """
    hz = np.array([rates_hz(play((CUBA, "--seed", str(seed)))) for seed in SEEDS])
    np.testing.assert_allclose(hz.mean(axis=0), (5.9, 5.8), rtol=0.05)
    np.testing.assert_allclose(hz.mean(axis=0), np.mean([*NEST_HZ.values()], axis=0), rtol=0.02)
    np.testing.assert_allclose(hz, [NEST_HZ[seed] for seed in SEEDS], rtol=0.05)


# --- what must not matter -----------------------------------------------------------------------------------


def in_chunks(run: Callable[[float], float], parts: tuple[float, ...]) -> Callable[[float], float]:
    """Return a ``run`` that takes ``parts`` (fractions of the whole, on the grid or not) and then the rest."""

    def run_in_chunks(simtime: float) -> float:
        end = sim.get_current_time() + simtime
        for part in parts:
            run(part * simtime)
        return run(end - sim.get_current_time())

    return run_in_chunks


@SCRIPTS
@pytest.mark.parametrize(
    ("chip", "fidelity"), [(None, "ideal"), (MESH, "latency"), (MESH, "fcfs"), (NARROW, "fcfs")]
)
def test_chunks_of_run_change_nothing(
    play: Play, monkeypatch: pytest.MonkeyPatch, script: tuple[Any, ...], chip: Chip | None, fidelity: str
) -> None:
    whole = play(script, chip=chip, fidelity=fidelity)
    run = sim.run
    for parts in [(0.5,), (0.0, 0.001, 0.001, 0.3333), (0.07,) * 13]:
        monkeypatch.setattr(sim, "run", in_chunks(run, parts))
        chunked = play(script, chip=chip, fidelity=fidelity)
        assert_same(chunked, whole)
        assert vars(chunked.report.traffic) == vars(whole.report.traffic)


@SCRIPTS
@pytest.mark.parametrize("chip", [None, MESH])
def test_the_seed_decides_all(play: Play, script: tuple[Any, ...], chip: Chip | None) -> None:
    assert_same(play(script, chip=chip, seed=7), play(script, chip=chip, seed=7))


def test_another_seed_is_another_run(play: Play) -> None:
    first, second = (play((ALL_CELLS,), seed=seed).spikes.digest() for seed in (1, 2))
    assert first != second


@SCRIPTS
def test_ideal_spikes_do_not_know_the_mapping(play: Play, script: tuple[Any, ...]) -> None:
    without = play(script)
    for chip in (
        MESH,
        MESH.replace(width=4, height=8),
        MESH.replace(width=63, height=1, columns=64),
        MESH.replace(width=1, height=1, columns=4096),
        MESH.replace(crossbars=4, columns=33, multicast=False),
    ):
        assert_same(play(script, chip=chip, fidelity="ideal"), without)


@SCRIPTS
@pytest.mark.parametrize("fidelity", ["latency", "fcfs"])
@pytest.mark.parametrize("chip", [NO_LATENCY, NO_LATENCY.replace(width=16, height=2, multicast=False)])
def test_without_latency_all_fidelities_are_ideal(
    play: Play, script: tuple[Any, ...], fidelity: str, chip: Chip
) -> None:
    assert_same(play(script, chip=chip, fidelity=fidelity), play(script))


# --- what must matter ---------------------------------------------------------------------------------------


@SCRIPTS
def test_packets_under_way_at_the_end_are_counted(play: Play, script: tuple[Any, ...]) -> None:
    assert play(script, chip=FAR).report.traffic.in_flight > 0


@SCRIPTS
@pytest.mark.parametrize(
    ("chip", "loses"),
    [(NARROW, True), (UNICAST, True), (BLOCKING, False)],
    ids=["narrow", "unicast", "block"],
)
def test_full_buffers_lose_packets_or_hold_them(
    play: Play, script: tuple[Any, ...], chip: Chip, loses: bool
) -> None:
    report = play(script, chip=chip).report
    assert (report.traffic.dropped > 0) == loses
    assert report.links is not None
    assert report.links.dropped.sum() == report.traffic.dropped
    assert (report.links.longest_queue.max() > MESH.interconnect.buffer_packets) == (not loses)


def test_hop_latency_closes_the_loop(play: Play) -> None:
    """Spike times change, the later the packets; the means of a balanced network are robust."""
    near, far, ideal = (
        play((CUBA,), **on) for on in ({"chip": MESH}, {"chip": MESH.replace(hop_cycles=20)}, {})
    )
    assert len({result.spikes.digest() for result in (near, far, ideal)}) == 3
    assert far.report.latency.mean > 3 * near.report.latency.mean
    assert far.report.traffic.late > 2 * near.report.traffic.late
    np.testing.assert_allclose(rates_hz(far), rates_hz(near), rtol=0.2)
    assert not np.array_equal(rates_hz(far), rates_hz(near))


def test_link_bandwidth_closes_the_loop(play: Play) -> None:
    """Inhibition that is late or lost lets the excitatory cells fire more, which loads the links more."""
    hz = [
        rates_hz(play((CUBA,), chip=MESH.replace(link_bandwidth=mbit)))[0] for mbit in (3200.0, 400.0, 200.0)
    ]
    assert hz[1] > 1.3 * hz[0]
    assert hz[2] > 2 * hz[0]


def test_the_first_spikes_are_the_same_until_the_first_late_one(play: Play) -> None:
    """Cause before effect: on a chip nothing differs before a spike could have reached another cell late."""
    ideal, late = (
        play((CUBA, "--duration", "100")),
        play((CUBA, "--duration", "100"), chip=MESH, fidelity="fcfs"),
    )
    pairs = [set(zip(r.spikes.ticks.tolist(), r.spikes.ids.tolist(), strict=True)) for r in (ideal, late)]
    first_difference = min(tick for tick, _ in pairs[0] ^ pairs[1])
    assert first_difference > min(tick for tick, _ in pairs[0])
