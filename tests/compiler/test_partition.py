"""Partitioner ``sequential`` against its oracle, and what it says when a neuron does not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.compiler.check import check_clusters
from neurohw.compiler.incoming import incoming
from neurohw.compiler.partition.sequential import sequential
from neurohw.compiler.partitioning import partition_network
from neurohw.errors import CapacityError
from neurohw.hardware import load_chip
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.naive import partition as naive
from tests.networks import networks

MESH = load_chip("mesh")


@examples(150)
@given(
    network=networks(max_cells=40),
    rows=st.integers(1, 50),
    columns=st.integers(1, 12),
    crossbars=st.integers(1, 5),
    merge_columns=st.booleans(),
)
def test_sequential_is_its_oracle(network, rows, columns, crossbars, merge_columns):
    chip = MESH.replace(rows=rows, columns=columns, crossbars=crossbars)
    inputs = incoming(network)
    try:
        expected = naive.sequential(network, rows, columns, crossbars if merge_columns else 1)
    except naive.TooManyInputs as error:
        cell, fan_in = error.args
        population = next(p for p in network.populations if cell in p.ids)
        name = f"population {population.name!r}, neuron {cell - population.first}: {fan_in} distinct"
        with pytest.raises(CapacityError, match=name):
            partition_network(network, inputs, chip, sequential, merge_columns)
        return
    clusters = partition_network(network, inputs, chip, sequential, merge_columns)
    check_clusters(network, inputs, chip, clusters)
    assert clusters.n_crossbars.tolist() == [cluster.n_crossbars for cluster in expected]
    assert clusters.n_columns.tolist() == [len(cluster.cells) for cluster in expected]
    assert clusters.n_rows.tolist() == [len(cluster.inputs) for cluster in expected]
    cluster_of_cell, column_of_cell = np.full((2, network.n_cells), -1)
    for index, cluster in enumerate(expected):
        cluster_of_cell[cluster.cells] = index
        column_of_cell[cluster.cells] = range(len(cluster.cells))
    assert clusters.cluster_of_cell.tolist() == cluster_of_cell.tolist()
    assert clusters.column_of_cell.tolist() == column_of_cell.tolist()


@examples(50)
@given(networks(max_cells=40))
def test_incoming_lists_every_synapse_once(network):
    inputs = incoming(network)
    expected = [[] for _ in range(network.n_cells)]
    for group in network.synapses:
        pre, post = network.populations[group.pre], network.populations[group.post]
        for row, cell in enumerate(pre.ids):
            for target in group.target[group.indptr[row] : group.indptr[row + 1]]:
                expected[post.first + target].append(cell)
    assert [run.tolist() for run in np.split(inputs.pre, inputs.indptr[1:-1])] == expected


def test_a_repeated_pair_takes_one_row():
    network = network_of_pairs(3, [(0, 2), (0, 2), (1, 2)])
    clusters = compile_network(network, MESH).clusters
    assert clusters.n_rows.tolist() == [2]


@pytest.mark.parametrize(
    ("crossbars", "merge_columns", "limit", "remedy"),
    [
        (1, False, "a crossbar of chip 'mesh' has 2 rows", "use rows = 5, or crossbars = 3 to a tile"),
        (3, False, "a crossbar of chip 'mesh' has 2 rows", "crossbars = 3 to a tile and merge_columns=True"),
        (
            2,
            True,
            "2 merged crossbars of a tile of chip 'mesh' have 4 rows",
            "use rows = 5, or crossbars = 3",
        ),
    ],
)
def test_too_many_inputs_names_neuron_limit_and_remedy(crossbars, merge_columns, limit, remedy):
    network = network_of_pairs(6, [(cell, 3) for cell in range(5)])
    chip = MESH.replace(rows=2, columns=4, crossbars=crossbars)
    with pytest.raises(CapacityError) as caught:
        compile_network(network, chip, merge_columns=merge_columns)
    message = str(caught.value)
    assert message.startswith("population 'cells', neuron 3: 5 distinct presynaptic cells")
    assert limit in message
    assert remedy in message


def test_the_remedies_work():
    network = network_of_pairs(6, [(cell, 3) for cell in range(5)])
    chip = MESH.replace(rows=2, columns=4)
    compile_network(network, chip.replace(rows=5))
    assert compile_network(network, chip, unroll=True).network.n_cells == 6 + 3
    program = compile_network(network, chip.replace(crossbars=3), merge_columns=True)
    assert program.clusters.n_crossbars.tolist() == [1, 3]
    assert program.clusters.cluster_of_cell.tolist() == [0, 0, 0, 1, 1, 1]
    usage = program.tile_usage()
    assert usage.crossbars[:2].tolist() == [1, 3]
    assert usage.rows[:2].tolist() == [0, 5]
    assert usage.cells[:2].tolist() == [3, 3]
