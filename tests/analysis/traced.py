"""Noted packets of a made-up run: every spike walks its tree, each link serves one packet after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neurohw.compiler import ROUTERS
from neurohw.compiler.incoming import tiles_reached
from neurohw.hardware import load_chip
from neurohw.program import Clusters, Placement, Program
from neurohw.result import Result, Spikes
from neurohw.tracing import Messages, Transfers
from tests.analysis.synthetic import hardware_report
from tests.compiler.build import network_of_pairs

SERVICE, LATENCY, READ, TICK = 3, 2, 4, 40  # cycles
CELLS, WIDTH, HEIGHT = 12, 3, 2


def program(seed: int = 0, multicast: bool = True) -> Program:
    """Return a small random network on a mesh, two cells a tile."""
    random = np.random.default_rng(seed)
    network = network_of_pairs(CELLS, np.unique(random.integers(0, CELLS, (30, 2)), axis=0).tolist())
    chip = load_chip("mesh").replace(width=WIDTH, height=HEIGHT, multicast=multicast)
    tile = np.arange(CELLS) // 2
    placement = Placement(tile, tile)
    routes = ROUTERS["shortest"](placement, tiles_reached(network, placement, chip.n_tiles), chip)
    cells = np.arange(CELLS)
    clusters = Clusters(cells, np.zeros(CELLS), np.ones(CELLS), np.ones(CELLS), np.ones(CELLS))
    return Program(network, chip, clusters, placement, routes)


def traced_run(program: Program, spikes: list[tuple[int, int]]) -> Result:
    """Return the run in which cells fired at ticks: (tick, cell)."""
    routes, placement = program.routes, program.placement
    free = np.zeros(routes.links.n_links, np.int64)
    transfers, messages = [], []
    for tick, cell in sorted(spikes):
        fired, tree = tick * TICK, routes.tree_of_cell[cell]
        if tree < 0:
            continue
        first, stop = routes.node_indptr[tree], routes.node_indptr[tree + 1]
        there, hops = {-1: fired}, {-1: 0}
        for node in range(first, stop):
            parent, link = int(routes.node_parent[node]), int(routes.node_link[node])
            since = there[parent]
            start = max(since, int(free[link]))
            free[link] = start + SERVICE
            there[node - first] = start + LATENCY
            hops[node - first] = hops[parent] + int(routes.links.kind[link] == 0)
            transfers.append((link, node, cell, fired, since, start, start + SERVICE))
            tile = int(routes.node_tile[node])
            if tile >= 0:
                reached = start + LATENCY
                least = LATENCY * (hops[node - first] + 2)
                times = (fired, fired, reached, reached, reached + READ, least)
                arrived_tick = (reached + READ) // TICK
                reach = np.isin(placement.tile_of_cell, tile)
                synapses = sum(
                    int(reach[group.target[group.indptr[cell] : group.indptr[cell + 1]]].sum())
                    for group in program.network.synapses
                )
                messages.append((cell, tile, tick, arrived_tick, *times, hops[node - first], synapses, node))
    transfers.sort(key=lambda row: row[5])
    messages.sort(key=lambda row: row[8])
    wires = routes.links
    parent = np.asarray(routes.node_parent, np.int64)
    tree = np.searchsorted(routes.node_indptr, np.arange(len(parent)), side="right") - 1
    before = np.where(parent < 0, -1, parent + routes.node_indptr[tree])
    noted = Transfers(
        *_columns(transfers, 7),
        before,
        np.array([wires.name(link) for link in range(wires.n_links)]),
        wires.kind,
        wires.tile,
        wires.source,
        len(transfers),
    )
    report = replace(hardware_report(), cycle_ns=10.0, cycles_per_tick=TICK)
    return Result(
        0.1, 100, Spikes(*np.empty((2, 0), np.int64)), {}, report, Messages(*_columns(messages, 13)), noted
    )


def _columns(rows: list[tuple[int, ...]], n: int) -> list[np.ndarray]:
    return [np.array([row[column] for row in rows], dtype=np.int64) for column in range(n)]
