"""The ways of every cell's packets for the oracles, written out as the routes say, and the work at their ends."""

from __future__ import annotations

import numpy as np

from neurohw.program import Program
from neurohw_event.fabric import Ways, Work
from tests.naive.chip_links import NaiveChip


class NaiveWays:
    """A node for everything that a packet of a cell can stand before, one cell after the other."""

    def __init__(self, program: Program, naive_chip: NaiveChip) -> None:
        self.program, self.chip = program, naive_chip
        self.edges: list[list[tuple[int, int]]] = []
        self.ends: dict[int, tuple[int, int]] = {}  # node: cell, tile
        self.zero_load: dict[int, int] = {}
        self.entries: dict[int, list[int]] = {}
        self.work: list[list[int]] = []
        for cell in range(program.network.n_cells):
            self.work.append([])
            self.entries[cell] = self._write_out(cell)

    def arrays(self) -> tuple[Ways, Work]:
        """Return the graph, and cycles of crossbars, for a kernel."""
        sizes = [len(edges) for edges in self.edges]
        flat = [edge for edges in self.edges for edge in edges]
        rank, work = [-1] * len(sizes), iter(work for of_cell in self.work for work in of_cell)
        cycles = np.zeros(self.program.network.n_cells + len(self.ends), np.int64)
        for number, node in enumerate(sorted(self.ends)):
            rank[node] = number
            cycles[self.ends[node][0] + number] = next(work)  # no other cell and end have the same sum
        ways = Ways(
            edges_of_node=np.cumsum([0, *sizes]),
            link_of_edge=np.array([link for link, _ in flat], np.int32),
            node_of_edge=np.array([node for _, node in flat], np.int32),
            leaves_of_node=np.array([len(self.ends_beyond(node)) for node in range(len(sizes))], np.int32),
            rank_of_node=np.array(rank, np.int32),
        )
        return ways, Work(cycles)

    def ends_beyond(self, node: int) -> list[int]:
        """Return the ends at or beyond a node."""
        if node in self.ends:
            return [node]
        return [end for _, target in self.edges[node] for end in self.ends_beyond(target)]

    def _node(self) -> int:
        self.edges.append([])
        return len(self.edges) - 1

    def _write_out(self, cell: int) -> list[int]:
        program, chip = self.program, self.chip.chip
        routes, home = program.routes, int(program.placement.tile_of_cell[cell])
        tree = int(routes.tree_of_cell[cell])
        begin, end = (0, 0) if tree < 0 else routes.node_indptr[tree : tree + 2]
        roots = [node for node in range(begin, end) if routes.node_parent[node] < 0]
        branches = [("own", None)] if routes.is_local[cell] else []
        branches += [("root", root) for root in roots]
        packets = (
            [branches] if chip.interconnect.multicast and branches else [[branch] for branch in branches]
        )
        entries = []
        for packet in packets:
            entry = stand = self._node()
            if chip.tile.encode_cycles:
                stand = self._node()
                self.edges[entry].append((self.chip.encoder(home), stand))
            for kind, root in packet:
                if kind == "own":
                    self._end(cell, home, stand, 0, True)
                else:
                    self._take(cell, root, begin, stand, 0)
            entries.append(entry)
        return entries

    def _take(self, cell: int, route_node: int, begin: int, before: int, passed: int) -> None:
        """Write out a link that is taken at a node, and all beyond it."""
        routes, link = self.program.routes, int(self.program.routes.node_link[route_node])
        passed += self.chip.rows[link][2]
        behind = self._node()
        self.edges[before].append((link, behind))
        tile = int(routes.node_tile[route_node])
        if tile >= 0:
            self._end(cell, tile, behind, passed + self.chip.tail(link), self.chip.reads)
            return
        tree = int(routes.tree_of_cell[cell])
        for child in range(begin, routes.node_indptr[tree + 1]):
            if routes.node_parent[child] + begin == route_node:
                self._take(cell, child, begin, behind, passed)

    def _end(self, cell: int, tile: int, node: int, passed: int, through_crossbar: bool) -> None:
        if through_crossbar:
            behind = self._node()
            self.edges[node].append((self.chip.crossbar(tile), behind))
            node = behind
        self.ends[node] = cell, tile
        self.zero_load[node] = passed
        description = self.chip.chip.tile
        synapses = synapses_to(self.program, cell, tile)
        self.work[cell].append(description.read_cycles + description.synapse_cycles * synapses)


def synapses_to(program: Program, cell: int, tile: int) -> int:
    """Count the synapses from a cell to cells of a tile."""
    n = 0
    for synapses in program.network.synapses:
        pre, post = program.network.populations[synapses.pre], program.network.populations[synapses.post]
        if pre.first <= cell < pre.first + pre.size:
            row = synapses.indptr[cell - pre.first], synapses.indptr[cell - pre.first + 1]
            targets = post.first + synapses.target[slice(*row)]
            n += int(np.sum(program.placement.tile_of_cell[targets] == tile))
    return n
