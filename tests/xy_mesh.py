"""A mesh with dimension-order routing as links and next-port ways: one node for each place and destination."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from neurohw_event.fabric import Links, Ways

PARTS = ("encoder", "tile", "router", "end")


@dataclass(frozen=True)
class XYMesh:
    """Cycles of a mesh's stages; those that take none are left out."""

    width: int
    height: int
    hop: int = 3
    inject: int = 1
    eject: int = 1
    service: int = 1  # flits of a packet
    encode: int = 0
    crossbar: bool = False
    edges: dict[int, tuple[int, int]] = field(default_factory=dict, init=False)
    links: list[tuple[int, int, int, int]] = field(default_factory=list, init=False)

    @property
    def n_tiles(self) -> int:
        """Tiles of the mesh."""
        return self.width * self.height

    def node(self, part: str, at: int, target: int) -> int:
        """Return the node of a packet to tile ``target`` at one of the ``PARTS`` of position ``at``.

        Nodes of one target lie together: those of a packet's next hops then share memory pages.
        """
        return (PARTS.index(part) * self.n_tiles + target) * self.n_tiles + at

    def source(self, tile: int, target: int) -> int:
        """Return the node at which a packet enters."""
        return self.node("encoder" if self.encode else "tile", tile, target)

    def hops(self, a: int, b: int) -> int:
        """Return the hops from router to router."""
        return abs(a % self.width - b % self.width) + abs(a // self.width - b // self.width)

    def zero_load(self, a: int, b: int, read: int = 0) -> int:
        """Return the cycles of a packet's way while there are no others."""
        if a == b:
            return self.encode + read
        wires = self.inject + self.hop * (self.hops(a, b) + 1) + self.eject
        return self.encode + wires + self.service - 1 + read

    def build(self) -> tuple[Links, Ways]:
        """Return links and ways."""
        for tile in range(self.n_tiles):
            self._build_tile(tile)
        source, target, latency, service = (np.array(column) for column in zip(*self.links, strict=True))
        none = np.full(len(source), -1)
        n_nodes = len(PARTS) * self.n_tiles**2
        has_edge = np.isin(np.arange(n_nodes), list(self.edges))
        edges = [self.edges[node] for node in sorted(self.edges)]
        ways = Ways(
            edges_of_node=np.concatenate([[0], np.cumsum(has_edge)]),
            link_of_edge=np.array([link for link, _ in edges], np.int32),
            node_of_edge=np.array([node for _, node in edges], np.int32),
            leaves_of_node=np.ones(n_nodes, np.int32),
            rank_of_node=np.where(has_edge, -1, 0).astype(np.int32),
        )
        return Links(source.astype(np.int32), target.astype(np.int32), latency, service, none, none + 1), ways

    def _build_tile(self, tile: int) -> None:
        n, others = self.n_tiles, [target for target in range(self.n_tiles) if target != tile]
        if self.encode:
            encoder = self._link(2 * n + tile, n + tile, self.encode, self.encode)
            for target in range(n):
                self._edge("encoder", tile, target, encoder, ("tile", tile))
        enter, leave = (
            self._link(n + tile, tile, self.inject),
            self._link(tile, n + tile, self.hop + self.eject),
        )
        for target in others:
            self._edge("tile", tile, target, enter, ("router", tile))
        if self.crossbar:
            self._edge("router", tile, tile, leave, ("tile", tile))
            self._edge("tile", tile, tile, self._link(n + tile, -1, 0, -1), ("end", tile))
        else:
            self._edge("router", tile, tile, leave, ("end", tile))
        for port in sorted({self._next(tile, target) for target in others}):
            hop = self._link(tile, port, self.hop)
            for target in others:
                if self._next(tile, target) == port:
                    self._edge("router", tile, target, hop, ("router", port))

    def _next(self, at: int, target: int) -> int:
        dx, dy = target % self.width - at % self.width, target // self.width - at // self.width
        return at + (np.sign(dx) if dx else self.width * np.sign(dy))

    def _link(self, source: int, target: int, latency: int, service: int | None = None) -> int:
        self.links.append((source, target, latency, self.service if service is None else service))
        return len(self.links) - 1

    def _edge(self, part: str, at: int, target: int, link: int, behind: tuple[str, int]) -> None:
        self.edges[self.node(part, at, target)] = link, self.node(*behind, target)
