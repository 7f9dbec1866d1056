"""Compiled loops of the placers: costs, changes of cost by one exchange, annealing, hill climbing.

An item stands on a tile, at most one on each; tile ``y * width + x`` lies at (x, y), and the way between two tiles
is as long as the way along x plus the way along y. Where tiles form no grid, they stand in one row. Items from
``n_movable`` on are fixed and take no tile.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, kernel, leaf
from neurohw.network.kernels import STREAM_PLACEMENT, philox

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_STREAM = np.uint64(STREAM_PLACEMENT << 16)  # where ``uniform`` has it, in the last word
_TO_UNIT = 2.0**-32
_RADIUS = 2  # of the window of tiles around a neighbour from which annealing takes its target
_ANYWHERE = 0.03  # share of moves to any tile of the board


class Board(NamedTuple):
    """Lengths of ways: from column to column and from row to row."""

    along_x: np.ndarray  # float64 [width, width]
    along_y: np.ndarray  # float64 [height, height]


class Edges(NamedTuple):
    """Neighbours of every item, as rows."""

    indptr: np.ndarray  # int64 [n_items + 1]
    other: np.ndarray  # int32
    weight: np.ndarray  # float64


class Places(NamedTuple):
    """Where the items stand; changed in place."""

    x: np.ndarray  # int32 [n_items]
    y: np.ndarray  # int32 [n_items]
    item_of_tile: np.ndarray  # int32 [n_tiles], -1: free


@inlined
def _cost_at(board, edges, places, item, x, y, without):
    """Return the cost of an item's edges if it stood at (x, y), but for the edge to ``without``."""
    indptr, other, weight = edges
    column, row, _ = places
    along_x, along_y = board.along_x[x], board.along_y[y]
    cost = 0.0
    for i in range(indptr[item], indptr[item + 1]):
        neighbour = other[i]
        if neighbour != without:
            cost += weight[i] * (along_x[column[neighbour]] + along_y[row[neighbour]])
    return cost


@inlined
def _change(board, edges, places, item, x, y, occupant):
    """Return by how much the cost rises when an item goes to (x, y), and the occupant, if any, to its tile."""
    x_old, y_old = places.x[item], places.y[item]
    change = _cost_at(board, edges, places, item, x, y, occupant)
    change -= _cost_at(board, edges, places, item, x_old, y_old, occupant)
    if occupant >= 0:
        change += _cost_at(board, edges, places, occupant, x_old, y_old, item)
        change -= _cost_at(board, edges, places, occupant, x, y, item)
    return change


@inlined
def _exchange(places, width, item, x, y, occupant):
    column, row, item_of_tile = places
    item_of_tile[row[item] * width + column[item]] = occupant
    if occupant >= 0:
        column[occupant], row[occupant] = column[item], row[item]
    item_of_tile[y * width + x] = item
    column[item], row[item] = x, y


@kernel
def total_cost(board, edges, places):
    """Return the sum over all edges of weight times length."""
    cost = 0.0
    for item in range(edges.indptr.size - 1):
        cost += _cost_at(board, edges, places, item, places.x[item], places.y[item], -1)
    return 0.5 * cost


@kernel
def change_of_exchange(board, edges, places, item, tile):
    """Return by how much the cost rises when an item changes places with whatever stands on a tile."""
    width = board.along_x.shape[0]
    x, y = tile % width, tile // width
    return _change(board, edges, places, item, x, y, places.item_of_tile[tile])


@kernel
def exchange(board, places, item, tile):
    """Let an item change places with whatever stands on a tile."""
    width = board.along_x.shape[0]
    _exchange(places, width, item, tile % width, tile // width, places.item_of_tile[tile])


@leaf
def anneal(board, edges, places, items, schedule, seed, first, stop):
    """Make the moves ``first`` to ``stop - 1`` of an annealing; return the change of cost.

    A move takes an item to a tile near itself or near a neighbour, rarely to any; what stands there changes places
    with it. It is kept when the cost does not rise, else with probability exp(-rise / temperature). The random
    numbers of a move depend on the seed and its number alone.

    Parameters
    ----------
    items : int32, the items that may be picked.
    schedule : float64 [3], temperature of move 0, factor from move to move, share of moves near a neighbour.
    """
    width, height = board.along_x.shape[0], board.along_y.shape[0]
    radius_y = min(_RADIUS, height - 1)
    window_x, window_y = 2 * _RADIUS + 1, 2 * radius_y + 1
    hottest, factor, near_neighbour = schedule[0], schedule[1], schedule[2]
    seed_ = np.uint64(seed)
    temperature = hottest * factor**first
    change = 0.0
    for move in range(first, stop):
        temperature *= factor
        a, b, c, d = philox(
            seed_ & _LOW,
            seed_ >> _SHIFT,
            np.uint64(move) & _LOW,
            np.uint64(move) >> _SHIFT,
            np.uint64(0),
            _STREAM,
        )
        item = items[np.int64((a * np.uint64(items.size)) >> _SHIFT)]
        where = b * _TO_UNIT
        if where < _ANYWHERE:
            tile = np.int64((c * np.uint64(width * height)) >> _SHIFT)
            x, y = tile % width, tile // width
        else:
            share = (where - _ANYWHERE) / (1.0 - _ANYWHERE)
            centre = item
            if share < near_neighbour:
                begin = edges.indptr[item]
                degree = edges.indptr[item + 1] - begin
                centre = edges.other[begin + np.int64(share / near_neighbour * degree)]
            step = np.int64((c * np.uint64(window_x * window_y)) >> _SHIFT)
            x = places.x[centre] + step % window_x - _RADIUS
            y = places.y[centre] + step // window_x - radius_y
            if x < 0 or y < 0 or x >= width or y >= height:
                continue
        if x == places.x[item] and y == places.y[item]:
            continue
        occupant = places.item_of_tile[y * width + x]
        rise = _change(board, edges, places, item, x, y, occupant)
        if rise <= 0.0 or d * _TO_UNIT < exp(-rise / temperature):
            _exchange(places, width, item, x, y, occupant)
            change += rise
    return change


@leaf
def climb(board, edges, places, items, awake, first, n_looks):
    """Let each item that is awake take the tile that lowers the cost most, until all sleep or looks are used up.

    An item sleeps when it finds nothing better; those that move, and their neighbours, are woken (don't-look bits,
    Bentley 1992, doi:10.1287/ijoc.4.4.387).

    Parameters
    ----------
    items : int32, the items that may move.
    awake : bool [n_items], changed in place.
    first : index into ``items`` of the item to begin with.
    n_looks : items to look at.

    Returns
    -------
    change : of the cost.
    next : index of the item at which to go on; -1: all sleep.
    """
    width, height = board.along_x.shape[0], board.along_y.shape[0]
    change = 0.0
    looked, asleep, at = 0, 0, first
    while asleep < items.size:
        if looked == n_looks:
            return change, at
        item = items[at]
        at = at + 1 if at + 1 < items.size else 0
        if not awake[item]:
            asleep += 1
            continue
        looked += 1
        best, x_best, y_best = -1e-9, -1, -1
        for y in range(height):
            for x in range(width):
                occupant = places.item_of_tile[y * width + x]
                if occupant == item:
                    continue
                rise = _change(board, edges, places, item, x, y, occupant)
                if rise < best:
                    best, x_best, y_best = rise, x, y
        if x_best < 0:
            awake[item] = False
            asleep += 1
            continue
        asleep = 0
        occupant = places.item_of_tile[y_best * width + x_best]
        _exchange(places, width, item, x_best, y_best, occupant)
        change += best
        for moved in (item, occupant):
            if moved >= 0:
                awake[moved] = True
                for i in range(edges.indptr[moved], edges.indptr[moved + 1]):
                    awake[edges.other[i]] = True
    return change, -1


@inlined
def _tension(board, edges, places, tile, other):
    """Return by how much the cost falls when what stands on two tiles changes places; 0 for two free tiles."""
    width = board.along_x.shape[0]
    item, occupant = places.item_of_tile[tile], places.item_of_tile[other]
    if item < 0:
        item, occupant, other = occupant, item, tile
    if item < 0:
        return 0.0
    return -_change(board, edges, places, item, other % width, other // width, occupant)


@kernel
def tensions(board, edges, places, pairs):
    """Return by how much the cost falls with the exchange of each pair of tiles (int32 [n, 2]), float64 [n]."""
    tension = np.zeros(pairs.shape[0], np.float64)
    for i in range(tension.size):
        tension[i] = _tension(board, edges, places, pairs[i, 0], pairs[i, 1])
    return tension


@kernel
def release(board, edges, places, pairs):
    """Exchange what stands on each pair of tiles, one after the other, where that lowers the cost."""
    width = board.along_x.shape[0]
    for i in range(pairs.shape[0]):
        tile, other = pairs[i, 0], pairs[i, 1]
        if _tension(board, edges, places, tile, other) <= 0.0:
            continue
        item = places.item_of_tile[tile]
        if item < 0:
            item, other = places.item_of_tile[other], tile
        _exchange(places, width, item, other % width, other // width, places.item_of_tile[other])


@kernel
def costs_of_orders(board, edges, way, keys, n_movable, fixed_tiles):
    """Return the cost of each particle, float64 [n_particles]: item ``i`` stands where its key's rank leads.

    Parameters
    ----------
    way : int32 [n_tiles], the tile of each rank.
    keys : int64 [n_particles, n_movable], rank of each item.
    fixed_tiles : int64, tiles of the items that follow.
    """
    width = board.along_x.shape[0]
    n_items = n_movable + fixed_tiles.size
    x, y = np.zeros(n_items, np.int64), np.zeros(n_items, np.int64)
    costs = np.zeros(keys.shape[0], np.float64)
    for item in range(fixed_tiles.size):
        x[n_movable + item], y[n_movable + item] = fixed_tiles[item] % width, fixed_tiles[item] // width
    for particle in range(keys.shape[0]):
        for item in range(n_movable):
            tile = way[keys[particle, item]]
            x[item], y[item] = tile % width, tile // width
        for item in range(n_items):
            for i in range(edges.indptr[item], edges.indptr[item + 1]):
                other = edges.other[i]
                length = board.along_x[x[item], x[other]] + board.along_y[y[item], y[other]]
                costs[particle] += 0.5 * edges.weight[i] * length
    return costs
