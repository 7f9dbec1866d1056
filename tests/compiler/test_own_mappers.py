"""Functions of users as partitioners and placers: used as they are, and found out where they return nonsense."""

import numpy as np
import pytest

from neurohw.compiler import compile_network
from neurohw.compiler.partition.sequential import sequential
from neurohw.compiler.place.snake import snake
from neurohw.errors import MappingError
from neurohw.hardware import load_chip
from tests.compiler.build import network_of_pairs

CHIP = load_chip("mesh").replace(width=3, height=2, rows=8, columns=4)
NETWORK = network_of_pairs(10, [(i, (i + 3) % 10) for i in range(10)], 1, [(0, 0)])


def by_parity(problem):
    """Put even and odd neurons apart, at most four together."""
    cell = np.arange(problem.graph.n_cells)
    return np.where(problem.graph.is_neuron, cell % 2 + 2 * (cell // 2 // 4), -1)


def backwards(problem):
    """Place the first item on the last tile."""
    return problem.chip.n_tiles - 1 - np.arange(problem.n_items)


def test_what_they_return_is_what_is_mapped():
    program = compile_network(NETWORK, CHIP, partitioner=by_parity, placer=backwards)
    assert program.clusters.cluster_of_cell.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 2, 3, -1]
    assert program.placement.tile_of_cluster.tolist() == [5, 4, 3, 2]


def test_the_functions_of_the_tables_are_like_their_names():
    named, given = (
        compile_network(NETWORK, CHIP, partitioner=p, placer=q)
        for p, q in (("sequential", "snake"), (sequential, snake))
    )
    assert named.digest() == given.digest()


@pytest.mark.parametrize(
    ("partitioner", "message"),
    [
        (lambda problem: np.zeros(3, int), r"returned int64 of shape \(3,\); expected whole numbers of shape \(11,\)"),
        (lambda problem: np.zeros(11), "returned float64 of shape"),
        (lambda problem: None, "returned object of shape"),
        (lambda problem: np.zeros(11, int), "cluster 0 for population 'sources', neuron 0; expected"),
        (lambda problem: np.append(np.full(10, 99), -1), "cluster 99 for population 'cells'"),
        (lambda problem: np.append(np.zeros(10, int), -1), "column_of_cell"),
    ],
)  # fmt: skip
def test_clusters_that_cannot_be(partitioner, message):
    with pytest.raises(MappingError, match=message):
        compile_network(NETWORK, CHIP, partitioner=partitioner)


@pytest.mark.parametrize(
    ("placer", "message"),
    [
        (
            lambda problem: np.arange(9),
            r"returned int64 of shape \(9,\); expected whole numbers of shape \(3,\)",
        ),
        (lambda problem: np.array([0, 1, 6]), "tile 6 for item 2; chip 'mesh' has tiles 0 to 5"),
        (lambda problem: np.array([0, 1, 1]), "a tile for more than one item"),
    ],
)
def test_places_that_cannot_be(placer, message):
    with pytest.raises(MappingError, match=message):
        compile_network(NETWORK, CHIP, placer=placer)
