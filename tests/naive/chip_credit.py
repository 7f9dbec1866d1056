"""The oracle of routers with credits in the closed loop: asked as that of links in order of arrival is."""

from __future__ import annotations

from functools import cache

from tests.naive.credit import NaiveCredit


class ChipCredit(NaiveCredit):
    """The oracle of routers with credits, asked as the other one is."""

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.inputs = cache(super().inputs)
        self.is_encoder = cache(super().is_encoder)

    def advance(self, until: int) -> None:
        """Do everything before cycle ``until``; while all queues are empty, nothing happens until a packet comes."""
        while self.now < until:
            if not any(self.queues.values()):
                self.now = min([until, *self.due])
            if self.now < until:
                self.step()

    @property
    def arrived(self) -> list[tuple[int, ...]]:
        """Deliveries so far: (cell, end, fired, entered, reached, cycle)."""
        return [
            (cell, node, fired, entered, reached, cycle)
            for (cycle, node, cell, fired, entered), reached in zip(
                self.deliveries, self.reached, strict=True
            )
        ]

    @property
    def under_way(self) -> list[tuple[int, int]]:
        """Return (cell, end) of all deliveries still to be made."""
        moving = [packet for due in self.due.values() for packet, _ in due]
        standing = [packet for queue in self.queues.values() for packet in queue]
        return [(packet.cell, end) for packet in moving + standing for end in self._ends(packet)]

    def counts(self, link: int) -> tuple[int, ...]:
        """Return the same as ``NaiveFcfs``; the longest queue is that of the buffer behind the link."""
        source = ("source", self.links.source[link])
        lost = self.lost["link", link]
        if link == min(other for other in range(self.n_links) if self.links.source[other] == source[1]):
            lost += self.lost[source]
        busy = self.busy[link] - max(0, self.busy_until[link] - self.now)
        longest = self.longest["link", link]
        return self.carried[link], busy, self.waited[link], longest, lost, -1, self.offered[link]

    def _ends(self, packet) -> list[int]:
        edges = packet.unsent or list(self.edges(packet.node))
        return [end for edge in edges for end in self._beyond(self.ways.node_of_edge[edge])] or [packet.node]

    def _beyond(self, node: int) -> list[int]:
        beyond = [self._beyond(self.ways.node_of_edge[edge]) for edge in self.edges(node)]
        return [end for ends in beyond for end in ends] or [node]
