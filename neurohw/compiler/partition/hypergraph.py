"""Hypergraphs of partition problems: neurons need rows for nets, each of which is what one cell sends."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.kernels.hypergraph import (
    Hypergraph,
    chosen_rows,
    equal_rows,
    find_loops,
    hashes,
    joined_rows,
    numbered,
    renamed,
    sums,
    transpose,
)
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.network.csr import csr_from_pairs

Array = np.ndarray


def hypergraph_of(problem: PartitionProblem, cells: Array, vertex_of: Array | None = None) -> Hypergraph:
    """Return the hypergraph of some neurons.

    Parameters
    ----------
    cells : int32, ascending.
    vertex_of : int32, the vertex of each; neurons of one vertex have equal inputs. By default one each.
    """
    graph, (indptr, pre) = problem.graph, problem.distinct
    vertex_of = np.arange(cells.size, dtype=np.int32) if vertex_of is None else vertex_of
    vertices, first = np.unique(vertex_of, return_index=True)
    begin, rows = indptr, pre
    if vertices.size < graph.n_cells:
        begin, rows = chosen_rows(indptr, pre, cells[first])
    source = np.full(graph.n_cells, -1, np.int32)
    source[cells] = vertex_of
    columns = np.bincount(vertex_of, minlength=vertices.size)
    return _assemble(begin, rows, columns, source, graph.spikes, np.ones(graph.n_cells, np.int64))


def twins(problem: PartitionProblem, cells: Array, most: int) -> Array:
    """Return a vertex for each neuron, int32, numbered by first neurons: up to ``most`` with equal inputs share one."""
    begin, items = chosen_rows(*problem.distinct, cells)
    first = _equal(begin, items, np.zeros(cells.size, np.int32), most)
    return np.unique(first, return_inverse=True)[1].astype(np.int32)


def contract(graph: Hypergraph, coarse_of_vertex: Array, n_coarse: int) -> Hypergraph:
    """Join the vertices that have the same coarse vertex."""
    n_vertices, n_nets = graph.columns.size, graph.source.size
    member_begin, members = _rows_of(coarse_of_vertex, np.arange(n_vertices), n_coarse)
    begin, rows = joined_rows(graph.rows_begin, graph.rows, member_begin, members, n_nets)
    columns = np.zeros(n_coarse, np.int64)
    np.add.at(columns, coarse_of_vertex, graph.columns)
    source = np.where(graph.source < 0, -1, coarse_of_vertex[graph.source]).astype(np.int32)
    return _assemble(begin, rows, columns, source, graph.weight, graph.height)


def without_sources(graph: Hypergraph) -> Hypergraph:
    """Return the hypergraph whose nets have their sources among their pins, without those of no spikes or one pin."""
    senders = np.flatnonzero((graph.source >= 0) & ~graph.is_loop).astype(np.int32)
    vertex = np.repeat(np.arange(graph.columns.size, dtype=np.int32), np.diff(graph.rows_begin))
    vertex, net = np.append(vertex, graph.source[senders]), np.append(graph.rows, senders)
    is_heard = graph.weight[net] > 0
    begin, rows = _rows_of(vertex[is_heard], net[is_heard], graph.columns.size)
    source = np.full(graph.source.size, -1, np.int32)
    return _assemble(begin, rows, graph.columns, source, graph.weight, graph.height, least_pins=2)


def induced(graph: Hypergraph, vertices: Array) -> Hypergraph:
    """Return the hypergraph of some vertices (int32) of one without sources; nets with one pin are left out."""
    begin, rows = chosen_rows(graph.rows_begin, graph.rows, vertices)
    columns = graph.columns[vertices]
    return _assemble(begin, rows, columns, graph.source, graph.weight, graph.height, least_pins=2)


def of_few(graph: Hypergraph, vertices: Array, number: Array) -> tuple[Hypergraph, int]:
    """Return what ``induced`` does, in a time that does not grow with the graph, and the pins read.

    Parameters
    ----------
    number : int32 [n_nets], -1 everywhere, and so again afterwards.
    """
    begin, rows = chosen_rows(graph.rows_begin, graph.rows, vertices)
    rows, nets = numbered(rows, number)
    columns, weight, height = graph.columns[vertices], graph.weight[nets], graph.height[nets]
    source = np.full(nets.size, -1, np.int32)
    return _assemble(begin, rows, columns, source, weight, height, least_pins=2), rows.size


def _assemble(
    begin: Array,
    rows: Array,
    columns: Array,
    source: Array,
    weight: Array,
    height: Array,
    least_pins: int = 1,
) -> Hypergraph:
    """Return the hypergraph; nets with equal pins and sources become one, and those with too few pins none."""
    begin, rows = np.ascontiguousarray(begin, np.int64), np.ascontiguousarray(rows, np.int32)
    pins_begin, pins = transpose(begin, rows, source.size)
    first = _equal(pins_begin, pins, source, source.size)
    kept = np.flatnonzero((first == np.arange(source.size)) & (np.diff(pins_begin) >= least_pins)).astype(
        np.int32
    )
    if kept.size < source.size:
        number = np.full(source.size, -1, np.int32)
        number[kept] = np.arange(kept.size)
        begin, rows = renamed(begin, rows, number)
        pins_begin, pins = chosen_rows(pins_begin, pins, kept)
        weight, height = (_summed(values, first)[kept] for values in (weight, height))
        source = source[kept]
    senders = np.flatnonzero(source >= 0)
    sent_begin, sent = _rows_of(source[senders], senders, columns.size)
    height = np.array(height, np.int64)
    return Hypergraph(
        begin,
        rows,
        sent_begin,
        sent,
        np.array(columns, np.int64),
        pins_begin,
        pins,
        source,
        find_loops(pins_begin, pins, source),
        np.array(weight, np.int64),
        height,
        sums(begin, rows, height),
    )


def _equal(begin: Array, items: Array, salt: Array, most: int) -> Array:
    """Return for each row the first of its group of equal rows, int32."""
    hash_ = hashes(begin, items, salt)
    return equal_rows(begin, items, salt, hash_, np.argsort(hash_, kind="stable"), most)


def _summed(values: Array, group: Array) -> Array:
    total = np.zeros(values.size, np.int64)
    np.add.at(total, group, values)
    return total


def _rows_of(row: Array, item: Array, n_rows: int) -> tuple[Array, Array]:
    """Return compressed rows in arrays that may be written, the one form for which the kernels are compiled."""
    indptr, items = csr_from_pairs(row, item, n_rows)
    return np.array(indptr, np.int64), np.array(items, np.int32)
