"""What mappings cost, against ways followed link by link for every single cell."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.compiler.figures import hop_loads, mapping_figures
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from tests.compiler.build import network_of_pairs
from tests.naive import placement as naive
from tests.networks import networks

MESH = load_chip("mesh").replace(width=4, height=3, columns=2)
SHAPES = {
    "mesh": MESH,
    "mesh without multicast": MESH.replace(multicast=False),
    "torus": MESH.replace(topology="torus"),
}


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None)
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
    assert figures.clusters == figures.crossbars == figures.tiles == program.clusters.n_clusters


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
