"""Busy sources divided among threads with the cells that they drive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.workloads.brunel import CELL, brunel
from benchmarks.workloads.parts import cells, connect, one_to_one, poisson
from neurohw.network import Network, Probe
from tests.event.test_against_naive import assert_same_spikes
from tests.examples import compiled_only
from tests.naive.clocked import simulate
from tests.networks import UNTIL_TICK
from tests.shared_runs import assert_same, run

pytestmark = pytest.mark.usefixtures("sharing_small_networks")


@pytest.mark.parametrize("threads", [2, pytest.param(3, marks=compiled_only)])
@pytest.mark.parametrize("recorded", [False, True])
def test_busy_sources(threads: int, recorded: bool) -> None:
    """Each source has a target of its own, in the same share; spikes go there straight unless they are recorded."""
    network = brunel(60, 20)
    if recorded:
        sources = replace(network.probes[0], population=2)
        network = replace(network, probes=(*network.probes, sources))
    stops = (130, 700)
    result = run(network, threads, stops, 3)
    assert len(result.spikes.ids) > 50
    assert_same(run(network, 1, stops, 3), result)


def test_busy_sources_whose_targets_are_in_other_shares() -> None:
    network = brunel(60, 20)
    drive = network.synapses[-1]
    crossed = replace(drive, target=drive.target[::-1].copy())
    network = replace(network, synapses=(*network.synapses[:-1], crossed))
    assert_same(run(network, 1, [500], 3), run(network, 2, [500], 3))


def sources_of_another_number(delay: int) -> Network:
    """Return a network in which each source has a target of its own, for some in another share, and recorded cells."""
    rng = np.random.default_rng(3)
    populations = [
        cells("cells", "IF_curr_delta", 0, 60, CELL, rng.uniform(0.0, 20.0, 60)),
        poisson("drive", 60, np.full(40, 3000.0)),
    ]
    pairs = np.repeat(np.arange(60), 8), rng.integers(0, 60, 480)
    synapses = (
        connect(populations, 0, 0, "excitatory", pairs, rng.uniform(0.1, 0.5, 480), delay),
        connect(populations, 1, 0, "excitatory", one_to_one(40), rng.uniform(0.5, 2.0, 40), delay),
    )
    probes = (Probe(0, "spikes", np.arange(60)), Probe(0, "v", np.arange(60)))
    return Network(0.1, tuple(populations), synapses, probes=probes)


def test_what_is_under_way_is_added_in_the_order_of_cells() -> None:
    """Spikes of a drive wait apart where they go straight; changed delays put all spikes on one wheel."""
    network, stops = sources_of_another_number(12), [97, 150, 300]
    changes = {97: sources_of_another_number(5), 150: sources_of_another_number(1)}
    one, two = (run(network, threads, stops, 5, changes) for threads in (1, 2))
    assert len(one.spikes.ids) > 50
    assert_same(one, two)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("delay", [5, 90])
def test_spikes_of_sources_that_stop_arrive_all_the_same(delay: int, threads: int) -> None:
    """Some stop later than others; their last spikes are still under way when all have."""
    network = sources_of_another_number(delay)
    own, drive = network.populations
    stops_ms = {"duration": np.where(np.arange(40) < 37, 4.0, 7.3)}
    drive = replace(drive, parameters={**drive.parameters, **stops_ms})
    network = replace(
        network, populations=(own, drive), probes=network.probes[:1]
    )  # samples would keep all awake
    result = run(network, threads)
    assert result.report.traffic.in_flight == 0
    assert_same_spikes(result, simulate(network, UNTIL_TICK, 0))
    assert_same(run(network, 1), result)


def test_busy_sources_changed_between_runs() -> None:
    network = brunel(60, 20)
    other = replace(network, synapses=tuple(replace(s, delay=s.delay + 2) for s in network.synapses))
    stops, changes = [97, 300], {97: other}
    assert_same(run(network, 1, stops, 5, changes), run(network, 2, stops, 5, changes))
