"""The graph that packets walk through, made of the links that each kind of packet takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.chip_links import ChipLinks
from neurohw_event.fabric import Array, Ways, runs


class Forest(NamedTuple):
    """Kinds of packets: where they start, and the trees of the links they take, parents before children."""

    tile: Array  # [n_kinds]
    is_local: Array  # bool [n_kinds], it is delivered where it starts
    kind: Array  # [n_nodes], ascending
    link: Array  # [n_nodes]
    parent: Array  # [n_nodes], -1: a root
    target: Array  # [n_nodes], tile delivered to, -1: none


def make_graph(forest: Forest, chip_links: ChipLinks) -> tuple[Ways, Array, Array]:
    """Return the graph, where each kind enters, and the cycles from encoder to crossbar in an empty network.

    The cycles are those of the ends (int64 [n_nodes]). The nodes of a kind follow each other, as a packet comes to them
    one soon after the other. The deliveries of a kind are ranked by tile, its own first.
    """
    numbers = _number(forest, chip_links)
    source, link, target = _edges(forest, chip_links, numbers)
    order = np.argsort(source, kind="stable")
    n_edges = np.bincount(source, minlength=numbers.n)
    levels = _levels(forest.parent)
    leaf = np.flatnonzero(forest.target >= 0)
    rank = np.full(numbers.n, -1, np.int32)
    rank[numbers.own] = 0
    rank[numbers.ends] = ranks_of(forest.kind[leaf], forest.target[leaf]) + forest.is_local[forest.kind[leaf]]
    zero_load = np.zeros(numbers.n, np.int64)
    zero_load[numbers.ends] = _cycles(forest, chip_links, levels)[leaf]
    ways = Ways(
        edges_of_node=np.concatenate([[0], np.cumsum(n_edges)]).astype(np.int64),
        link_of_edge=link[order].astype(np.int32),
        node_of_edge=target[order].astype(np.int32),
        leaves_of_node=_leaves(forest, levels, numbers).astype(np.int32),
        rank_of_node=rank,
    )
    return ways, numbers.entrance, zero_load


def ranks_of(group: Array, tile: Array) -> Array:
    """Return the rank of each entry among those of its group, by tile."""
    ranks = np.empty(len(tile), np.int32)
    order = np.lexsort((tile, group))
    ranks[order] = np.arange(len(order)) - np.searchsorted(group[order], group[order])
    return ranks


class _Numbers(NamedTuple):
    """The nodes, kind by kind: its entrance, behind the encoder, links taken, own crossbar, crossbars of others."""

    entrance: Array  # [n_kinds]
    stand: Array  # [n_kinds], the entrance where there is no encoder
    link: Array  # [n_nodes] of the forest
    own: Array  # of the kinds that are delivered where they start
    ends: Array  # of the leaves
    n: int


def _number(forest: Forest, chip_links: ChipLinks) -> _Numbers:
    n_kinds, leaf = len(forest.tile), np.flatnonzero(forest.target >= 0)
    n_links, n_leaves = (np.bincount(kind, minlength=n_kinds) for kind in (forest.kind, forest.kind[leaf]))
    n_nodes = 1 + chip_links.encodes + n_links + forest.is_local + n_leaves * chip_links.reads
    entrance = np.cumsum(n_nodes) - n_nodes
    stand = entrance + chip_links.encodes
    link = runs(stand + 1, n_links)
    first_end = stand + 1 + n_links + forest.is_local
    return _Numbers(
        entrance=entrance,
        stand=stand,
        link=link,
        own=(first_end - 1)[forest.is_local],
        ends=runs(first_end, n_leaves) if chip_links.reads else link[leaf],
        n=int(n_nodes.sum()),
    )


def _edges(forest: Forest, chip_links: ChipLinks, numbers: _Numbers) -> tuple[Array, Array, Array]:
    """Return (from which node, over which link, to which node)."""
    own, root = np.flatnonzero(forest.is_local), np.flatnonzero(forest.parent < 0)
    inner, leaf = np.flatnonzero(forest.parent >= 0), np.flatnonzero(forest.target >= 0)
    edges = [
        (numbers.stand[own], chip_links.crossbars + forest.tile[own], numbers.own),
        (numbers.stand[forest.kind[root]], forest.link[root], numbers.link[root]),
        (numbers.link[forest.parent[inner]], forest.link[inner], numbers.link[inner]),
    ]
    if chip_links.encodes:
        edges.append((numbers.entrance, chip_links.encoders + forest.tile, numbers.stand))
    if chip_links.reads:
        edges.append((numbers.link[leaf], chip_links.crossbars + forest.target[leaf], numbers.ends))
    source, link, target = (np.concatenate(column) for column in zip(*edges, strict=True))
    return source, link, target


def _levels(parent: Array) -> list[Array]:
    """Return the nodes of each depth, roots first."""
    depth = np.zeros(len(parent), np.int64)
    above = parent.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parent[above], -1)
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)) + 1)]


def _cycles(forest: Forest, chip_links: ChipLinks, levels: list[Array]) -> Array:
    """Return the cycles from the first link until the tail is behind each."""
    cycles = chip_links.links.latency[forest.link]
    for nodes in levels[1:]:
        cycles[nodes] += cycles[forest.parent[nodes]]
    behind: Array = cycles + np.maximum(chip_links.links.service[forest.link] - 1, 0)
    return behind


def _leaves(forest: Forest, levels: list[Array], numbers: _Numbers) -> Array:
    """Return the ends at or beyond each node."""
    of_link = (forest.target >= 0).astype(np.int64)
    for nodes in levels[:0:-1]:
        np.add.at(of_link, forest.parent[nodes], of_link[nodes])
    n_kinds = len(forest.tile)
    of_kind = np.bincount(forest.kind[forest.target >= 0], minlength=n_kinds) + forest.is_local
    leaves = np.ones(numbers.n, np.int64)
    leaves[numbers.entrance] = leaves[numbers.stand] = of_kind
    leaves[numbers.link] = of_link
    return leaves
