"""All mappings of a network: the same spikes at ``ideal``, every synapse in one place, no limit broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw import run
from neurohw.compiler import compile_network
from neurohw.compiler.partition import PARTITIONERS
from neurohw.compiler.place import PLACERS
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from tests.examples import compiled_only, examples
from tests.naive.partition import inputs_of_cells
from tests.networks import networks, random_network

MESH = load_chip("mesh").replace(width=6, height=5)


def largest_fan_in(network):
    """Return the most distinct presynaptic cells of a neuron."""
    return max((len(inputs) for inputs in inputs_of_cells(network)), default=1)


@examples(40)
@given(
    network=networks(max_cells=20),
    partitioner=st.sampled_from(sorted(PARTITIONERS)),
    placer=st.sampled_from(sorted(PLACERS)),
    slack=st.integers(0, 6),
    columns=st.integers(1, 9),
    merged=st.integers(1, 2),
    seed=st.integers(0, 9),
)
def test_every_synapse_is_in_one_place_and_no_limit_broken(
    network, partitioner, placer, slack, columns, merged, seed
):
    rows = max(1, -(-largest_fan_in(network) // merged)) + slack
    chip = MESH.replace(rows=rows, columns=columns, crossbars=2)
    spikes = np.random.default_rng(seed).integers(0, 50, network.n_cells)
    names = {"partitioner": partitioner, "placer": placer}
    program = compile_network(
        network, chip, **names, merge_columns=merged > 1, spikes=spikes, seed=seed, seconds=0.01, strict=False
    )
    clusters, placement = program.clusters, program.placement
    inputs = inputs_of_cells(network)
    places, rows_of_tile, crossbars_of_tile = set(), np.zeros(chip.n_tiles), np.zeros(chip.n_tiles)
    for cluster in range(clusters.n_clusters):
        cells = np.flatnonzero(clusters.cluster_of_cell == cluster).tolist()
        needed = set().union(*(inputs[cell] for cell in cells))
        tile = int(placement.tile_of_cluster[cluster])
        assert len(needed) == clusters.n_rows[cluster] <= clusters.n_crossbars[cluster] * rows
        assert clusters.n_crossbars[cluster] <= merged
        assert len(cells) == clusters.n_columns[cluster] <= columns
        for cell in cells:
            assert placement.tile_of_cell[cell] == tile
            assert 0 <= clusters.column_of_cell[cell] < columns
            places |= {(pre, cluster, int(clusters.column_of_cell[cell])) for pre in inputs[cell]}
        rows_of_tile[tile] += len(needed)
        crossbars_of_tile[tile] += clusters.n_crossbars[cluster]
    assert len(places) == sum(len(row) for row in inputs)
    assert crossbars_of_tile.max() <= 2
    usage = program.tile_usage()
    assert usage.rows.tolist() == rows_of_tile.tolist()
    assert usage.crossbars.tolist() == crossbars_of_tile.tolist()


@compiled_only
@pytest.mark.parametrize("seed", [3, 21])
def test_spikes_at_ideal_are_the_same_for_every_mapping(seed):
    network = random_network(seed, timesteps_ms=(0.5,))
    chip = MESH.replace(rows=largest_fan_in(network) + 2, columns=3, crossbars=1)
    expected = run(compile_network(network), 100.0, fidelity="ideal", seed=5).spikes
    assert expected.ids.size
    mappings = set()
    for partitioner in PARTITIONERS:
        for placer in PLACERS:
            program = compile_network(
                network, chip, partitioner=partitioner, placer=placer, seconds=0.01, strict=False
            )
            mappings.add(program.digest())
            assert run(program, 100.0, fidelity="ideal", seed=5).spikes.digest() == expected.digest()
    assert len(mappings) > len(PLACERS)


def test_known_spikes_shorten_the_ways_of_those_that_fire_often():
    network = random_network(8, timesteps_ms=(0.5,))
    chip = MESH.replace(rows=largest_fan_in(network), columns=1, crossbars=1)
    busy = np.zeros(network.n_cells, np.int64)
    sender, target = _a_pair_of_neurons(network)
    busy[sender] = 1000
    tiles = compile_network(network, chip, placer="anneal", spikes=busy, seconds=0.1, strict=False)
    x, y = (divmod(int(tiles.placement.tile_of_cell[cell]), 6)[::-1] for cell in (sender, target))
    assert abs(x[0] - y[0]) + abs(x[1] - y[1]) <= 2


def _a_pair_of_neurons(network):
    """Return a neuron and the only other neuron that it sends to."""
    targets = {}
    for cell, row in enumerate(inputs_of_cells(network)):
        for pre in row - {cell}:
            targets.setdefault(pre, []).append(cell)
    neurons = {cell for p in network.populations if not p.model.is_source for cell in p.ids}
    return next((pre, cells[0]) for pre, cells in targets.items() if pre in neurons and len(cells) <= 2)


@pytest.mark.parametrize("spikes", [[1, 2], [-1] * 40])
def test_spikes_that_do_not_belong_to_the_network(spikes):
    with pytest.raises(SettingError, match="how often each cell fires"):
        compile_network(random_network(3), MESH, spikes=np.array(spikes))
