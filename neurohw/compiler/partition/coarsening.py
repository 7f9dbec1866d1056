"""From a hypergraph to a coarser one, whose vertices are groups of vertices that share much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.compiler.partition.hypergraph import contract
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.matching import WINDOW, match
from neurohw.compiler.partition.kernels.parts import Room

Array = np.ndarray

_LEAST_SHRINKING = 0.95  # of the vertices from level to level; above, coarsening ends


class Coarser(NamedTuple):
    """A coarser hypergraph, and where the vertices are in it."""

    graph: Hypergraph
    coarse_of_vertex: Array  # int32 [n_vertices]

    def of_coarse(self, value_of_vertex: Array) -> Array:
        """Return the value of each coarse vertex, all of whose vertices have the same."""
        value = np.empty(self.graph.columns.size, value_of_vertex.dtype)
        value[self.coarse_of_vertex] = value_of_vertex
        return value


def coarser(
    graph: Hypergraph,
    value: Array,
    room: Room,
    rng: np.random.Generator,
    most_ratings: int,
    within: Array | None,
) -> Coarser | None:
    """Return a coarser hypergraph, or None where hardly any vertices find others to join.

    Parameters
    ----------
    value : float64 [n_nets], above 0, of a net to be shared.
    room : rows and columns of a coarse vertex, at most.
    most_ratings : of vertices that share a net; where there are more, only some nets of a vertex are looked at.
    within : [n_vertices]; where given, only vertices with equal numbers are joined.
    """
    n_vertices = graph.columns.size
    order = rng.permutation(n_vertices).astype(np.int32)
    kind = np.zeros(n_vertices, np.int32) if within is None else within.astype(np.int32)
    n_pins = np.diff(graph.pins_begin)
    stride = max(1, int(np.ceil((n_pins * np.minimum(n_pins, WINDOW)).sum() / most_ratings)))
    coarse, n_coarse = match(graph, value, kind, order, room.rows, room.columns, stride)
    if n_coarse > _LEAST_SHRINKING * n_vertices:
        return None
    return Coarser(contract(graph, coarse, n_coarse), coarse)
