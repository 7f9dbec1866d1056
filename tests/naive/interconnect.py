"""The oracle of the interconnect in the closed loop: every cell's ways written out, walked by a naive kernel.

Spikes enter in the first cycle of their tick; what has arrived by its end is delivered in it. With a barrier a tick
ends when nothing is under way.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import inf

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN, LINK_OUT, topology_of
from neurohw.program import Program
from neurohw_event.fabric import Links, Ways, Work
from tests.naive.credit import NaiveCredit
from tests.naive.fcfs import NaiveFcfs, Rules


def limit(packets: float) -> int:
    """Return a number of packets as links and rules take it."""
    return -1 if packets == inf else int(packets)


class NaiveChip:
    """Links of a chip in the order of its wires, then crossbars, then encoders."""

    def __init__(self, program: Program) -> None:
        self.chip, self.wires = program.chip, program.routes.links
        self.n_routers = int(max(self.wires.source.max(), self.wires.target.max())) + 1
        self.rows: list[tuple[int, ...]] = []
        self.limits: list[tuple[int, int]] = []
        for link in range(len(self.wires.kind)):
            self._add_wire(link)
        tile = self.chip.tile
        self.reads = tile.read_cycles > 0 or tile.synapse_cycles > 0
        dropping = self.chip.interconnect.full_buffer == "drop_new"
        for t in range(self.chip.n_tiles):
            self.rows.append((self.n_routers + t, -1, 0, -1 if self.reads else 0, -1, 0))
            self.limits.append((limit(tile.fifo_packets) if dropping else -1, -1))
        for t in range(self.chip.n_tiles) if tile.encode_cycles else ():
            station = self.n_routers + t
            buffer = limit(self.chip.interconnect.buffer_packets)
            self.rows.append(
                (station + self.chip.n_tiles, station, tile.encode_cycles, tile.encode_cycles, buffer, 0)
            )
            self.limits.append((self._source_limit(), -1))

    def crossbar(self, tile: int) -> int:
        """Return the link that is the crossbar of a tile."""
        return len(self.wires.kind) + tile

    def encoder(self, tile: int) -> int:
        """Return the link that is the encoder of a tile."""
        return self.crossbar(tile) + self.chip.n_tiles

    def links(self) -> Links:
        """Return them for a kernel."""
        columns = [np.array(column, np.int64) for column in zip(*self.rows, strict=True)]
        return Links(columns[0].astype(np.int32), columns[1].astype(np.int32), *columns[2:])

    def tail(self, link: int) -> int:
        """Return the cycles from a packet's head to its tail behind a link."""
        return max(self.rows[link][3] - 1, 0)

    def _source_limit(self) -> int:
        blocks = self.chip.interconnect.full_buffer == "block"
        return -1 if blocks else limit(self.chip.tile.encoder_packets)

    def _add_wire(self, link: int) -> None:
        wires, tile = self.chip.interconnect, self.chip.tile
        source, target = int(self.wires.source[link]), int(self.wires.target[link])
        service, depth = self.chip.service_cycles, limit(wires.buffer_packets)
        dropping = limit(wires.buffer_packets) if wires.full_buffer == "drop_new" else -1
        wait = wires.wait_cycles if wires.full_buffer == "drop_after_wait" else -1
        if self.wires.kind[link] == LINK_HOP:
            across = self._is_across(source, target)
            latency = wires.hop_cycles + (wires.chip_link_cycles if across else wires.link_cycles)
            service = self.chip.chip_service_cycles if across else service
        elif self.wires.kind[link] == LINK_IN:
            latency, source = wires.inject_cycles, self.n_routers + int(self.wires.tile[link])
            dropping, wait = (dropping if tile.encode_cycles else self._source_limit()), -1
        else:
            latency, target = (
                wires.hop_cycles + wires.eject_cycles,
                self.n_routers + int(self.wires.tile[link]),
            )
            depth = limit(tile.fifo_packets)
        if wires.topology == "ideal":
            latency += max(service - 1, 0) if self.wires.kind[link] == LINK_OUT else 0
            service = 0
        self.rows.append((source, target, latency, service, depth, wires.credit_cycles))
        self.limits.append((dropping, wait))

    def _is_across(self, source: int, target: int) -> bool:
        """Whether a link joins two chips: tiles of a grid far enough apart, or the roots of two trees."""
        wires = self.chip.interconnect
        if wires.topology == "tree":
            return min(source, target) >= self.n_routers - wires.width * wires.height
        if wires.topology not in ("mesh", "torus"):
            return False
        size = np.minimum([wires.chip_height, wires.chip_width], [wires.height, wires.width])
        return bool((divmod(source, wires.width) // size != divmod(target, wires.width) // size).any())


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
        rank, seen = [-1] * len(sizes), Counter()
        for node in sorted(self.ends):
            cell = self.ends[node][0]
            rank[node] = seen[cell]
            seen[cell] += 1
        ways = Ways(
            edges_of_node=np.cumsum([0, *sizes]),
            link_of_edge=np.array([link for link, _ in flat], np.int32),
            node_of_edge=np.array([node for _, node in flat], np.int32),
            leaves_of_node=np.array([len(self.ends_beyond(node)) for node in range(len(sizes))], np.int32),
            rank_of_node=np.array(rank, np.int32),
        )
        first = np.cumsum([0, *(len(work) for work in self.work)])[:-1]
        return ways, Work(np.array([w for work in self.work for w in work] or [0]), first)

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


class Credits(NaiveCredit):
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


class NaiveInterconnect:
    """Deliveries of one program; call ``step`` once a tick with the cells that fired in it."""

    def __init__(self, program: Program, fidelity: str) -> None:
        self.program, self.chip = program, program.chip
        self.sync = self.chip.synchronisation
        self.naive_chip = NaiveChip(program)
        self.ways = NaiveWays(program, self.naive_chip)
        self.kernel = self._make_kernel(fidelity)
        self.tile_of_cell = program.placement.tile_of_cell
        self.base = 0
        self.begin_of_tick: list[int] = []
        self.entered: Counter[tuple[int, int]] = Counter()  # deliveries (cell, tile) to be made
        self.late_dropped: list[tuple[int, int]] = []
        self.latencies: list[int] = []
        self.stages: list[tuple[int, ...]] = []  # generation, network, blocking, processing
        self.stamps: list[tuple[int, ...]] = []  # cell, tile, tick fired, tick arrived
        self.taken = 0

    def step(self, tick: int, fired: list[int]) -> list[tuple[int, int]]:
        """Return the arrivals (cell, tile) of a tick."""
        self.begin_of_tick.append(self.base)
        for cell in sorted(fired):
            for node in self.ways.entries[cell]:
                self.kernel.enter(node, cell, self.base, self.base)
                self.entered.update(self.ways.ends[end] for end in self.ways.ends_beyond(node))
        if self.sync.sync == "barrier":
            until = self._drain()
        else:
            until = self.base + self.chip.cycles_per_tick(self.program.network.timestep_ms)
            self.kernel.advance(until)
        new = self.kernel.arrived[self.taken :]
        self.taken += len(new)
        arrivals = [arrival for delivery in new if (arrival := self._deliver(tick, *delivery))]
        if self.sync.sync == "barrier":
            until = self.base + max(until - self.base, self._compute(new)) + self.sync.sync_cycles
        self.base = until
        return arrivals

    @property
    def sent(self) -> int:
        """Deliveries that were to be made."""
        return self.entered.total()

    @property
    def in_flight(self) -> int:
        """Deliveries still to be made."""
        return len(self.kernel.under_way)

    @property
    def lost(self) -> int:
        """Deliveries lost on the way."""
        return sum(self.kernel.counts(link)[4] for link in range(len(self.naive_chip.rows)))

    def losses(self) -> list[tuple[int, int]]:
        """Return (cell, tile) of every delivery that was lost."""
        ends = self.ways.ends
        missing = self.entered - Counter(ends[end] for _, end in self.kernel.under_way)
        return list((missing - Counter((cell, tile) for cell, tile, *_ in self.stamps)).elements())

    def _make_kernel(self, fidelity: str) -> NaiveFcfs | Credits:
        ways, work = self.ways.arrays()
        if fidelity == "credit":
            return self._make_credits(ways, work)
        limits, waits = zip(*self.naive_chip.limits, strict=True)
        reinject = limit(self.chip.interconnect.reinject_cycles)
        rules = Rules(limits, waits, reinject, contention=fidelity == "fcfs")
        return NaiveFcfs(self.naive_chip.links(), ways, work, rules)

    def _make_credits(self, ways: Ways, work: Work) -> Credits:
        wires = self.chip.interconnect
        waits = {"block": -1, "drop_new": 0, "drop_after_wait": wires.wait_cycles}
        none = np.full(self.chip.n_tiles * (2 if self.chip.tile.encode_cycles else 1), -1)
        return Credits(
            self.naive_chip.links(),
            ways,
            work,
            wait=waits[wires.full_buffer],
            reinject=limit(wires.reinject_cycles),
            source_packets=-1 if wires.full_buffer == "block" else limit(self.chip.tile.encoder_packets),
            ring=[*topology_of(wires).ring_of_link, *none],
        )

    def _drain(self) -> int:
        until = self.base
        while self.kernel.under_way:
            until += 1
            self.kernel.advance(until)
        return until

    def _compute(self, deliveries: list[tuple[int, ...]]) -> int:
        """Return the cycles that the busiest tile computes in a step."""
        tile, cells = self.chip.tile, Counter()
        for cell, cluster in enumerate(self.program.clusters.cluster_of_cell):
            cells[int(self.tile_of_cell[cell])] += cluster >= 0
        cycles = Counter({t: n * tile.update_cycles for t, n in cells.items()})
        for _, node, *_ in deliveries:
            cell, t = self.ways.ends[node]
            cycles[t] += tile.read_cycles + tile.synapse_cycles * synapses_to(self.program, cell, t)
        return max(cycles.values())

    def _deliver(self, tick: int, cell: int, node: int, fired: int, entered: int, reached: int, cycle: int):
        tile = self.ways.ends[node][1]
        fired_tick = len(self.begin_of_tick) - 1 - self.begin_of_tick[::-1].index(fired)
        if fired_tick < tick and self.sync.sync == "realtime" and self.sync.late_packets == "drop":
            self.late_dropped.append((cell, tile))
            return None
        network = self.ways.zero_load[node]
        self.latencies.append(cycle - fired)
        self.stages.append((entered - fired, network, reached - entered - network, cycle - reached))
        self.stamps.append((cell, tile, fired_tick, tick))
        return cell, tile
