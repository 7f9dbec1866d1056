"""The oracle of the interconnect in the closed loop: every cell's ways written out, walked by a naive kernel.

Spikes enter in the first cycle of their tick; what has arrived by its end is delivered in it. With a barrier a tick
ends when nothing is under way.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from neurohw.hardware.topology import topology_of
from neurohw.program import Program
from neurohw_event.fabric import Ways, Work
from tests.naive.chip_credit import ChipCredit
from tests.naive.chip_links import NaiveChip, limit
from tests.naive.chip_ways import NaiveWays, synapses_to
from tests.naive.fcfs import NaiveFcfs, Rules


class Delivery(NamedTuple):
    """One packet's arrival at a tile; in cycles but for the ticks."""

    cell: int
    tile: int
    fired: int
    entered: int
    reached: int
    cycle: int
    least: int  # from ``entered`` to ``reached`` in an empty network
    fired_tick: int
    tick: int


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
        self.deliveries: list[Delivery] = []
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
    def latencies(self) -> list[int]:
        """Cycles from firing to delivery."""
        return [d.cycle - d.fired for d in self.deliveries]

    @property
    def stages(self) -> list[tuple[int, ...]]:
        """Their parts: generation, network, blocking, processing."""
        return [
            (d.entered - d.fired, d.least, d.reached - d.entered - d.least, d.cycle - d.reached)
            for d in self.deliveries
        ]

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
        return list((missing - Counter((cell, tile) for cell, tile, *_ in self.deliveries)).elements())

    def _make_kernel(self, fidelity: str) -> NaiveFcfs | ChipCredit:
        ways, work = self.ways.arrays()
        if fidelity == "credit":
            return self._make_credits(ways, work)
        limits, waits = zip(*self.naive_chip.limits, strict=True)
        reinject = limit(self.chip.interconnect.reinject_cycles)
        rules = Rules(limits, waits, reinject, contention=fidelity == "fcfs")
        return NaiveFcfs(self.naive_chip.links(), ways, work, rules)

    def _make_credits(self, ways: Ways, work: Work) -> ChipCredit:
        wires = self.chip.interconnect
        waits = {"block": -1, "drop_new": 0, "drop_after_wait": wires.wait_cycles}
        none = np.full(self.chip.n_tiles * (2 if self.chip.tile.encode_cycles else 1), -1)
        return ChipCredit(
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
        least = self.ways.zero_load[node]
        times = fired, entered, reached, cycle, least
        self.deliveries.append(Delivery(cell, tile, *times, fired_tick, tick))
        return cell, tile
