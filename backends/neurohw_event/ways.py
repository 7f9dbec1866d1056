"""The ways of all spikes: which packets a cell's spike makes, and where they enter the graph they walk through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from neurohw.program import Program, Routes
from neurohw_event.chip_links import ChipLinks
from neurohw_event.fabric import Array, Ways, runs
from neurohw_event.way_graph import Forest, make_graph, ranks_of


class Senders(NamedTuple):
    """The packets that a spike makes. Cells of one tile with the same destinations share them."""

    bundle_of_cell: Array  # int32 [n_cells], -1: no destination
    starts_of_bundle: Array  # int64 [n_bundles + 1]
    node: Array  # int32, where the packet enters
    start: Array  # int32, the same as the kernel that moves packets takes it: the node, or its first step
    rank: Array  # int32, which of the cell's deliveries is the packet's first


def walk(ways: Ways, who: Array, node: Array) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Follow packets that stand at nodes over all branches of their ways.

    Yields, step by step, (who has come to an end, that end, who takes a link, that link).
    """
    n_edges = np.diff(ways.edges_of_node)
    while node.size:
        n = n_edges[node]
        edge = runs(ways.edges_of_node[node], n)
        taker = np.repeat(who, n)
        yield who[n == 0], node[n == 0], taker, ways.link_of_edge[edge]
        who, node = taker, ways.node_of_edge[edge]


def ends_of(ways: Ways, who: Array, node: Array) -> tuple[Array, Array]:
    """Return who comes to which end, of packets that stand at nodes."""
    ends = [(who[:0], node[:0]), *((come, end) for come, end, _, _ in walk(ways, who, node))]
    whos, nodes = zip(*ends, strict=True)
    return np.concatenate(whos), np.concatenate(nodes)


def make_ways(program: Program, chip_links: ChipLinks) -> tuple[Ways, Senders, Array]:
    """Return the graph, where spikes enter it, and for every end the cycles of the empty network (int64 [n_nodes]).

    A packet starts where its cell fires, with an encoder before that. With multicast it goes to all destinations, the
    own tile included, else to one. The deliveries of a cell are ranked by tile, its own first.
    """
    routes, placement, chip = program.routes, program.placement, program.chip
    if routes is None or placement is None or chip is None:
        raise ValueError("a program without a chip has no ways")
    bundle_of_cell, bundles = _bundles(routes, placement.tile_of_cell)
    packets = _multicast(routes, bundles) if chip.interconnect.multicast else _unicast(routes, bundles)
    ways, entrance, zero_load = make_graph(packets.forest, chip_links)
    node = entrance[packets.kind].astype(np.int32)
    senders = Senders(bundle_of_cell, packets.starts, node, node, packets.rank)
    return ways, senders, zero_load


class _Bundles(NamedTuple):
    """Cells of one tile with the same destinations."""

    tile: Array
    tree: Array  # -1: none
    is_local: Array  # the own tile is reached


class _Packets(NamedTuple):
    """The packets of all bundles, and the ways of their kinds."""

    starts: Array  # int64 [n_bundles + 1]
    kind: Array
    rank: Array  # int32, which of the bundle's deliveries is the packet's first
    forest: Forest


def _bundles(routes: Routes, tile_of_cell: Array) -> tuple[Array, _Bundles]:
    """Return the bundle of each cell, and the bundles."""
    tree, local = np.asarray(routes.tree_of_cell, np.int64), np.asarray(routes.is_local)
    senders = np.flatnonzero((tree >= 0) | local)
    keys = np.stack([np.asarray(tile_of_cell, np.int64), tree, local], axis=1)[senders]
    unique, bundle = np.unique(keys, axis=0, return_inverse=True)
    bundle_of_cell = np.full(len(tree), -1, np.int32)
    bundle_of_cell[senders] = bundle.reshape(-1)
    return bundle_of_cell, _Bundles(unique[:, 0], unique[:, 1], unique[:, 2].astype(bool))


def _multicast(routes: Routes, bundles: _Bundles) -> _Packets:
    """Let every bundle have one packet, with a way of its own along its tree."""
    n_bundles, indptr = len(bundles.tile), np.asarray(routes.node_indptr)
    has_tree = bundles.tree >= 0
    sizes = np.where(has_tree, np.diff(indptr, append=indptr[-1])[bundles.tree], 0)
    node = runs(indptr[bundles.tree], sizes)
    parent = np.asarray(routes.node_parent, np.int64)[node]
    forest = Forest(
        tile=bundles.tile,
        is_local=bundles.is_local,
        kind=np.repeat(np.arange(n_bundles), sizes),
        link=np.asarray(routes.node_link)[node],
        parent=np.where(parent < 0, -1, parent + np.repeat(np.cumsum(sizes) - sizes, sizes)),
        target=np.asarray(routes.node_tile)[node],
    )
    return _Packets(np.arange(n_bundles + 1), np.arange(n_bundles), np.zeros(n_bundles, np.int32), forest)


def _unicast(routes: Routes, bundles: _Bundles) -> _Packets:
    """Let every destination have a packet, with a way that it shares with all packets over the same links."""
    way_of_chain, links = _distinct_chains(routes)
    tree_of_chain = np.repeat(np.arange(routes.n_trees), _chains_of_tree(routes))
    rank_of_chain = ranks_of(tree_of_chain, routes.links.tile[_last_links(links)][way_of_chain])
    n_chains = np.bincount(tree_of_chain, minlength=routes.n_trees + 1)[
        bundles.tree
    ]  # without a tree: the last, 0
    chain = runs(np.searchsorted(tree_of_chain, bundles.tree), n_chains)
    starts = np.concatenate([[0], np.cumsum(bundles.is_local + n_chains)]).astype(np.int64)
    own_tiles, own = np.unique(bundles.tile[bundles.is_local], return_inverse=True)
    kind, rank = np.zeros(starts[-1], np.int64), np.zeros(starts[-1], np.int32)
    is_own = np.zeros(starts[-1], bool)
    is_own[starts[:-1][bundles.is_local]] = True
    kind[is_own] = own
    kind[~is_own] = len(own_tiles) + way_of_chain[chain]
    rank[~is_own] = rank_of_chain[chain] + np.repeat(bundles.is_local, n_chains)
    return _Packets(starts, kind, rank, _single_ways(routes, own_tiles, links))


def _chains_of_tree(routes: Routes) -> Array:
    """Return the number of chains of each tree."""
    roots = np.flatnonzero(np.asarray(routes.node_parent) < 0)
    return np.diff(np.searchsorted(roots, routes.node_indptr))


def _distinct_chains(routes: Routes) -> tuple[Array, Array]:
    """Return which of the distinct chains each is, and the links of those, a row each with -1 behind the last."""
    ahead, node = _steps_ahead(routes), np.flatnonzero(np.asarray(routes.node_parent) < 0)
    if not node.size:
        return np.empty(0, np.int64), np.empty((0, 1), np.int32)
    # from link to link: chains that were the same so far, and take the same one, are the same
    way_of_chain, links = np.zeros(len(node), np.int64), np.empty((1, 0), np.int32)
    n_links = len(routes.links.kind)
    goes_on = np.ones(len(node), bool)
    while goes_on.any():
        link = np.where(goes_on, routes.node_link[node], -1)
        ways, way_of_chain = np.unique(way_of_chain * (n_links + 1) + link + 1, return_inverse=True)
        before, link = np.divmod(ways, n_links + 1)
        links = np.column_stack([links[before], (link - 1).astype(np.int32)])
        goes_on = ahead[node] > 0
        node += ahead[node]
    return way_of_chain, links


def _steps_ahead(routes: Routes) -> Array:
    """Return for each node of chains how far behind it the next one stands, int32 [n_nodes]; 0: it is the last."""
    parent = np.asarray(routes.node_parent)
    inner = np.flatnonzero(parent >= 0)
    above = np.repeat(routes.node_indptr[:-1], np.diff(routes.node_indptr) - _chains_of_tree(routes))
    above += parent[inner]
    ahead = np.zeros(len(parent), np.int32)
    inner -= above
    ahead[above] = inner
    return ahead


def _last_links(links: Array) -> Array:
    return links[np.arange(len(links)), np.count_nonzero(links >= 0, axis=1) - 1]


def _single_ways(routes: Routes, own_tiles: Array, links: Array) -> Forest:
    """Return one kind of packet for each tile that spikes do not leave, then one for each row of links."""
    sizes, n_own = np.count_nonzero(links >= 0, axis=1), len(own_tiles)
    link = links[links >= 0]
    last = np.cumsum(sizes) - 1
    parent, target = np.arange(len(link)) - 1, np.full(len(link), -1)
    parent[last - sizes + 1] = -1
    target[last] = routes.links.tile[link[last]]
    return Forest(
        tile=np.concatenate([own_tiles, routes.links.tile[links[:, 0]]]),
        is_local=np.arange(n_own + len(links)) < n_own,
        kind=np.repeat(n_own + np.arange(len(links)), sizes),
        link=link,
        parent=parent,
        target=target,
    )
