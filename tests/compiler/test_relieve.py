"""Placements with relieved links: loads of kernels against single packets, and what they gain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.place import PLACERS, PlacementProblem, place_items, relieve
from neurohw.compiler.place.kernels.relieve import Loads, relieve_some
from neurohw.compiler.place.relieve import _flows, _ways
from neurohw.hardware import load_chip
from neurohw.hardware.topology import topology_of
from neurohw.workload import ClusterGraph
from tests.compiler.test_placers import problem_of
from tests.examples import compiled_only, examples
from tests.naive import placement as naive

MESH = load_chip("mesh").replace(width=4, height=3)
CHIPS = (MESH, MESH.replace(topology="torus"), MESH.replace(topology="ring", width=7, height=1))


def _graph(seed, n, n_edges):
    rng = np.random.default_rng(seed)
    return ClusterGraph(n, *rng.integers(0, n, (2, n_edges)), rng.integers(0, 50, n_edges))


@examples(40)
@given(chip=st.sampled_from(CHIPS), seed=st.integers(0, 2**32 - 1), n_fixed=st.integers(0, 1))
def test_loads_are_kept_up_and_powers_fall(chip, seed, n_fixed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, chip.n_tiles + 1 - n_fixed))
    graph = _graph(seed, n + n_fixed, 15)
    tiles = np.append(rng.permutation(chip.n_tiles)[:n], [0] * n_fixed).astype(np.int32)
    item_of_tile = np.full(chip.n_tiles, -1, np.int32)
    item_of_tile[tiles[:n]] = np.arange(n)

    def load_of():
        load = np.zeros(topology_of(chip.interconnect).links.n_links, np.int64)
        for link, packets in naive.loads(chip, graph, tiles.tolist()).items():
            load[link] = packets
        return load

    before = load_of()
    loads = Loads(tiles, item_of_tile, before.copy())
    movable, unit = np.arange(n, dtype=np.int32), float(max(1, before.max()))
    ways = _ways(topology_of(chip.interconnect))
    n_better = relieve_some(ways, _flows(graph), loads, movable, unit, 0, n * chip.n_tiles)
    after = load_of()
    assert loads.load.tolist() == after.tolist()
    powers = [float(((load / unit) ** 8).sum()) for load in (before, after)]
    assert powers[1] < powers[0] if n_better else powers[1] == powers[0]
    assert sorted(tiles[:n].tolist()) == sorted(set(tiles[:n].tolist()))
    assert [int(item_of_tile[tile]) for tile in tiles[:n]] == list(range(n))
    assert tiles[n:].tolist() == [0] * n_fixed


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.interconnect.topology)
def test_no_placement_gets_worse_and_some_better(chip):
    gains = []
    for seed in range(8):
        problem = problem_of(_graph(seed, 7, 20), chip, objective="max_link_load", seed=seed)
        start = PLACERS["snake"](problem)
        found = relieve(problem, start)
        loads = [
            max(naive.loads(chip, problem.graph, tiles.tolist()).values(), default=0)
            for tiles in (start, found)
        ]
        assert loads[1] <= loads[0]
        assert np.unique(found).size == problem.n_items
        gains.append(loads[0] - loads[1])
    assert sum(gain > 0 for gain in gains) >= 4


@compiled_only
@pytest.mark.parametrize("name", PLACERS)
def test_the_objective_relieves_what_placers_found_by_the_spikes(name):
    chip, graph = MESH, _graph(3, 12, 40)
    loads = {}
    for objective in ("hops", "max_link_load"):
        problem = problem_of(graph, chip, objective=objective, seconds=0.2)
        tiles = place_items(problem, PLACERS[name])
        loads[objective] = max(naive.loads(chip, graph, tiles.tolist()).values())
    if name in ("snake", "hilbert"):
        assert loads["max_link_load"] == loads["hops"]
    assert loads["max_link_load"] <= loads["hops"]
    if name in ("pso", "force_directed", "hillclimb"):
        assert loads["max_link_load"] < loads["hops"]


def test_without_spikes_nothing_moves():
    nothing = np.empty(0, np.int64)
    problem = PlacementProblem(ClusterGraph(3, nothing, nothing, nothing), MESH, objective="max_link_load")
    assert relieve(problem, np.array([4, 2, 7])).tolist() == [4, 2, 7]
