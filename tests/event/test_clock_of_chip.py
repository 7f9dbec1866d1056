"""Small runs on a chip whose outcome is known: barriers, late packets, bins of the timeline."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.errors import UnsupportedError
from neurohw.hardware import Chip, load_chip
from neurohw.network import MODELS, Network, Population, SpikeTrains, Synapses
from neurohw.program import Program

TICKS = 40


def pairs(n: int, times: list[int], shift: int) -> Network:
    """Return ``n`` cells that repeat a train, and whose spikes go to the cell ``shift`` places on."""
    trains = SpikeTrains.from_lists([np.array(times)] * n)
    source = Population("source", MODELS["SpikeSourceArray"], 0, n, {}, trains=trains)
    model = MODELS["IF_curr_exp"]
    values = {name: np.full(n, parameter.default) for name, parameter in model.parameters.items()}
    first, second = (Population(name, model, n * k, n, values) for k, name in ((1, "a"), (2, "b")))
    one_to_one, ones = np.arange(n + 1), np.ones(n, np.int64)
    synapses = (
        Synapses("drive", 0, 1, "excitatory", one_to_one, np.arange(n), np.full(n, 500.0), ones),
        Synapses("on", 1, 2, "excitatory", one_to_one, (np.arange(n) + shift) % n, np.full(n, 0.1), ones),
    )
    return Network(0.1, (source, first, second), synapses)


def chip(**numbers: object) -> Chip:
    """Return a row of tiles with one cell of each population in each."""
    wide = {"width": 8, "height": 1, "columns": 2, "rows": 64, "link_bandwidth": inf, "buffer_packets": inf}
    return load_chip("mesh").replace(**{**wide, **numbers})


def report(program: Program, fidelity: str):
    with load("event").open(program, fidelity=fidelity) as session:
        session.advance(TICKS)
        return session.result().report


def test_a_barrier_takes_as_long_as_the_busiest_tile_and_itself() -> None:
    """Nothing fires: each step takes the updates of the fullest tile."""
    program = compile_network(
        pairs(8, [], 1), chip(sync="barrier", sync_cycles=7, update_cycles=5, speedup=3.0)
    )
    cells = int(program.tile_usage().cells.max())
    found = report(program, "fcfs")
    assert found.chip_cycles == (TICKS + 1) * (5 * cells + 7)
    assert found.cycles_per_tick is None


@pytest.mark.parametrize("fidelity", ["latency", "fcfs", "credit"])
def test_late_packets_act_on_nothing_when_they_are_dropped(fidelity: str) -> None:
    slow = chip(hop_cycles=30, speedup=10_000.0, sync="realtime")  # a tick has one cycle
    network = pairs(8, [3], 1)
    kept = report(compile_network(network, slow), fidelity)
    dropped = report(compile_network(network, slow.replace(late_packets="drop")), fidelity)
    assert kept.traffic.late > 0
    assert dropped.traffic.late == 0
    assert dropped.traffic.dropped_by_cause["late"] == dropped.traffic.dropped >= kept.traffic.late
    assert dropped.traffic.synaptic_events < kept.traffic.synaptic_events


def test_credits_need_routers_that_block_and_room_in_rings() -> None:
    for numbers, reason in (
        ({"topology": "ideal"}, "no packet waits for another"),
        ({"topology": "torus", "width": 4, "height": 2, "buffer_packets": 1}, "buffer_packets = 1"),
    ):
        program = compile_network(pairs(8, [3], 1), chip(**numbers))
        with pytest.raises(UnsupportedError, match=reason):
            load("event").open(program, fidelity="credit")


def test_a_timeline_adds_up_to_the_links() -> None:
    program = compile_network(pairs(8, list(range(3, 30)), 3), chip(link_bandwidth=200.0))
    for fidelity in ("fcfs", "credit"):
        found = report(program, fidelity)
        timeline, links = found.timeline, found.links
        widths = np.diff(timeline.edges_ms)
        assert timeline.edges_ms[-1] == pytest.approx((TICKS + 1) * 0.1)
        shown = timeline.link
        np.testing.assert_allclose(widths @ timeline.utilisation / widths.sum(), links.utilisation[shown])
        assert timeline.occupancy.max(axis=0).tolist() == links.longest_queue[shown].tolist()
        assert links.utilisation.max() > 0
