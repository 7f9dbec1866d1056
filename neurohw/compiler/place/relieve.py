"""A placement made better for its busiest link: what the objective ``max_link_load`` adds to every placer."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.board import link_loads
from neurohw.compiler.place.kernels.relieve import Flows, Loads, Ways, relieve_some
from neurohw.compiler.place.problem import PlacementProblem
from neurohw.hardware.topology import Topology, topology_of
from neurohw.workload import ClusterGraph

Array = np.ndarray

_AT_ONCE = 20_000  # exchanges between two looks at the clock


def relieve(problem: PlacementProblem, tile_of_item: Array) -> Array:
    """Exchange items as long as that lowers the sum of the eighth powers of the links' loads, and time is left.

    Returns
    -------
    int32 [n_items]; the tiles that were given where the busiest link would not carry less.
    """
    topology, graph = topology_of(problem.chip.interconnect), problem.graph
    given = np.concatenate([tile_of_item, np.array(problem.fixed_tiles, np.int64)]).astype(np.int32)
    before = _largest(topology, graph, given)
    if before == 0:
        return given[: problem.n_items]
    item_of_tile = np.full(topology.n_tiles, -1, np.int32)
    item_of_tile[given[: problem.n_items]] = np.arange(problem.n_items)
    loads = Loads(given.copy(), item_of_tile, _loads(topology, graph, given))
    ways, flows = _ways(topology), _flows(graph)
    n_better = 1
    while n_better and not problem.is_over:
        n_better = _sweep(problem, ways, flows, loads)
    best = min((given, loads.tile_of_item), key=lambda tiles: _largest(topology, graph, tiles))
    return best[: problem.n_items]


def _sweep(problem: PlacementProblem, ways: Ways, flows: Flows, loads: Loads) -> int:
    """Try every item with every tile once; return how many exchanges were made."""
    n_better, n_pairs = 0, problem.joined.size * problem.chip.n_tiles
    for first in range(0, n_pairs, _AT_ONCE):
        if problem.is_over:
            break
        unit = float(loads.load.max())
        n_better += relieve_some(ways, flows, loads, problem.joined, unit, first, _AT_ONCE)
    return n_better


def _loads(topology: Topology, graph: ClusterGraph, tiles: Array) -> Array:
    return link_loads(topology, tiles[graph.source], tiles[graph.target], graph.spikes)


def _largest(topology: Topology, graph: ClusterGraph, tiles: Array) -> int:
    return int(_loads(topology, graph, tiles).max(initial=0))


def _ways(topology: Topology) -> Ways:
    tables = (
        topology.next_links(np.arange(topology.n_tiles)),
        topology.variant_of_tile,
        topology.router_of_tile,
        topology.links.target,
    )
    return Ways(*(np.array(table, np.int32) for table in tables))


def _flows(graph: ClusterGraph) -> Flows:
    """Return the edges of each item; those to itself put nothing on links."""
    between = graph.source != graph.target
    source, target, spikes = (column[between] for column in (graph.source, graph.target, graph.spikes))
    item, other = np.concatenate([source, target]), np.concatenate([target, source])
    is_sent = np.repeat([True, False], source.size)
    order = np.lexsort((~is_sent, item))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(item, minlength=graph.n_clusters))])
    return Flows(
        indptr.astype(np.int64),
        other[order].astype(np.int32),
        np.concatenate([spikes, spikes])[order].astype(np.int64),
        is_sent[order],
    )
