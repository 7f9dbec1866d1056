"""Functions of users as partitioners and placers: used as they are, and found out where they return nonsense."""

import re
from operator import attrgetter

import numpy as np
import pytest

from neurohw.compiler import compile_network
from neurohw.compiler.partition.sequential import sequential
from neurohw.compiler.place.snake import snake
from neurohw.errors import MappingError, SettingError
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
        (
            lambda problem: np.append(np.zeros(10, int), -1),
            "cluster 0 with 10 neurons; a crossbar of chip 'mesh' has 4 columns",
        ),
        (
            lambda problem: np.append([0, 0, 0, 0, 3, 3, 3, 3, 9, 9], -1),
            "3 clusters with numbers up to 9, none of them 1; expected numbers from 0 without gaps",
        ),
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
        (
            lambda problem: np.array([0, 1, 1]),
            "tile 1 for item 1 and for item 2; each item needs a tile of its own",
        ),
    ],
)
@pytest.mark.parametrize("objective", ["hops", "max_link_load"])
def test_places_that_cannot_be(placer, message, objective):
    with pytest.raises(MappingError, match=message):
        compile_network(NETWORK, CHIP, placer=placer, objective=objective)


def in_pairs(problem):
    """Put neurons together by twos."""
    return np.where(problem.graph.is_neuron, np.arange(problem.graph.n_cells) // 2, -1)


def test_joined_crossbars_are_for_those_who_ask_for_them():
    network = network_of_pairs(8, [(i, j) for i in range(8) for j in range(2) if i % 2 == j])
    chip = CHIP.replace(rows=6, crossbars=4)
    program = compile_network(network, chip, partitioner=in_pairs, merge_columns=True)
    assert program.clusters.n_crossbars.tolist() == [2, 1, 1, 1]
    message = r"cluster 0 with 8 distinct presynaptic cells; a crossbar of chip 'mesh' has 6 rows$"
    with pytest.raises(MappingError, match=message):
        compile_network(network, chip, partitioner=in_pairs)
    message = r"cluster 0 with 8 distinct .* has 2 rows, the 3 of a tile have 6 together"
    with pytest.raises(MappingError, match=message):
        compile_network(network, chip.replace(rows=2, crossbars=3), partitioner=in_pairs, merge_columns=True)


@pytest.mark.parametrize("name", ["indptr", "pre", "is_neuron", "spikes"])
def test_a_partitioner_cannot_change_what_checks_it(name):
    def partitioner(problem):
        getattr(problem.graph, name)[:1] = 0

    with pytest.raises(ValueError, match="read-only"):
        compile_network(NETWORK, CHIP, partitioner=partitioner)


@pytest.mark.parametrize("name", ["source", "target", "spikes"])
def test_a_placer_cannot_change_what_checks_it(name):
    def placer(problem):
        getattr(problem.graph, name)[:1] = 0

    with pytest.raises(ValueError, match="read-only"):
        compile_network(NETWORK, CHIP, placer=placer)


@pytest.mark.parametrize(
    "name", ["board.along_x", "board.along_y", "edges.indptr", "edges.other", "edges.weight", "joined"]
)
def test_a_placer_cannot_change_what_ways_cost(name):
    def placer(problem):
        array = attrgetter(name)(problem)
        array[...] = 0
        return backwards(problem)

    with pytest.raises(ValueError, match="read-only"):
        compile_network(NETWORK, CHIP, placer=placer)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"partitioner": 42}, "partitioner = 42 must be a name: greedy, kernighan_lin"),
        ({"placer": None}, "placer = None must be a name"),
        ({"router": 1.5}, "router = 1.5 must be"),
        ({"placer": "anneal", "seconds": "a"}, "seconds = 'a' must be a finite number above 0"),
        ({"partition_seconds": None}, "seconds = None must be a number above 0"),
        ({"seed": 2**63}, "seed = 9223372036854775808 must be a whole number from 0 to 9,223,372,036,854,775,807"),
        ({"seed": 1.5}, "seed = 1.5 must be a whole number"),
        ({"spikes": np.full(11, 0.5)}, "population 'cells', neuron 0: spikes = 0.5, must be a whole number"),
        ({"spikes": np.append(np.ones(10), np.nan)}, "population 'sources', neuron 0: spikes = nan"),
        ({"spikes": np.full(11, "a")}, "spikes of type <U1 must be whole numbers"),
        ({"spikes": np.full(11, 2**62)}, "spikes = 4611686018427387904, must be a whole number from 0 to 9,007,199"),
        ({"spikes": np.full(11, 2**52)}, "all together are 49,539,595,901,075,456, at most 9,007,199,254,740,992"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(options, message):
    with pytest.raises(SettingError, match=re.escape(message)):
        compile_network(NETWORK, CHIP, **options)
