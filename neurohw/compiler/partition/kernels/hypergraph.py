"""Compiled loops over hypergraphs: their arrays, transposition, joining vertices, and finding equal rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import kernel

_FACTOR, _SHIFT, _MASK = 0x9E3779B1, 15, 2**31 - 1  # of hashes: 2^32 over the golden ratio


class Hypergraph(NamedTuple):
    """Vertices that take columns, and nets: what one cell sends to all vertices that need a row for it."""

    rows_begin: np.ndarray  # int64 [n_vertices + 1]
    rows: np.ndarray  # int32, nets that each vertex needs
    sent_begin: np.ndarray  # int64 [n_vertices + 1]
    sent: np.ndarray  # int32, nets that each vertex sends
    columns: np.ndarray  # int64 [n_vertices]
    pins_begin: np.ndarray  # int64 [n_nets + 1]
    pins: np.ndarray  # int32, vertices that each net goes to, ascending
    source: np.ndarray  # int32 [n_nets], the vertex that sends it; -1: none, it comes from outside
    is_loop: np.ndarray  # bool [n_nets], whether the net goes to its own source, too
    weight: np.ndarray  # int64 [n_nets], spikes
    height: (
        np.ndarray
    )  # int64 [n_nets], rows that it takes: cells that all send to the same vertices are one net
    n_rows: np.ndarray  # int64 [n_vertices], rows of all nets of a vertex


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


@kernel
def hashes(begin, items, salt):
    """Return a number below 2^31 for each row, int64, which equal rows with equal salt (int32 [n_rows]) share."""
    hash_ = np.empty(salt.size, np.int64)
    for row in range(salt.size):
        mixed = np.int64(salt[row]) & _MASK
        for i in range(begin[row], begin[row + 1]):
            mixed = ((mixed ^ items[i]) * _FACTOR) & _MASK
            mixed ^= mixed >> _SHIFT
        hash_[row] = mixed
    return hash_


@kernel
def sums(begin, items, value):
    """Return the sum over the items of each row of their values, int64 [n_rows]."""
    total = np.zeros(begin.size - 1, np.int64)
    for row in range(total.size):
        for i in range(begin[row], begin[row + 1]):
            total[row] += value[items[i]]
    return total


@kernel
def equal_rows(begin, items, salt, hash_, order, most):
    """Return for each row the first of a group of at most ``most`` rows equal to it, int32 [n_rows].

    Parameters
    ----------
    order : rows by ``hash_``, ascending among equals.
    """
    first = np.arange(begin.size - 1).astype(np.int32)
    leader, n = -1, 0
    for row in order:
        size = begin[row + 1] - begin[row]
        if (
            leader >= 0
            and n < most
            and hash_[row] == hash_[leader]
            and salt[row] == salt[leader]
            and size == begin[leader + 1] - begin[leader]
            and (items[begin[row] : begin[row + 1]] == items[begin[leader] : begin[leader] + size]).all()
        ):
            first[row] = leader
            n += 1
        else:
            leader, n = row, 1
    return first


@kernel
def chosen_rows(begin, items, chosen):
    """Return some rows, one after the other: int64 [n + 1] and int32."""
    end = np.zeros(chosen.size + 1, np.int64)
    for i in range(chosen.size):
        end[i + 1] = end[i] + begin[chosen[i] + 1] - begin[chosen[i]]
    kept = np.empty(end[-1], np.int32)
    for i in range(chosen.size):
        kept[end[i] : end[i + 1]] = items[begin[chosen[i]] : begin[chosen[i] + 1]]
    return end, kept


@kernel
def renamed(begin, items, number):
    """Return the rows with new numbers of the items, without those whose number is below 0."""
    end, n = np.zeros(begin.size, np.int64), 0
    for item in items:
        n += number[item] >= 0
    kept, n = np.empty(n, np.int32), 0
    for row in range(begin.size - 1):
        for i in range(begin[row], begin[row + 1]):
            if number[items[i]] >= 0:
                kept[n] = number[items[i]]
                n += 1
        end[row + 1] = n
    return end, kept


@kernel
def numbered(items, number):
    """Number items from 0 on in the order in which they first appear; return the number of each, and the items.

    Parameters
    ----------
    number : int32 [n_items], -1 everywhere, and so again afterwards.
    """
    found, number_of, n = np.empty(items.size, np.int32), np.empty(items.size, np.int32), 0
    for i, item in enumerate(items):
        if number[item] < 0:
            number[item] = n
            found[n] = item
            n += 1
        number_of[i] = number[item]
    for item in found[:n]:
        number[item] = -1
    return number_of, found[:n].copy()
