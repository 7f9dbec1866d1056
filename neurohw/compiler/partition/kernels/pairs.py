"""Compiled loop of Kernighan and Lin: exchanges of neurons between two clusters, by the spikes that they save."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import kernel, leaf

_CHECKS = 64  # pairs of neurons tried for one exchange, when those that save more find no rows
_FRUITLESS = 16  # exchanges in a row that lead to no better state


class Inputs(NamedTuple):
    """Presynaptic cells of every cell: of each synapse, and without repetitions."""

    begin: np.ndarray  # int64 [n_cells + 1]
    pre: np.ndarray  # int32
    row_begin: np.ndarray  # int64 [n_cells + 1]
    rows: np.ndarray  # int32
    spikes: np.ndarray  # int64 [n_cells]


class Two(NamedTuple):
    """Two clusters, their neurons and as many empty columns as may be filled; -1 stands for one of these."""

    cell: np.ndarray  # int32 [n]
    side: np.ndarray  # int8 [n], 0 or 1
    is_locked: np.ndarray  # bool [n]
    gain: np.ndarray  # int64 [n], spikes saved by going to the other side alone
    joint: np.ndarray  # int64 [n, n], spikes between two
    needs: np.ndarray  # int32 [2, n_cells], neurons of a side that need a row for a cell
    n_rows: np.ndarray  # int64 [2]
    marked_by: np.ndarray  # int64 [n_cells], for ``_rows_after``


@leaf
def _count(inputs, two, cell, side, change):
    """Add the rows of a neuron to a side (change 1), or take them away (-1)."""
    if cell < 0:
        return
    for i in range(inputs.row_begin[cell], inputs.row_begin[cell + 1]):
        row = inputs.rows[i]
        was_there = two.needs[side, row] > 0
        two.needs[side, row] += change
        two.n_rows[side] += np.int64(two.needs[side, row] > 0) - np.int64(was_there)


@leaf
def _rows_after(inputs, two, side, leaving, coming, stamp):
    """Return the rows of a side after an exchange of neurons."""
    n_rows = two.n_rows[side]
    if coming >= 0:
        for i in range(inputs.row_begin[coming], inputs.row_begin[coming + 1]):
            two.marked_by[inputs.rows[i]] = stamp
            n_rows += two.needs[side, inputs.rows[i]] == 0
    if leaving >= 0:
        for i in range(inputs.row_begin[leaving], inputs.row_begin[leaving + 1]):
            row = inputs.rows[i]
            n_rows -= two.needs[side, row] == 1 and two.marked_by[row] != stamp
    return n_rows


@leaf
def _best_exchange(inputs, two, first, second, max_rows, stamp):
    """Return the exchange that saves most and finds its rows, as two indices (-1: none), and the stamp.

    ``first`` and ``second`` are the free members of the sides, by falling gain: what an exchange saves is at most
    the sum of both gains.
    """
    best, best_gain, other, n_checks = -1, np.int64(0), -1, 0
    for a in first:
        if best >= 0 and two.gain[a] + two.gain[second[0]] <= best_gain:
            break
        for b in second:
            most = two.gain[a] + two.gain[b]
            if n_checks == _CHECKS or (best >= 0 and most <= best_gain):
                break
            if two.cell[a] < 0 and two.cell[b] < 0:
                continue
            gain = most - 2 * two.joint[a, b]
            if best >= 0 and gain <= best_gain:
                continue
            n_checks += 1
            stamp += 2
            if (
                _rows_after(inputs, two, 0, two.cell[a], two.cell[b], stamp) <= max_rows
                and _rows_after(inputs, two, 1, two.cell[b], two.cell[a], stamp + 1) <= max_rows
            ):
                best, other, best_gain = a, b, gain
    return best, other, best_gain, stamp


@leaf
def _exchange(inputs, two, a, b):
    """Exchange two members and bring the gains up to date."""
    _count(inputs, two, two.cell[a], 0, -1)
    _count(inputs, two, two.cell[b], 1, -1)
    _count(inputs, two, two.cell[a], 1, 1)
    _count(inputs, two, two.cell[b], 0, 1)
    for moved in (a, b):
        for member in range(two.cell.size):
            sign = 2 if two.side[member] == two.side[moved] else -2
            two.gain[member] += sign * two.joint[moved, member]
        two.gain[moved] = -two.gain[moved]
        two.side[moved] = 1 - two.side[moved]


@leaf
def _weigh(inputs, two, member_of_cell):
    """Find the spikes between any two members, and what each would save on the other side."""
    n = two.cell.size
    for member in range(n):
        cell = two.cell[member]
        if cell < 0:
            continue
        _count(inputs, two, cell, two.side[member], 1)
        for i in range(inputs.begin[cell], inputs.begin[cell + 1]):
            other = member_of_cell[inputs.pre[i]]
            if other >= 0 and other != member:
                two.joint[member, other] += inputs.spikes[inputs.pre[i]]
                two.joint[other, member] += inputs.spikes[inputs.pre[i]]
    for member in range(n):
        for other in range(n):
            sign = 1 if two.side[member] != two.side[other] else -1
            two.gain[member] += sign * two.joint[member, other]


@kernel
def _free(two, side):
    """Return the members of a side that are not locked, by falling gain."""
    members = np.flatnonzero((two.side == side) & ~two.is_locked)
    return members[np.argsort(-two.gain[members], kind="mergesort")]


@kernel
def _improve(inputs, two, max_rows, stamp):
    """Exchange members and go back to the best state; return the spikes saved and the stamp."""
    n = two.cell.size
    log = np.empty((n, 2), np.int64)
    saved, most_saved, n_done, n_best = np.int64(0), np.int64(0), 0, 0
    while n_done - n_best <= _FRUITLESS:
        first, second = _free(two, 0), _free(two, 1)
        if first.size == 0 or second.size == 0:
            break
        a, b, gain, stamp = _best_exchange(inputs, two, first, second, max_rows, stamp)
        if a < 0:
            break
        _exchange(inputs, two, a, b)
        two.is_locked[a] = two.is_locked[b] = True
        log[n_done, 0], log[n_done, 1] = b, a  # who is on which side now
        n_done += 1
        saved += gain
        if saved > most_saved:
            most_saved, n_best = saved, n_done
    for i in range(n_done - 1, n_best - 1, -1):
        _exchange(inputs, two, log[i, 0], log[i, 1])
    return most_saved, stamp


@kernel
def improve_pairs(inputs, cluster_of_cell, members, n_members, pairs, max_rows):
    """Exchange neurons between the clusters of each pair, one pair after the other; return the spikes saved.

    Parameters
    ----------
    cluster_of_cell : int32 [n_cells], changed in place.
    members : int32 [n_clusters, n_columns], the neurons of each cluster; changed in place.
    n_members : int64 [n_clusters], changed in place.
    pairs : int32 [n_pairs, 2].
    """
    n_cells, max_columns = cluster_of_cell.size, members.shape[1]
    member_of_cell = np.full(n_cells, -1, np.int32)
    needs, marked_by = np.zeros((2, n_cells), np.int32), np.zeros(n_cells, np.int64)
    saved, stamp = np.int64(0), np.int64(0)
    for pair in pairs:
        counts = n_members[pair[0]], n_members[pair[1]]
        sizes = min(max_columns, counts[0] + counts[1]), min(max_columns, counts[0] + counts[1])
        n = sizes[0] + sizes[1]
        cell, side = np.full(n, -1, np.int32), np.zeros(n, np.int8)
        side[sizes[0] :] = 1
        cell[: counts[0]] = members[pair[0], : counts[0]]
        cell[sizes[0] : sizes[0] + counts[1]] = members[pair[1], : counts[1]]
        for member in range(n):
            if cell[member] >= 0:
                member_of_cell[cell[member]] = member
        two = Two(
            cell,
            side,
            np.zeros(n, np.bool_),
            np.zeros(n, np.int64),
            np.zeros((n, n), np.int64),
            needs,
            np.zeros(2, np.int64),
            marked_by,
        )
        _weigh(inputs, two, member_of_cell)
        gain, stamp = _improve(inputs, two, max_rows, stamp)
        saved += gain
        n_members[pair[0]] = n_members[pair[1]] = 0
        for member in range(n):
            if cell[member] < 0:
                continue
            _count(inputs, two, cell[member], side[member], -1)
            member_of_cell[cell[member]] = -1
            cluster = pair[side[member]]
            cluster_of_cell[cell[member]] = cluster
            members[cluster, n_members[cluster]] = cell[member]
            n_members[cluster] += 1
    return saved
