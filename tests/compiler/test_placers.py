"""Placers of cluster graphs: costs against routes followed link by link, limits, seeds, and a published workload."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.place import PLACERS, PlacementProblem, link_loads
from neurohw.compiler.place.board import board_of
from neurohw.compiler.place.hilbert import hilbert_curve
from neurohw.compiler.place.kernels import exchanges
from neurohw.errors import CapacityError, SettingError, UnknownNameError
from neurohw.hardware.topology import topology_of
from neurohw.interchange import read_cluster_graph
from neurohw.traffic.interconnects import interconnect_chip
from neurohw.workload import ClusterGraph
from tests.examples import compiled_only, examples
from tests.naive import placement as naive
from tests.reference_data import reference_file

CHIPS = [
    interconnect_chip("mesh", (4, 3)),
    interconnect_chip("torus", (4, 4)),
    interconnect_chip("mesh", (4, 4)).replace(chip_width=2, chip_height=2),
    interconnect_chip("ring", 7),
    interconnect_chip("tree", (2, 1, 5)),
    interconnect_chip("star", 6),
    interconnect_chip("bus", 5),
    interconnect_chip("ideal", 5),
]


class Stopped:
    """A clock on which no time passes, so that a placer does all its work on any machine."""

    def read(self):
        """Return no seconds, and none of compiling."""
        return 0.0, 0.0


def problem_of(*arguments, **options) -> PlacementProblem:
    """Return a problem without a time limit; ``seconds`` still says how much work to do."""
    return PlacementProblem(*arguments, clock=Stopped(), **options)


def random_graph(seed: int, n_clusters: int, n_edges: int) -> ClusterGraph:
    """Return edges between any clusters, some repeated, some to themselves, some without spikes."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, n_clusters, (2, n_edges))
    return ClusterGraph(n_clusters, *ends, rng.integers(0, 50, n_edges))


@examples(40)
@given(chip=st.sampled_from(CHIPS), seed=st.integers(0, 2**32 - 1))
def test_costs_and_loads_are_those_of_the_routes(chip, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, chip.n_tiles + 1))
    graph = random_graph(seed, n, 12)
    problem = problem_of(graph, chip)
    tiles = rng.permutation(chip.n_tiles)[:n].astype(np.int32)
    assert problem.cost(tiles) == naive.hops(chip, graph, tiles)
    topology = topology_of(chip.interconnect)
    loads = link_loads(topology, tiles[graph.source], tiles[graph.target], graph.spikes)
    expected = naive.loads(chip, graph, tiles)
    assert {int(link): int(loads[link]) for link in np.flatnonzero(loads)} == {
        link: load for link, load in expected.items() if load
    }


@examples(40)
@given(chip=st.sampled_from(CHIPS), seed=st.integers(0, 2**32 - 1))
def test_the_change_of_an_exchange_is_the_difference_of_costs(chip, seed):
    rng = np.random.default_rng(seed)
    n_fixed = int(rng.integers(0, 2))
    n = int(rng.integers(1, chip.n_tiles + 1))
    problem = problem_of(random_graph(seed, n + n_fixed, 12), chip, (0,) * n_fixed)
    tiles = rng.permutation(chip.n_tiles)[:n].astype(np.int32)
    places = problem.places(tiles)
    item, tile = int(rng.integers(n)), int(rng.integers(chip.n_tiles))
    if tiles[item] == tile:
        return
    change = exchanges.change_of_exchange(problem.board, problem.edges, places, item, tile)
    before = problem.cost(tiles)
    exchanges.exchange(problem.board, places, item, tile)
    after = problem.tiles(places)
    assert after[item] == tile
    assert sorted(after) == sorted(set(after))
    assert change == problem.cost(after) - before


@pytest.mark.parametrize("placer", PLACERS)
@pytest.mark.parametrize("chip", CHIPS[1:5], ids=lambda chip: f"{chip.name} {chip.interconnect.chip_width:g}")
def test_every_placer_gives_each_item_a_tile_of_its_own_and_the_same_again(placer, chip):
    n = chip.n_tiles - 2
    problems = [problem_of(random_graph(3, n + 1, 20), chip, (1,), seed=7, seconds=0.02) for _ in "12"]
    first, second = (PLACERS[placer](problem) for problem in problems)
    assert first.tolist() == second.tolist()
    assert len(set(first.tolist())) == n
    assert set(first.tolist()) <= set(range(chip.n_tiles))


@pytest.mark.parametrize("placer", ["anneal", "force_directed", "hillclimb", "pso"])
def test_searches_are_no_worse_than_where_they_start(placer):
    chip = interconnect_chip("mesh", (5, 5))
    problem = problem_of(random_graph(5, 22, 60), chip, seconds=0.1)
    start = "hilbert" if placer == "force_directed" else "snake"
    cost = problem.cost(PLACERS[placer](problem))
    assert cost <= problem.cost(PLACERS[start](problem))


@pytest.mark.parametrize("chip", [interconnect_chip("mesh", (3, 2)), interconnect_chip("ring", 6)])
def test_annealing_finds_the_best_of_all_placements(chip):
    from itertools import permutations

    graph = random_graph(11, 5, 12)
    problem = problem_of(graph, chip, seconds=0.1)
    best = min(naive.hops(chip, graph, tiles) for tiles in permutations(range(6), 5))
    assert problem.cost(PLACERS["anneal"](problem)) == best


def test_no_exchange_improves_what_hillclimb_returns():
    chip = interconnect_chip("mesh", (5, 4))
    problem = problem_of(random_graph(2, 17, 50), chip, seconds=60.0)
    places = problem.places(PLACERS["hillclimb"](problem))
    for item in range(problem.n_items):
        for tile in set(range(chip.n_tiles)) - {int(problem.tiles(places)[item])}:
            assert exchanges.change_of_exchange(problem.board, problem.edges, places, item, tile) >= 0


def test_an_annealing_does_not_depend_on_the_number_of_calls():
    problem = problem_of(random_graph(4, 15, 40), interconnect_chip("mesh", (4, 4)))
    schedule = np.array([20.0, 1.0, 0.8])  # at one temperature
    ends = []
    for stops in ([500], [1, 137, 500]):
        places, first = problem.places(problem.start()), 0
        for stop in stops:
            exchanges.anneal(problem.board, problem.edges, places, problem.joined, schedule, 9, first, stop)
            first = stop
        ends.append(problem.tiles(places).tolist())
    assert ends[0] == ends[1]
    assert ends[0] != problem.start().tolist()


@pytest.mark.parametrize("side", [1, 2, 4, 8])
def test_a_hilbert_curve_goes_in_steps_of_one_and_keeps_quarters_together(side):
    order = hilbert_curve(side, side)
    assert sorted(order) == list(range(side * side))
    steps = np.abs(np.diff(order % side)) + np.abs(np.diff(order // side))
    assert (steps == 1).all()
    quarters = (order % side * 2 // side + order // side * 2 // side * 2).reshape(-1, max(1, side**2 // 4))
    assert (quarters == quarters[:, :1]).all()


def test_a_hilbert_curve_on_another_grid_visits_every_tile():
    assert sorted(hilbert_curve(5, 3)) == list(range(15))


def test_energy_and_latency_count_links_between_chips():
    chip = interconnect_chip("mesh", (4, 1)).replace(
        chip_width=2, chip_height=1, hop_pj=1.0, chip_hop_pj=10.0, hop_cycles=2, chip_link_cycles=5
    )
    assert board_of(chip, "energy").along_x[0].tolist() == [0, 1, 11, 12]
    assert board_of(chip, "latency").along_x[0].tolist() == [0, 2, 9, 11]
    with pytest.raises(UnknownNameError, match="unknown objective 'energie'; did you mean 'energy'"):
        board_of(chip, "energie")


def test_too_many_items_say_what_would_fit():
    with pytest.raises(CapacityError, match="10 clusters, chip 'mesh' has 9 tiles; 4 x 3 would do"):
        PlacementProblem(random_graph(1, 10, 5), interconnect_chip("mesh", (3, 3)))


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ([2**30], [1], "edge 0: source = 1,073,741,824, there are 9 tiles"),
        ([0], [9], "edge 0: target = 9, there are 9 tiles"),
        ([0, 1], [1], "source, target and spikes hold 2, 1 and 1 numbers, must be as many"),
    ],
)
def test_loads_of_tiles_that_are_none(source, target, message):
    topology = topology_of(interconnect_chip("mesh", (3, 3)).interconnect)
    with pytest.raises(SettingError, match=message):
        link_loads(topology, np.array(source), np.array(target), np.array([5]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seconds": 0.0}, "seconds = 0.0 must be"),
        ({"seconds": float("nan")}, "seconds = nan must be"),
        ({"seed": -1}, "seed = -1 must be"),
        ({"fixed_tiles": (9,)}, "fixed tile 9: chip 'mesh' has 9 tiles"),
        ({"fixed_tiles": (0.5,)}, "fixed tile 0.5: chip 'mesh' has 9 tiles"),
        ({"fixed_tiles": (0,) * 5}, "5 fixed tiles for 4 clusters: each is that of a cluster"),
        (
            {"objective": len},
            "objective = <built-in function len> must be a name: energy, hops, latency, max_link",
        ),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(SettingError, match=message):
        PlacementProblem(random_graph(1, 4, 5), interconnect_chip("mesh", (3, 3)), **options)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0], [3], [1]), "edge 0: target = 3, there are 3 clusters"),
        (([0, -1], [1, 1], [1, 1]), "edge 1: source = -1"),
        (([0, 2**32], [1, 1], [1, 1]), "edge 1: source = 4,294,967,296, there are 3 clusters"),
        (([0.7], [1], [1]), "cluster graph: edges: source: float64 of shape"),
        (([0], [1], [-5]), "edge 0: spikes = -5"),
        (([0], [1], [5, 5]), "one shape"),
    ],
)
def test_a_graph_that_cannot_be(columns, message):
    with pytest.raises(SettingError, match=message):
        ClusterGraph(3, *map(np.array, columns))


@compiled_only
def test_the_published_workload():
    """The snake and random placements cost what others found; annealing beats a long annealing of theirs."""
    graph = read_cluster_graph(reference_file("placement/cluster.ir"))
    problem = problem_of(graph, interconnect_chip("mesh", (19, 19)))
    assert (graph.n_clusters, graph.n_edges, graph.spikes.sum()) == (328, 504, 674_571)
    assert problem.cost(PLACERS["snake"](problem)) == 778_015
    shuffled = np.random.default_rng(1).permutation(361)[:328].astype(np.int32)
    assert problem.cost(shuffled) == pytest.approx(8.6e6, rel=0.1)
    quick = problem_of(graph, problem.chip, seconds=1.0)
    assert quick.cost(PLACERS["anneal"](quick)) <= 776_200
