"""Recursive bisection of hypergraphs: halves of halves, each by levels, until every part is for one crossbar."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import ceil, log2
from typing import NamedTuple

import numpy as np

from neurohw.compiler.partition.coarsening import coarser
from neurohw.compiler.partition.hypergraph import induced, without_sources
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.parts import Room, fitting
from neurohw.compiler.partition.kernels.sides import improve_sides
from neurohw.compiler.partition.refinement import completed

Array = np.ndarray

_SPARE_CLUSTERS = (
    1.02  # times the columns needed: where this allows for more clusters than must be, they are used
)
COARSEST = 160  # vertices that are halved without a coarser level
_HEAVIEST = 1 / 40  # of all columns: the largest vertex of a coarser level
_STARTS = 8  # of the coarsest level
_PASSES = 8
_FRUITLESS = 0.05  # of the vertices
_RATINGS = 30_000_000  # of vertices that share a net, on one level: some 0.3 s
_NO_LIMIT = 2**62


class Effort(NamedTuple):
    """How often each halving is begun anew, and how often the best is taken down and up the levels again."""

    starts: int
    cycles: int


LEAST = Effort(1, 0)


class Found(NamedTuple):
    """Two sides of the vertices."""

    over: int  # columns above the limits
    cut: int  # weight of the nets on both sides
    side: Array  # int8 [n_vertices], 0 or 1


def bisected(
    graph: Hypergraph,
    room: Room,
    rng: np.random.Generator,
    effort: Effort,
    is_over: Callable[[], bool] | None = None,
) -> Array:
    """Return the cluster of each vertex, int32.

    Halves may be as uneven as the clusters' columns allow, less so the more halvings follow (Schlag et al. 2016,
    doi:10.1137/1.9781611974317.5). Rows count in the end only: vertices without room go where they cost least.

    Parameters
    ----------
    is_over : whether the time is used up, so that halving once must do.
    """
    columns = int(graph.columns.sum())
    n_clusters = max(-(-columns // room.columns), int(_SPARE_CLUSTERS * columns / room.columns))
    return with_rows(
        graph, parted(without_sources(graph), n_clusters, room.columns, rng, effort, is_over), room
    )


def parted(
    nets: Hypergraph,
    n_clusters: int,
    columns: int,
    rng: np.random.Generator,
    effort: Effort,
    is_over: Callable[[], bool] | None = None,
) -> Array:
    """Return at most so many clusters with so many columns of a graph without sources, whatever rows they need."""
    cluster, n_found = np.empty(nets.columns.size, np.int32), 0
    waiting = [(nets, np.arange(nets.columns.size, dtype=np.int32), n_clusters)]
    while waiting:
        part, vertices, n_wanted = waiting.pop()
        if n_wanted == 1:
            cluster[vertices] = n_found
            n_found += 1
            continue
        wanted = n_wanted // 2, n_wanted - n_wanted // 2
        most = _limits(int(part.columns.sum()), wanted, columns)
        side = halved(part, most, rng, LEAST if is_over is not None and is_over() else effort).side
        for which in range(2):
            members = np.flatnonzero(side == which).astype(np.int32)
            if members.size:
                waiting.append((induced(part, members), vertices[members], wanted[which]))
    return cluster


def _limits(columns: int, wanted: tuple[int, int], columns_of_cluster: int) -> Array:
    """Return the most columns of two sides, int64 [2]."""
    clusters = np.array(wanted)
    n_halvings = ceil(log2(clusters.sum()))
    spare = max(1.0, clusters.sum() * columns_of_cluster / columns) ** (1 / n_halvings)
    most = np.ceil(columns * clusters / clusters.sum() * spare).astype(np.int64)
    return np.minimum(most, clusters * columns_of_cluster)


def halved(
    graph: Hypergraph, most: Array, rng: np.random.Generator, effort: Effort, start: Array | None = None
) -> Found:
    """Return the best sides of the vertices that are found; with a start, also from there."""
    n_starts = effort.starts if graph.columns.size > COARSEST else 1
    found = [_by_levels(graph, most, rng, None) for _ in range(n_starts)]
    if start is not None:
        found.append(_by_levels(graph, most, rng, start))
    best = min(found, key=_cost)
    if graph.columns.size <= COARSEST:
        return best
    for _ in range(effort.cycles):
        best = min(best, _by_levels(graph, most, rng, best.side), key=_cost)
    return best


def _by_levels(graph: Hypergraph, most: Array, rng: np.random.Generator, start: Array | None) -> Found:
    """Return sides of the vertices; with a start, only vertices of one side are joined."""
    n_vertices = graph.columns.size
    heaviest = max(int(graph.columns.max()), int(_HEAVIEST * graph.columns.sum()))
    value = np.maximum(graph.weight, 1).astype(np.float64)
    level = None
    if n_vertices > COARSEST:
        level = coarser(graph, value, Room(_NO_LIMIT, heaviest), rng, _RATINGS, start)
    if level is not None:
        coarse_start = None if start is None else level.of_coarse(start)
        side = _by_levels(level.graph, most, rng, coarse_start).side[level.coarse_of_vertex]
        return _improved(graph, side, most, max(50, int(_FRUITLESS * n_vertices)))
    if start is not None:
        return _improved(graph, start.copy(), most, n_vertices)
    return _first_sides(graph, most, rng)


def _improved(graph: Hypergraph, side: Array, most: Array, n_fruitless: int) -> Found:
    over, cut = improve_sides(graph, side, most, _PASSES, n_fruitless)
    return Found(over, cut, side)


def _first_sides(graph: Hypergraph, most: Array, rng: np.random.Generator) -> Found:
    """Return the best of some starts: one vertex to which others come until there is room for all, or a draw."""
    n_vertices, found = graph.columns.size, []
    for start in range(_STARTS):
        if start % 2:
            order = rng.permutation(n_vertices)
            is_later = np.cumsum(graph.columns[order]) > most[0] / most.sum() * graph.columns.sum()
            side = np.empty(n_vertices, np.int8)
            side[order] = is_later
        else:
            side = np.full(n_vertices, start // 2 % 2, np.int8)
            side[rng.integers(n_vertices)] ^= 1
        found.append(_improved(graph, side, most, n_vertices))
    return min(found, key=_cost)


def _cost(found: Found) -> tuple[int, int]:
    return found.over, found.cut


def with_rows(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    """Return clusters that keep the limits: vertices that find no room in theirs go where they save most.

    Parameters
    ----------
    cluster_of_vertex : int32 [n_vertices].
    """
    cluster, n_clusters = np.full(cluster_of_vertex.size, -1, np.int32), int(cluster_of_vertex.max()) + 1
    order = np.argsort(cluster_of_vertex, kind="stable")
    bounds = np.searchsorted(cluster_of_vertex[order], np.arange(n_clusters + 1))
    for number, (begin, end) in enumerate(pairwise(bounds)):
        cluster[_fitting(graph, order[begin:end], room)] = number
    return completed(graph, cluster, n_clusters, room)


def _fitting(graph: Hypergraph, vertices: Array, room: Room) -> Array:
    """Return the vertices of a part that fit one crossbar, taking those with most or with fewest rows first."""
    by_rows = vertices[np.argsort(graph.n_rows[vertices], kind="stable")]
    found = [order[fitting(graph, order, room)] for order in (by_rows[::-1].copy(), by_rows)]
    return max(found, key=lambda kept: int(graph.columns[kept].sum()))
