"""Hypergraphs of partition problems: neurons need rows for nets, each of which is what one cell sends."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.kernels.hypergraph import Hypergraph, find_loops, joined_rows, transpose
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.network.csr import csr_from_pairs

Array = np.ndarray


def hypergraph_of(problem: PartitionProblem, cells: Array) -> Hypergraph:
    """Return the hypergraph of some neurons (ascending), one vertex each; nets are numbered as cells."""
    graph, (indptr, pre) = problem.graph, problem.distinct
    is_vertex = np.zeros(graph.n_cells, np.bool_)
    is_vertex[cells] = True
    n_rows = np.diff(indptr)
    begin = np.concatenate([[0], np.cumsum(n_rows[cells])])
    rows = pre if is_vertex.all() else pre[np.repeat(is_vertex, n_rows)]
    source = np.full(graph.n_cells, -1, np.int32)
    source[cells] = np.arange(cells.size)
    return _assemble(begin, rows, np.ones(cells.size, np.int64), source, graph.spikes)


def contract(graph: Hypergraph, coarse_of_vertex: Array, n_coarse: int) -> Hypergraph:
    """Join the vertices that have the same coarse vertex."""
    n_vertices, n_nets = graph.columns.size, graph.source.size
    member_begin, members = _rows_of(coarse_of_vertex, np.arange(n_vertices), n_coarse)
    begin, rows = joined_rows(graph.rows_begin, graph.rows, member_begin, members, n_nets)
    columns = np.zeros(n_coarse, np.int64)
    np.add.at(columns, coarse_of_vertex, graph.columns)
    source = np.where(graph.source < 0, -1, coarse_of_vertex[graph.source]).astype(np.int32)
    return _assemble(begin, rows, columns, source, graph.weight)


def _assemble(begin: Array, rows: Array, columns: Array, source: Array, weight: Array) -> Hypergraph:
    begin, rows = np.ascontiguousarray(begin, np.int64), np.ascontiguousarray(rows, np.int32)
    pins_begin, pins = transpose(begin, rows, source.size)
    senders = np.flatnonzero(source >= 0)
    sent_begin, sent = _rows_of(source[senders], senders, columns.size)
    return Hypergraph(
        begin,
        rows,
        sent_begin,
        sent,
        columns,
        pins_begin,
        pins,
        source,
        find_loops(pins_begin, pins, source),
        np.array(weight, np.int64),
    )


def _rows_of(row: Array, item: Array, n_rows: int) -> tuple[Array, Array]:
    """Return compressed rows in arrays that may be written, the one form for which the kernels are compiled."""
    indptr, items = csr_from_pairs(row, item, n_rows)
    return np.array(indptr, np.int64), np.array(items, np.int32)
