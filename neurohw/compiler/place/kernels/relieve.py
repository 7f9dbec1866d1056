"""Compiled loops that relieve busy links: exchanges of items that lower the sum of the eighth powers of all loads.

The largest loads decide such a sum, and yet it tells two placements with the same largest load apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, kernel


class Ways(NamedTuple):
    """Which way packets go; tables of a topology."""

    next_link: np.ndarray  # int32 [n_variants, n_routers, n_tiles]
    variant: np.ndarray  # int32 [n_tiles]
    router_of_tile: np.ndarray  # int32 [n_tiles]
    link_target: np.ndarray  # int32 [n_links], router


class Flows(NamedTuple):
    """Edges of every item, as rows: first those that it sends, then those that it takes."""

    indptr: np.ndarray  # int64 [n_items + 1]
    other: np.ndarray  # int32
    spikes: np.ndarray  # int64
    is_sent: np.ndarray  # bool


class Loads(NamedTuple):
    """Where items stand, and what that puts on links; changed in place."""

    tile_of_item: np.ndarray  # int32 [n_items], fixed ones last
    item_of_tile: np.ndarray  # int32 [n_tiles], -1: free
    load: np.ndarray  # int64 [n_links]


@inlined
def _power(load, unit):
    square = (load / unit) * (load / unit)
    return square * square * square * square


@inlined
def _put(ways, loads, unit, begin, end, spikes):
    """Put packets on all links of a way; return by how much the sum of powers rises."""
    change = 0.0
    if begin == end:
        return change
    variant, last = ways.variant[begin], ways.router_of_tile.size + end
    link = ways.next_link[variant, ways.router_of_tile[begin], end]
    while link != last:
        before = loads.load[link]
        loads.load[link] = before + spikes
        change += _power(before + spikes, unit) - _power(before, unit)
        link = ways.next_link[variant, ways.link_target[link], end]
    return change


@inlined
def _put_item(ways, flows, loads, unit, item, without, sign):
    """Put the packets of an item's edges on links, or take them off, but for those with ``without``."""
    change = 0.0
    own = loads.tile_of_item[item]
    for index in range(flows.indptr[item], flows.indptr[item + 1]):
        other = flows.other[index]
        if other == without:
            continue
        tile = loads.tile_of_item[other]
        begin, end = (own, tile) if flows.is_sent[index] else (tile, own)
        change += _put(ways, loads, unit, begin, end, sign * flows.spikes[index])
    return change


@inlined
def _put_both(ways, flows, loads, unit, item, occupant, sign):
    change = _put_item(ways, flows, loads, unit, item, -1, sign)
    if occupant >= 0:
        change += _put_item(ways, flows, loads, unit, occupant, item, sign)
    return change


@inlined
def _exchange(loads, item, tile, occupant):
    loads.item_of_tile[loads.tile_of_item[item]] = occupant
    if occupant >= 0:
        loads.tile_of_item[occupant] = loads.tile_of_item[item]
    loads.item_of_tile[tile] = item
    loads.tile_of_item[item] = tile


@inlined
def _try(ways, flows, loads, unit, item, tile):
    """Exchange an item with what is on a tile if that lowers the sum; return whether it did."""
    occupant, before = loads.item_of_tile[tile], loads.tile_of_item[item]
    change = _put_both(ways, flows, loads, unit, item, occupant, -1)
    _exchange(loads, item, tile, occupant)
    change += _put_both(ways, flows, loads, unit, item, occupant, 1)
    if change < -1e-9:
        return True
    _put_both(ways, flows, loads, unit, item, occupant, -1)
    _exchange(loads, item, before, occupant)
    _put_both(ways, flows, loads, unit, item, occupant, 1)
    return False


@kernel
def relieve_some(ways, flows, loads, movable, unit, first, most):
    """Try exchanges of movable items, from number ``first`` on; return how many lowered the sum.

    ``first`` counts pairs of an item and a tile, ``most`` of them are tried.
    """
    n_tiles = ways.router_of_tile.size
    n_better = 0
    for number in range(first, min(first + most, movable.size * n_tiles)):
        item, tile = movable[number // n_tiles], number % n_tiles
        if loads.tile_of_item[item] != tile and _try(ways, flows, loads, unit, item, tile):
            n_better += 1
    return n_better
