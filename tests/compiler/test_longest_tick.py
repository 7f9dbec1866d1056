"""The longest tick of a chip with a barrier, against simulations of its ticks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.backend import load
from neurohw.compiler.schedule import longest_tick
from neurohw.errors import MappingError, SettingError
from neurohw.hardware import load_chip
from neurohw.network import Probe
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.networks import networks

TICKS = 60
MESH = load_chip("mesh").replace(buffer_packets=float("inf"), fifo_packets=float("inf"), full_buffer="block")
LIMITLESS = {"rows": 4096, "columns": 3, "crossbars": 3, "sync": "barrier"}


def chips():
    """Return a strategy for chips with a barrier, of all topologies and times."""
    small = st.integers(0, 6)
    return st.builds(
        MESH.replace,
        **{name: st.just(value) for name, value in LIMITLESS.items()},
        topology=st.sampled_from(["mesh", "torus", "ring", "star", "bus", "tree", "ideal"]),
        width=st.integers(2, 4),
        height=st.integers(2, 3),
        leaves=st.just(4),
        multicast=st.booleans(),
        encode_cycles=small,
        read_cycles=small,
        synapse_cycles=small,
        update_cycles=small,
        sync_cycles=small,
        inject_cycles=small,
        hop_cycles=st.integers(1, 6),
        eject_cycles=small,
        packet_bits=st.sampled_from([32, 64, 200]),
    )


def _all_spikes(network):
    """Return the network with the spikes of all cells recorded."""
    probes = tuple(
        Probe(number, "spikes", np.arange(population.size))
        for number, population in enumerate(network.populations)
    )
    return replace(network, probes=probes)


def _simulated(program, fidelity):
    """Return the cycles of the chip, and how often each cell fires in each tick."""
    with load("event").open(program, fidelity=fidelity) as session:
        session.advance(TICKS)
        result = session.result()
    counts = np.zeros((TICKS + 1, program.network.n_cells), np.int64)
    np.add.at(counts, (result.spikes.ticks, result.spikes.ids), 1)
    return result.report.chip_cycles, counts


@examples(40)
@given(networks(max_cells=30), chips(), st.sampled_from(["fcfs", "latency"]))
def test_no_tick_is_longer(network, chip, fidelity):
    program = neurohw.compile(_all_spikes(network), chip, strict=False)
    cycles, counts = _simulated(program, fidelity)
    assert cycles <= sum(longest_tick(program, spikes) for spikes in counts)
    assert cycles <= longest_tick(program, counts.max(axis=0)) * len(counts)


@pytest.mark.parametrize("cells", [(0,), (0, 1), (0, 3)])
def test_packets_that_meet_nobody_take_just_as_long(cells):
    """Neurons 0 to 3 on the first tile, 4 to 7 on the second; those that fire send one packet each, one at a time."""
    chip = MESH.replace(
        width=2,
        height=1,
        rows=8,
        columns=4,
        crossbars=1,
        sync="barrier",
        update_cycles=1,
        read_cycles=9,
        encode_cycles=0,
    )
    program = neurohw.compile(network_of_pairs(8, [(pre, 4) for pre in cells]), chip)
    spikes = np.zeros(8, int)
    spikes[list(cells)] = 1
    wires = chip.interconnect
    alone = (
        wires.inject_cycles
        + 2 * wires.hop_cycles
        + wires.link_cycles
        + wires.eject_cycles
        + chip.service_cycles
        - 1
    )
    # the link into the router, that between the two and the one out of it
    waiting = 3 * (len(cells) - 1) * chip.service_cycles
    assert longest_tick(program, spikes) == alone + waiting + len(cells) * 9 + 1


def test_without_spikes_a_tick_takes_the_updates_of_the_fullest_tile():
    chip = MESH.replace(
        width=2, height=1, rows=8, columns=5, crossbars=1, update_cycles=7, sync="barrier", sync_cycles=3
    )
    program = neurohw.compile(network_of_pairs(8, [(0, 6)]), chip)
    assert longest_tick(program, np.zeros(8, int)) == 5 * 7 + 3


def test_what_has_no_longest_tick_is_refused():
    network = network_of_pairs(2, [(0, 1)])
    with pytest.raises(MappingError, match="the program has no chip"):
        longest_tick(neurohw.compile(network), np.zeros(2, int))
    with pytest.raises(SettingError, match="one number of at least 0"):
        longest_tick(neurohw.compile(network, MESH), np.zeros(3, int))
