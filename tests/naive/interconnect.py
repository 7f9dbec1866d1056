"""The oracle of the interconnect: packets as Python objects in one heap, ordered by cycle, then by age.

A head takes a link when it is free, in order of arrival, holds it for ``service`` cycles and stands at the next router
``hop`` cycles after it began. A packet that finds ``buffer`` others waiting is lost with all that lies beyond.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from itertools import count
from math import inf

from neurohw.hardware.topology import LINK_HOP
from neurohw.program import Program


class NaiveInterconnect:
    """Deliveries of one program; call ``step`` once a tick with the cells that fired in it."""

    def __init__(self, program: Program, contention: bool) -> None:
        chip, routes = program.chip, program.routes
        self.routes = routes
        self.contention = contention
        self.cycles_per_tick = chip.cycles_per_tick(program.network.timestep_ms)
        self.hop, self.service = chip.interconnect.hop_cycles, chip.service_cycles
        self.read = chip.tile.read_cycles
        drops = chip.interconnect.full_buffer == "drop_new"
        self.buffer = chip.interconnect.buffer_packets if drops else inf
        self.tile_of_cell = program.placement.tile_of_cell
        self.children = defaultdict(list)
        self.roots = defaultdict(list)
        for tree in range(len(routes.node_indptr) - 1):
            first = routes.node_indptr[tree]
            for node in range(first, routes.node_indptr[tree + 1]):
                parent = routes.node_parent[node]
                (self.roots[tree] if parent < 0 else self.children[first + parent]).append(node)
        self.free_at = defaultdict(int)
        self.heap, self.age = [], count()
        self.latencies, self.stamps = [], []
        self.losses = []  # (cell, tile)
        self.starts_of_link, self.waits_of_link = defaultdict(list), Counter()
        self.longest_queue, self.lost_at = Counter(), Counter()
        self.end = 0
        self.sent = self.dropped = 0

    def step(self, tick: int, fired: list[int]) -> list[tuple[int, int]]:
        """Return the arrivals (cell, tile) of a tick."""
        now = tick * self.cycles_per_tick
        self.end = now + self.cycles_per_tick
        for cell in sorted(fired):
            if self.routes.is_local[cell]:
                self.sent += 1
                self._push(now + self.read, ("arrive", cell, tick, self.tile_of_cell[cell]))
            for root in self.roots.get(self.routes.tree_of_cell[cell], []):
                self.sent += self._leaves(root)
                self._take_link(now, cell, tick, root)
        arrivals = []
        while self.heap and self.heap[0][0] < self.end:
            cycle, _, (what, cell, fired_at, where) = heapq.heappop(self.heap)
            if what == "arrive":
                self.latencies.append(cycle - fired_at * self.cycles_per_tick)
                self.stamps.append((cell, where, fired_at, tick))
                arrivals.append((cell, int(where)))
                continue
            for child in self.children[where]:
                self._take_link(cycle, cell, fired_at, child)
        return arrivals

    @property
    def in_flight(self) -> int:
        """Deliveries still to be made."""
        events = [event for _, _, event in self.heap]
        return sum(1 if what == "arrive" else self._leaves(where) for what, _, _, where in events)

    def packets_begun(self, link: int) -> int:
        """Return the packets that a link has begun to carry."""
        return sum(start < self.end for start in self.starts_of_link[link])

    def _take_link(self, now: int, cell: int, tick: int, node: int) -> None:
        link = self.routes.node_link[node]
        start = max(now, self.free_at[link]) if self.contention else now
        if start > now:
            waiting = -(-(start - now) // self.service) - 1
            if waiting >= self.buffer:
                self.dropped += self._leaves(node)
                self.lost_at[link] += self._leaves(node)
                self.losses += [(cell, tile) for tile in self._tiles(node)]
                return
            self.longest_queue[link] = max(self.longest_queue[link], waiting + 1)
        self.waits_of_link[link] += start - now
        self.starts_of_link[link].append(start)
        self.free_at[link] = start + self.service
        if self.routes.node_tile[node] >= 0:
            end = start + self.service + self.read
            self._push(end, ("arrive", cell, tick, self.routes.node_tile[node]))
        else:
            hop = self.hop if self.routes.links.kind[link] == LINK_HOP else 0
            self._push(start + hop, ("route", cell, tick, node))

    def _push(self, cycle: int, event: tuple) -> None:
        heapq.heappush(self.heap, (cycle, next(self.age), event))

    def _leaves(self, node: int) -> int:
        return len(self._tiles(node))

    def _tiles(self, node: int) -> list[int]:
        """Return the tiles at or beyond a node."""
        if self.routes.node_tile[node] >= 0:
            return [self.routes.node_tile[node]]
        return [tile for child in self.children[node] for tile in self._tiles(child)]
