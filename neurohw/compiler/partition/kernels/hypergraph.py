"""Compiled loops over hypergraphs: their arrays, transposition, and joining vertices to coarser ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import kernel


class Hypergraph(NamedTuple):
    """Vertices that take columns, and nets: what one cell sends to all vertices that need a row for it."""

    rows_begin: np.ndarray  # int64 [n_vertices + 1]
    rows: np.ndarray  # int32, nets that each vertex needs rows for
    sent_begin: np.ndarray  # int64 [n_vertices + 1]
    sent: np.ndarray  # int32, nets that each vertex sends
    columns: np.ndarray  # int64 [n_vertices]
    pins_begin: np.ndarray  # int64 [n_nets + 1]
    pins: np.ndarray  # int32, vertices that each net goes to, ascending
    source: np.ndarray  # int32 [n_nets], the vertex that sends it; -1: none, it comes from outside
    is_loop: np.ndarray  # bool [n_nets], whether the net goes to its own source, too
    weight: np.ndarray  # int64 [n_nets], spikes


@kernel
def transpose(begin, items, n_items):
    """Return the rows that hold each item, ascending: int64 [n_items + 1] and int32."""
    end = np.zeros(n_items + 1, np.int64)
    for item in items:
        end[item + 1] += 1
    for item in range(n_items):
        end[item + 1] += end[item]
    place, rows = end[:-1].copy(), np.empty(items.size, np.int32)
    for row in range(begin.size - 1):
        for i in range(begin[row], begin[row + 1]):
            rows[place[items[i]]] = row
            place[items[i]] += 1
    return end, rows


@kernel
def joined_rows(begin, rows, member_begin, members, n_nets):
    """Return the distinct nets of the members of each coarse vertex: int64 [n_coarse + 1] and int32."""
    n_coarse = member_begin.size - 1
    end = np.zeros(n_coarse + 1, np.int64)
    once = np.empty(rows.size, np.int32)
    taken_by = np.full(n_nets, -1, np.int32)
    n = 0
    for coarse in range(n_coarse):
        for m in range(member_begin[coarse], member_begin[coarse + 1]):
            for i in range(begin[members[m]], begin[members[m] + 1]):
                if taken_by[rows[i]] != coarse:
                    taken_by[rows[i]] = coarse
                    once[n] = rows[i]
                    n += 1
        end[coarse + 1] = n
    return end, once[:n].copy()


@kernel
def find_loops(pins_begin, pins, source):
    """Return whether each net goes to its own source, bool [n_nets]."""
    is_loop = np.zeros(source.size, np.bool_)
    for net in range(source.size):
        if source[net] < 0:
            continue
        row = pins[pins_begin[net] : pins_begin[net + 1]]
        i = np.searchsorted(row, source[net])
        is_loop[net] = i < row.size and row[i] == source[net]
    return is_loop
