"""What mappings cost, against ways followed link by link for every single cell."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.compiler import compile_network
from neurohw.compiler.figures import hop_loads, mapping_figures
from neurohw.compiler.schedule import chip_platform, tile_name
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from neurohw.network import Probe, SpikeTrains
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.naive import placement as naive
from tests.networks import networks

MESH = load_chip("mesh").replace(width=4, height=3, columns=2)
SHAPES = {
    "mesh": MESH,
    "mesh without multicast": MESH.replace(multicast=False),
    "torus": MESH.replace(topology="torus"),
}


@pytest.mark.parametrize("shape", SHAPES)
@examples(25)
@given(network=networks(max_cells=16), seed=st.integers(0, 99))
def test_figures_are_those_of_single_spikes(shape, network, seed):
    chip = SHAPES[shape]
    spikes = np.random.default_rng(seed).integers(0, 9, network.n_cells)
    program = compile_network(network, chip, placer="hilbert", strict=False)
    tile = program.placement.tile_of_cell.tolist()
    loads, packets, synapse_spikes = Counter(), 0, 0
    for cell, targets in enumerate(_targets(network)):
        others = [tile[target] for target in targets if tile[target] != tile[cell]]
        packets += int(spikes[cell]) * len(set(others))
        synapse_spikes += int(spikes[cell]) * len(others)
        links = [link for other in set(others) for link in naive.way(chip, tile[cell], other)]
        for link in set(links) if chip.interconnect.multicast else links:
            loads[link] += int(spikes[cell])
    figures = mapping_figures(program, spikes)
    assert (figures.packets, figures.synapse_spikes) == (packets, synapse_spikes)
    assert (figures.hops, figures.max_link_load) == (sum(loads.values()), max(loads.values(), default=0))
    found = hop_loads(program.routes, spikes)
    assert {int(link): int(found[link]) for link in np.flatnonzero(found)} == {
        k: n for k, n in loads.items() if n
    }
    ways = [
        (int(spikes[cell]), (tile[cell], other))
        for cell, targets in enumerate(_targets(network))
        for other in {tile[target] for target in targets} - {tile[cell]}
    ]
    delay = {pair: float(_delays(shape)[tuple(map(tile_name, pair))]) for _, pair in ways}
    expected = sum(n * delay[pair] for n, pair in ways) / max(1, sum(n for n, _ in ways))
    assert figures.latency_cycles == pytest.approx(expected)
    assert figures.clusters == figures.crossbars == figures.tiles == program.clusters.n_clusters


@cache
def _delays(shape):
    return chip_platform(SHAPES[shape]).delay


@pytest.mark.parametrize("shape", ["mesh", "two chips"])
def test_energy_is_that_of_a_run(shape):
    chip = load_chip("mesh").replace(
        width=4, height=2, rows=8, columns=3, crossbars=2, full_buffer="block", receive_pj=7.0, row_pj=0.5
    )
    if shape == "two chips":
        chip = chip.replace(chip_width=2, chip_height=1, chip_hop_pj=40.0)
    pairs = [(pre, post) for pre in range(20) for post in range(20) if (pre * 7 + post * 3) % 5 == 0]
    network = network_of_pairs(20, pairs, 2, [(0, 1), (1, 19), (1, 5)], weight=[20.0] * len(pairs))
    trains = SpikeTrains.from_lists([[3, 9, 40], [5, 50]])
    cells, inputs = network.populations
    network = replace(
        network,
        populations=(cells, replace(inputs, trains=trains)),
        synapses=(network.synapses[0], replace(network.synapses[1], weight=np.full(3, 20.0))),
    )
    program = compile_network(network, chip, placer="hilbert", strict=False)
    probes = (Probe(0, "spikes", np.arange(20)), Probe(1, "spikes", np.arange(2)))
    result = neurohw.run(replace(program, network=replace(network, probes=probes)), 40.0, fidelity="latency")
    spikes = np.bincount(result.spikes.ids, minlength=network.n_cells)
    assert spikes[:20].sum() > 20
    report, figures = result.report, mapping_figures(program, spikes)
    assert report.traffic.in_flight == 0
    assert figures.hops == report.traffic.hops
    stages = ("hop", "chip_hop", "receive", "row")
    assert all(report.energy_pj[stage] for stage in stages if shape == "two chips" or stage != "chip_hop")
    assert figures.energy_pj == pytest.approx(sum(report.energy_pj[stage] for stage in stages))


def _targets(network):
    """Return the postsynaptic cells of each cell, one for each synapse."""
    targets = [[] for _ in range(network.n_cells)]
    for group in network.synapses:
        pre, post = network.populations[group.pre], network.populations[group.post]
        for row, cell in enumerate(pre.ids):
            targets[cell] += (post.first + group.target[group.indptr[row] : group.indptr[row + 1]]).tolist()
    return targets


def test_a_program_without_a_chip():
    program = compile_network(network_of_pairs(2, [(0, 1)]))
    with pytest.raises(SettingError, match="without a chip"):
        mapping_figures(program, np.ones(2, int))
