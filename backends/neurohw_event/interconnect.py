"""The interconnect of a program as arrays for the kernels."""

from __future__ import annotations

from math import isinf

import numpy as np

from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP
from neurohw.program import Program, Routes
from neurohw_event.kernels.histogram import N_BINS
from neurohw_event.layout import N_COUNTERS, Array, Flights, Mesh, Timing

FLIGHT_SLOTS = 4096  # a power of two, and a multiple of 64
FLIGHT_POOL = 4096

NO_NETWORK = Timing(0, 0, 0, 0, -1, 0, 0)


def make_timing(chip: Chip, timestep_ms: float, contention: bool) -> Timing:
    """Return the chip's numbers in cycles and packets."""
    wires = chip.interconnect
    drops = wires.full_buffer == "drop_new" and not isinf(wires.buffer_packets)
    return Timing(
        cycles_per_tick=chip.cycles_per_tick(timestep_ms),
        hop=wires.hop_cycles,
        service=chip.service_cycles,
        read=chip.tile.read_cycles,
        buffer=int(wires.buffer_packets) if drops else -1,
        contention=int(contention),
        network=1,
    )


def make_mesh(program: Program, timing: Timing) -> Mesh:
    """Turn routes into runs of children, and add the counters."""
    routes, n_tiles = program.routes, 0 if program.chip is None else program.chip.n_tiles
    if routes is None or not timing.network:
        return _empty_mesh(program.network.n_cells)
    n_nodes, n_links = len(routes.node_link), len(routes.links.kind)
    parent, tree_of_node = _global_parents(routes)
    is_hop = np.asarray(routes.links.kind) == LINK_HOP
    is_root = parent < 0
    root = np.flatnonzero(is_root)
    children, child = _runs(parent[~is_root], np.flatnonzero(~is_root), n_nodes + 1)
    roots_of_tree, _ = _runs(tree_of_node[root], root, len(routes.node_indptr) - 1)
    leaves, hops = _leaves_and_hops(parent, routes.node_tile >= 0, is_hop[routes.node_link])
    own = np.array([timing.read])
    return Mesh(
        roots_of_tree=roots_of_tree,
        root=root.astype(np.int32),
        tree_of_cell=np.array(routes.tree_of_cell, np.int32),
        is_local=np.array(routes.is_local, bool),
        children_of_node=children,
        child=child.astype(np.int32),
        widest_fork=int(np.diff(children).max(initial=1)),
        link_of_node=np.append(routes.node_link, 0).astype(np.int32),
        leaves_of_node=np.append(leaves, 1),
        rank_of_node=np.append(_ranks(tree_of_node, np.asarray(routes.node_tile)), -1).astype(np.int32),
        zero_load=np.concatenate([hops * timing.hop + timing.service + timing.read, own]),
        is_hop=is_hop,
        **_counters(n_links, n_tiles, _n_arrivals(routes, tree_of_node)),
        timing=timing,
    )


def make_flights() -> Flights:
    """Return an empty wheel."""
    following = np.arange(1, FLIGHT_POOL + 1, dtype=np.int32)
    following[-1] = -1
    return Flights(
        head=np.full(FLIGHT_SLOTS, -1, np.int32),
        tail=np.full(FLIGHT_SLOTS, -1, np.int32),
        occupied=np.zeros(FLIGHT_SLOTS // 64, np.uint64),
        cycle=np.zeros(FLIGHT_POOL, np.int64),
        tick=np.zeros(FLIGHT_POOL, np.int64),
        node=np.zeros(FLIGHT_POOL, np.int32),
        cell=np.zeros(FLIGHT_POOL, np.int32),
        next=following,
        free=np.array([0, FLIGHT_POOL]),
    )


def deliveries_in_flight(mesh: Mesh, flights: Flights) -> int:
    """Count the deliveries that are still to be made by packets under way."""
    nodes, _ = _heads(flights)
    left = nodes < 0
    # a head at a router stands before all links beyond the node it came over
    return int(np.count_nonzero(left)) + int(mesh.leaves_of_node[nodes[~left]].sum())


def deliveries_under_way(mesh: Mesh, flights: Flights, arrivals_of_cell: Array) -> Array:
    """Count the deliveries that are still to be made for each arrival, int64 [n_arrivals]."""
    node, cell = _heads(flights)
    left = node < 0
    leaves, senders = [~node[left]], [cell[left]]
    node, cell = node[~left], cell[~left]
    while node.size:
        begin, n = mesh.children_of_node[node], np.diff(mesh.children_of_node)[node]
        child = mesh.child[np.repeat(begin - np.cumsum(n) + n, n) + np.arange(n.sum())]
        cell = np.repeat(cell, n)
        is_leaf = mesh.rank_of_node[child] >= 0
        leaves.append(child[is_leaf])
        senders.append(cell[is_leaf])
        node, cell = child[~is_leaf], cell[~is_leaf]
    sender = np.concatenate(senders)
    arrival = arrivals_of_cell[sender] + mesh.is_local[sender] + mesh.rank_of_node[np.concatenate(leaves)]
    return np.bincount(arrival, minlength=len(mesh.made_of_arrival))


def _heads(flights: Flights) -> tuple[Array, Array]:
    """Return node and sending cell of every packet head under way."""
    waiting = np.ones(flights.cycle.size, bool)
    entry = int(flights.free[0])
    while entry >= 0:
        waiting[entry] = False
        entry = int(flights.next[entry])
    return flights.node[waiting], flights.cell[waiting]


def _n_arrivals(routes: Routes, tree_of_node: Array) -> int:
    """Count the tiles that each cell's spikes go to, over all cells."""
    leaves = np.bincount(tree_of_node[np.asarray(routes.node_tile) >= 0], minlength=routes.n_trees)
    trees = np.asarray(routes.tree_of_cell)
    return int(np.count_nonzero(routes.is_local) + leaves[trees[trees >= 0]].sum())


def _global_parents(routes: Routes) -> tuple[Array, Array]:
    sizes = np.diff(routes.node_indptr)
    tree_of_node = np.repeat(np.arange(len(sizes)), sizes)
    within = np.asarray(routes.node_parent, np.int64)
    parent = np.where(within < 0, -1, within + np.asarray(routes.node_indptr)[tree_of_node])
    return parent, tree_of_node


def _runs(of: Array, items: Array, n: int) -> tuple[Array, Array]:
    """Group ``items`` by ``of``: returns (indptr [n + 1], items in that order)."""
    order = np.argsort(of, kind="stable")
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=n))]).astype(np.int64), items[order]


def _leaves_and_hops(parent: Array, is_leaf: Array, is_hop: Array) -> tuple[Array, Array]:
    """Return the leaves at or below each node, and the hops from the root to it, itself included."""
    leaves = is_leaf.astype(np.int64)
    hops = is_hop.astype(np.int64)
    depth = _depths(parent)
    for level in range(1, int(depth.max(initial=0)) + 1):
        nodes = np.flatnonzero(depth == level)
        hops[nodes] += hops[parent[nodes]]
    for level in range(int(depth.max(initial=0)), 0, -1):
        nodes = np.flatnonzero(depth == level)
        np.add.at(leaves, parent[nodes], leaves[nodes])
    return leaves, hops


def _depths(parent: Array) -> Array:
    depth = np.zeros(len(parent), np.int64)
    above = parent.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parent[above], -1)
    return depth


def _ranks(tree_of_node: Array, node_tile: Array) -> Array:
    """Return the rank of each leaf among its tree's, by tile; -1 for other nodes."""
    ranks = np.full(len(node_tile), -1, np.int64)
    leaf = np.flatnonzero(node_tile >= 0)
    order = leaf[np.lexsort((node_tile[leaf], tree_of_node[leaf]))]
    tree = tree_of_node[order]
    first = np.searchsorted(tree, tree)
    ranks[order] = np.arange(len(order)) - first
    return ranks


def _counters(n_links: int, n_tiles: int, n_arrivals: int) -> dict[str, Array]:
    per_link = ("free_at", "carried", "waited", "longest", "lost")
    counters = {name: np.zeros(n_links, np.int64) for name in per_link}
    counters["histogram"] = np.zeros(N_BINS, np.int64)
    counters["packets_of_tile"] = np.zeros(n_tiles, np.int64)
    counters["events_of_tile"] = np.zeros(n_tiles, np.int64)
    counters["made_of_arrival"] = np.zeros(n_arrivals, np.int64)
    counters["late_of_arrival"] = np.zeros(n_arrivals, np.int64)
    counters["counters"] = np.zeros(N_COUNTERS, np.int64)
    return counters


def _empty_mesh(n_cells: int) -> Mesh:
    runs, nodes = np.zeros(1, np.int64), np.empty(0, np.int32)
    return Mesh(
        roots_of_tree=runs,
        root=nodes,
        tree_of_cell=np.full(n_cells, -1, np.int32),
        is_local=np.zeros(n_cells, bool),
        children_of_node=runs,
        child=nodes,
        widest_fork=1,
        link_of_node=nodes,
        leaves_of_node=runs,
        rank_of_node=nodes,
        zero_load=runs,
        is_hop=np.zeros(0, bool),
        **_counters(0, 0, 0),
        timing=NO_NETWORK,
    )
