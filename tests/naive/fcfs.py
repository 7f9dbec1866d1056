"""The oracle of the interconnect with links taken in order of arrival: packets as Python objects in one heap.

Events are ordered by cycle, then by age. A link's turns are kept as a list, so that everything is counted at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import Any

from neurohw_event.fabric import Links, Ways, Work


@dataclass(frozen=True)
class Rules:
    """What happens at links that are not free; the arguments of ``make_fcfs`` by the same names."""

    waiting_limit: Sequence[int]
    wait_cycles: int | Sequence[int] = 0
    reinject_cycles: int = -1
    contention: bool = True


@dataclass
class Packet:
    """One copy of a spike."""

    cell: int
    fired: int
    entered: int
    reached: int | None = None  # the crossbar


@dataclass
class Turn:
    """A packet's turn on a link, from ``start`` to before ``end``; it has stood before it from ``since`` on."""

    since: int
    start: int
    end: int


@dataclass
class NaiveLink:
    """A link, its turns and its losses."""

    latency: int
    service: int
    limit: int
    encodes: bool
    turns: list[Turn] = field(default_factory=list)
    longest: int = 0
    lost: int = 0
    reinjected: int = 0
    refused: int = 0

    @property
    def tail(self) -> int:
        """Cycles from a packet's head to its tail."""
        return 0 if self.encodes else max(self.service - 1, 0)

    def waiting(self, now: int) -> int:
        """Count the packets whose turn is still to come."""
        return sum(turn.start > now for turn in self.turns)

    def place_at(self, now: int) -> int:
        """Return the cycle in which so many of those waiting have begun that another may wait."""
        starts = sorted(turn.start for turn in self.turns if turn.start > now)
        return starts[len(starts) - self.limit] if self.limit else max(turn.end for turn in self.turns)


class NaiveFcfs:
    """The interconnect as defined; ``arrived`` holds (cell, end, fired, entered, reached, cycle) in order."""

    def __init__(self, links: Links, ways: Ways, work: Work, rules: Rules) -> None:
        self.links = [
            NaiveLink(latency, service, limit, encodes=source not in links.target and target >= 0)
            for source, target, latency, service, limit in zip(
                *(field.tolist() for field in links[:4]), rules.waiting_limit, strict=True
            )
        ]
        bounds = ways.edges_of_node.tolist()
        edges = list(zip(ways.link_of_edge.tolist(), ways.node_of_edge.tolist(), strict=True))
        self.edges = [edges[a:b] for a, b in pairwise(bounds)]
        self.ranks = ways.rank_of_node.tolist()
        self.work, self.rules = work, rules
        self.heap: list[Any] = []
        self.age = count()
        self.arrived: list[tuple[int, ...]] = []
        self.until = 0

    def enter(self, node: int, cell: int, fired: int, cycle: int) -> None:
        """Have a packet stand at a node."""
        self._put(cycle, Packet(cell, fired, cycle), node, self.edges[node])

    def advance(self, until: int) -> None:
        """Do everything before cycle ``until``."""
        self.until = until
        while self.heap and self.heap[0][0] < until:
            now, _, packet, node, edges = heapq.heappop(self.heap)
            if not self.edges[node]:
                reached = now if packet.reached is None else packet.reached
                self.arrived.append((packet.cell, node, packet.fired, packet.entered, reached, now))
                continue
            for link, target in edges:
                self._take(now, replace(packet), node, link, target)

    def ends_beyond(self, node: int, edges: Any = None) -> list[int]:
        """Return the ends at or beyond a node, over some of its edges only."""
        edges = self.edges[node] if edges is None else edges
        return (
            [end for _, target in edges for end in self.ends_beyond(target)] if self.edges[node] else [node]
        )

    @property
    def under_way(self) -> list[tuple[int, int]]:
        """Return (cell, end) of all deliveries still to be made."""
        return [
            (packet.cell, end)
            for _, _, packet, node, edges in self.heap
            for end in self.ends_beyond(node, edges)
        ]

    def counts(self, link: int) -> tuple[int, ...]:
        """Return packets begun, cycles busy and waited, longest queue, deliveries lost, packets reinjected, offered."""
        line, until = self.links[link], self.until
        begun = [turn for turn in line.turns if turn.start < until]
        # without contention turns overlap, and a link of fixed service counts as busy to their ends
        end = until if self.rules.contention or line.service < 0 else max([until] + [t.end for t in begun])
        return (
            len(begun),
            sum(min(turn.end, end) - turn.start for turn in begun),
            sum(min(turn.start, until) - turn.since for turn in line.turns),
            line.longest,
            line.lost,
            line.reinjected,
            len(line.turns) + line.refused,
        )

    def _take(self, now: int, packet: Packet, node: int, link: int, target: int) -> None:
        line, rules = self.links[link], self.rules
        free_at = max([turn.end for turn in line.turns], default=0) if rules.contention else 0
        start = max(now, free_at)
        waiting = line.waiting(now)
        if start > now and 0 <= line.limit <= waiting and line.place_at(now) - now > self._patience(link):
            self._lose(now, packet, node, link, target)
            return
        held = line.service
        if held < 0:
            held = int(self.work.cycles[packet.cell + self.ranks[target]])
        line.turns.append(Turn(now, start, start + held))
        if start > now:
            line.longest = max(line.longest, waiting + 1)
        if line.service < 0:
            packet.reached = now
            self._put(start + held, packet, target, [])
            return
        there = start + line.latency
        if line.encodes:
            packet.entered = there
        if not self.edges[target] or any(self.links[beyond].service < 0 for beyond, _ in self.edges[target]):
            there += line.tail  # ends and crossbars take whole packets
        self._put(there, packet, target, self.edges[target])

    def _patience(self, link: int) -> int:
        """Return how long a packet may wait for a place; a crossbar loses at once what finds none."""
        if self.links[link].service < 0:
            return 0
        rules = self.rules.wait_cycles
        return rules if isinstance(rules, int) else rules[link]

    def _lose(self, now: int, packet: Packet, node: int, link: int, target: int) -> None:
        self.links[link].refused += 1
        if self.rules.reinject_cycles < 0:
            self.links[link].lost += len(self.ends_beyond(target))
            return
        self.links[link].reinjected += 1
        self._put(now + self.rules.reinject_cycles, packet, node, [(link, target)])

    def _put(self, cycle: int, packet: Packet, node: int, edges: Any) -> None:
        heapq.heappush(self.heap, (cycle, next(self.age), packet, node, edges))
