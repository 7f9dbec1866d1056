"""The ways of all spikes: which packets a cell's spike makes, where they enter, and the graph they walk through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neurohw.program import Program, Routes
from neurohw_event.chip_links import ChipLinks
from neurohw_event.fabric import Array, Ways


class Senders(NamedTuple):
    """The packets that a spike makes. Cells of one tile with the same destinations share them."""

    bundle_of_cell: Array  # int32 [n_cells], -1: no destination
    starts_of_bundle: Array  # int64 [n_bundles + 1]
    start: Array  # int32, node where the packet enters


def walk(ways: Ways, who: Array, node: Array) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Follow packets that stand at nodes over all branches of their ways.

    Yields, step by step, (who has come to an end, that end, who takes a link, that link).
    """
    n_edges = np.diff(ways.edges_of_node)
    while node.size:
        n = n_edges[node]
        edge = np.repeat(ways.edges_of_node[node] - (np.cumsum(n) - n), n) + np.arange(n.sum())
        taker = np.repeat(who, n)
        yield who[n == 0], node[n == 0], taker, ways.link_of_edge[edge]
        who, node = taker, ways.node_of_edge[edge]


def ends_of(ways: Ways, who: Array, node: Array) -> tuple[Array, Array]:
    """Return who comes to which end, of packets that stand at nodes."""
    steps = list(walk(ways, who, node))
    whos = [who[:0], *(step[0] for step in steps)]
    return np.concatenate(whos), np.concatenate([node[:0], *(step[1] for step in steps)])


@dataclass(frozen=True, eq=False)
class _Nodes:
    """The nodes of all trees, one after the other; each stands for the link that leads to it."""

    tree: Array
    parent: Array  # -1: a root
    link: Array
    tile: Array  # delivered to, -1: none
    rank: Array  # which leaf of its tree, by tile; -1: none
    latency: Array  # cycles from the root's tile until the tail is there
    leaves: Array  # at or beyond it


def make_ways(program: Program, chip_links: ChipLinks) -> tuple[Ways, Senders, Array]:
    """Return the graph, where spikes enter it, and for every end the cycles of the empty network (int64 [n_nodes]).

    A packet starts where its cell fires, with an encoder before that. With multicast it goes to all destinations, the
    own tile included, else to one. The deliveries of a cell are ranked by tile, its own first.
    """
    routes = program.routes
    placement = program.placement
    chip = program.chip
    if routes is None or placement is None or chip is None:
        raise ValueError("a program without a chip has no ways")
    nodes = _nodes(routes, chip_links)
    bundle_of_cell, tile, tree, local = _bundles(routes, placement.tile_of_cell)
    copy = _copies(routes, tree)
    packet_of_local, packet_of_root, starts = _packets(nodes, copy, local, chip.interconnect.multicast)
    graph = _Graph(chip_links, nodes, copy, tile, local, packet_of_local, packet_of_root)
    senders = Senders(bundle_of_cell, starts, graph.entrance.astype(np.int32))
    return graph.ways(), senders, graph.zero_load()


@dataclass(frozen=True, eq=False)
class _Copies:
    """The trees' nodes once for each bundle that uses them."""

    bundle: Array
    node: Array
    parent: Array  # copy, -1: a root


class _Graph:
    """The nodes: entrances of packets, behind the encoder, links taken, own crossbars, crossbars of others."""

    def __init__(
        self,
        chip_links: ChipLinks,
        nodes: _Nodes,
        copy: _Copies,
        tile: Array,
        local: Array,
        packet_of_local: Array,
        packet_of_root: Array,
    ) -> None:
        self._links, self._nodes, self._copy = chip_links, nodes, copy
        root = np.flatnonzero(copy.parent < 0)
        own = np.flatnonzero(local)
        tile_of_packet = np.zeros(
            max(packet_of_local.max(initial=-1), packet_of_root.max(initial=-1)) + 1, int
        )
        tile_of_packet[packet_of_local] = tile[own]
        tile_of_packet[packet_of_root] = tile[copy.bundle[root]]
        n_packets = len(tile_of_packet)
        self.entrance = np.arange(n_packets)
        stand = self.entrance + n_packets * chip_links.encodes
        link = int(stand.max(initial=-1)) + 1 + np.arange(len(copy.node))
        first_own = int(link[-1]) + 1 if len(link) else int(stand.max(initial=-1)) + 1
        self._own = first_own + np.arange(len(own))
        leaf = np.flatnonzero(nodes.tile[copy.node] >= 0)
        self._leaf_ends = link[leaf]
        edges = [
            (stand[packet_of_local], chip_links.crossbars + tile[own], self._own),
            (stand[packet_of_root], nodes.link[copy.node[root]], link[root]),
        ]
        if chip_links.encodes:
            edges.append((self.entrance, chip_links.encoders + tile_of_packet, stand))
        inner = np.flatnonzero(copy.parent >= 0)
        edges.append((link[copy.parent[inner]], nodes.link[copy.node[inner]], link[inner]))
        self.n_nodes = first_own + len(own)
        if chip_links.reads:
            self._leaf_ends = self.n_nodes + np.arange(len(leaf))
            edges.append((link[leaf], chip_links.crossbars + nodes.tile[copy.node[leaf]], self._leaf_ends))
            self.n_nodes += len(leaf)
        self._edges = [np.concatenate(column) for column in zip(*edges, strict=True)]
        self._leaf_node = copy.node[leaf]
        self._leaf_rank = nodes.rank[copy.node[leaf]] + local[copy.bundle[leaf]]
        self._leaves = np.ones(self.n_nodes, np.int64)
        self._leaves[link] = nodes.leaves[copy.node]
        of_packet = np.bincount(packet_of_local, minlength=n_packets)
        of_packet += np.bincount(
            packet_of_root, weights=nodes.leaves[copy.node[root]], minlength=n_packets
        ).astype(np.int64)
        self._leaves[self.entrance] = of_packet
        self._leaves[stand] = of_packet

    def ways(self) -> Ways:
        """Return the graph for the kernels."""
        source, link, target = self._edges
        order = np.argsort(source, kind="stable")
        rank = np.full(self.n_nodes, -1, np.int32)
        rank[self._own] = 0
        rank[self._leaf_ends] = self._leaf_rank
        n_edges = np.bincount(source, minlength=self.n_nodes)
        return Ways(
            edges_of_node=np.concatenate([[0], np.cumsum(n_edges)]).astype(np.int64),
            link_of_edge=link[order].astype(np.int32),
            node_of_edge=target[order].astype(np.int32),
            leaves_of_node=self._leaves.astype(np.int32),
            rank_of_node=rank,
        )

    def zero_load(self) -> Array:
        """Return for every end the cycles from the encoder to the crossbar in an empty network, 0 elsewhere."""
        cycles = np.zeros(self.n_nodes, np.int64)
        cycles[self._leaf_ends] = self._nodes.latency[self._leaf_node]
        return cycles


def _nodes(routes: Routes, chip_links: ChipLinks) -> _Nodes:
    sizes = np.diff(routes.node_indptr)
    tree = np.repeat(np.arange(len(sizes)), sizes)
    within = np.asarray(routes.node_parent, np.int64)
    parent = np.where(within < 0, -1, within + np.asarray(routes.node_indptr)[tree])
    link, tile = np.asarray(routes.node_link), np.asarray(routes.node_tile)
    latency = chip_links.links.latency[link]
    leaves = (tile >= 0).astype(np.int64)
    levels = _levels(parent)
    for nodes in levels[1:]:
        latency[nodes] += latency[parent[nodes]]
    for nodes in levels[:0:-1]:
        np.add.at(leaves, parent[nodes], leaves[nodes])
    tail = np.maximum(chip_links.links.service[link] - 1, 0)
    return _Nodes(tree, parent, link, tile, _ranks(tree, tile), latency + tail, leaves)


def _levels(parent: Array) -> list[Array]:
    """Return the nodes of each depth, roots first."""
    depth = np.zeros(len(parent), np.int64)
    above = parent.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parent[above], -1)
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)) + 1)]


def _ranks(tree: Array, tile: Array) -> Array:
    """Return the rank of each leaf among its tree's, by tile; -1 for other nodes."""
    ranks = np.full(len(tile), -1, np.int64)
    leaf = np.flatnonzero(tile >= 0)
    order = leaf[np.lexsort((tile[leaf], tree[leaf]))]
    ranks[order] = np.arange(len(order)) - np.searchsorted(tree[order], tree[order])
    return ranks


def _bundles(routes: Routes, tile_of_cell: Array) -> tuple[Array, Array, Array, Array]:
    """Return the bundle of each cell, and tile, tree (-1: none) and whether the own tile is reached of each bundle."""
    tree, local = np.asarray(routes.tree_of_cell, np.int64), np.asarray(routes.is_local)
    senders = np.flatnonzero((tree >= 0) | local)
    keys = np.stack([np.asarray(tile_of_cell, np.int64), tree, local], axis=1)[senders]
    unique, bundle = np.unique(keys, axis=0, return_inverse=True)
    bundle_of_cell = np.full(len(tree), -1, np.int32)
    bundle_of_cell[senders] = bundle.reshape(-1)
    return bundle_of_cell, unique[:, 0], unique[:, 1], unique[:, 2].astype(bool)


def _copies(routes: Routes, tree: Array) -> _Copies:
    indptr = np.asarray(routes.node_indptr)
    has_tree = tree >= 0
    sizes = np.where(has_tree, np.diff(indptr, append=indptr[-1])[tree], 0)
    last = np.cumsum(sizes)
    bundle = np.repeat(np.arange(len(tree)), sizes)
    within = np.arange(len(bundle)) - (last - sizes)[bundle]
    node = indptr[tree[bundle]] + within
    parent = np.asarray(routes.node_parent, np.int64)[node]
    return _Copies(bundle, node, np.where(parent < 0, -1, parent + (last - sizes)[bundle]))


def _packets(nodes: _Nodes, copy: _Copies, local: Array, multicast: bool) -> tuple[Array, Array, Array]:
    """Return the packet of each own delivery and of each root, and the run of packets of each bundle."""
    root_bundle = copy.bundle[copy.parent < 0]
    n_bundles = len(local)
    if multicast:
        return np.flatnonzero(local), root_bundle, np.arange(n_bundles + 1)
    n_packets = local + np.bincount(root_bundle, minlength=n_bundles)
    starts = np.concatenate([[0], np.cumsum(n_packets)]).astype(np.int64)
    first = np.searchsorted(root_bundle, root_bundle)
    of_root = starts[root_bundle] + local[root_bundle] + np.arange(len(root_bundle)) - first
    return starts[:-1][local], of_root, starts
