"""The interconnect of one run: built for a program and a fidelity, given room, and asked what is under way."""

from __future__ import annotations

from math import isinf

import numpy as np

from neurohw.errors import DeadlockError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP
from neurohw.program import Program
from neurohw.tracing import Tracing
from neurohw_event import credit_counts, fcfs_counts
from neurohw_event.account import (
    BASE,
    N_CLOCKS,
    TICK,
    Account,
    Interconnect,
    Pace,
    make_account,
    make_marks,
)
from neurohw_event.chip_links import ChipLinks, make_chip_links, packets_or_unlimited
from neurohw_event.credit import RouterRules, grow_credit, make_credit, waiting_cycle
from neurohw_event.fabric import Array, Ways, Work, make_arrived, runs
from neurohw_event.fcfs import Fcfs, LinkRules, enter_at_steps, grow_fcfs, make_fcfs
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.kernels.credit.state import Credit
from neurohw_event.kernels.interconnect import free_packets, is_empty
from neurohw_event.layout import Wiring
from neurohw_event.reach import make_reach
from neurohw_event.timeline import longest_of_bins, make_bins
from neurohw_event.tracing import grow_message_log, make_message_log, make_transfer_log
from neurohw_event.ways import ends_of, make_ways, walk

PACKETS = 4096  # under way, at first
DELIVERIES = 512  # that the kernel may leave behind before they are taken


class Transport:
    """Packets of one program on their chip; ``net`` is what the kernels take."""

    def __init__(
        self, program: Program, chip: Chip, fidelity: str, wiring: Wiring, tracing: Tracing | None = None
    ) -> None:
        self.chip, self.fidelity = chip, fidelity
        self.chip_links = make_chip_links(chip)
        self.ways, self.senders, self.zero_load_of_node = make_ways(program, self.chip_links)
        ways = self.ways
        work = make_work(chip, wiring)
        self.transfers = None if tracing is None else make_transfer_log(tracing)
        fcfs = (
            None
            if fidelity == "credit"
            else _fcfs(chip, self.chip_links, ways, work, fidelity, tracing is None)
        )
        credit = _credit(chip, self.chip_links, ways, work) if fidelity == "credit" else None
        senders = enter_at_steps(self.senders, (fcfs or _present(credit)).first_step)
        self.net = Interconnect(
            senders=senders,
            rank_of_node=ways.rank_of_node,
            pace=_make_pace(program, chip, self.chip_links),
            reach=make_reach(wiring, senders),
            work=work,
            arrived=make_arrived(DELIVERIES),
            arrival=np.zeros(DELIVERIES, np.int32),
            marks=make_marks(wiring),
            fcfs=None if fcfs is None else fcfs._replace(transfers=self.transfers),
            credit=None if credit is None else credit._replace(transfers=self.transfers),
            messages=None if tracing is None else make_message_log(),
            bins=make_bins(
                self.chip_links.crossbars, len(self.chip_links.links.source), program.network.timestep_ms
            ),
        )

    @property
    def waiting_deliveries(self) -> int:
        """Deliveries that have been made but not taken."""
        return int(self.net.arrived.size[0])

    def note_waiting(self) -> None:
        """Make room to note the deliveries that have been made but not taken."""
        log = self.net.messages
        if log is not None:
            self.net = self.net._replace(messages=grow_message_log(log, self.waiting_deliveries))

    def make_room(self, packets: int, copies: bool) -> None:
        """Make room for so many packets more, or for ``copies`` of those under way."""
        missing = packets - int(free_packets(self.net.fcfs, self.net.credit))
        if missing <= 0 and not copies:
            return
        more = max(missing, self._size())
        fcfs, credit = self.net.fcfs, self.net.credit
        self.net = self.net._replace(
            fcfs=None if fcfs is None else grow_fcfs(fcfs, more),
            credit=None if credit is None else grow_credit(credit, more),
        )

    def rewire(self, wiring: Wiring) -> None:
        """Go on with other synapses at the ends of the same ways."""
        kernel = self.net.credit or self.net.fcfs
        for work in (self.net.work, *([] if kernel is None else [kernel.work])):
            work.cycles[:] = make_work(self.chip, wiring).cycles
        self.net = self.net._replace(reach=make_reach(wiring, self.net.senders), marks=make_marks(wiring))

    def counts(self) -> LinkCounts:
        """Return what every link did so far."""
        if self.net.fcfs is not None:
            return fcfs_counts.count_links(self.net.fcfs)
        return credit_counts.count_links(_present(self.net.credit))

    def in_flight(self) -> int:
        """Count the deliveries that are still to be made."""
        return len(self._under_way()[0])

    def under_way(self, wiring: Wiring) -> Array:
        """Count for each arrival the deliveries that are still to be made, int64 [n_arrivals]."""
        sender, node = self._under_way()
        arrival = sender + self.ways.rank_of_node[node]
        return np.bincount(arrival, minlength=len(wiring.tile))

    def make_account(self, wiring: Wiring) -> Account:
        """Return counts of nothing, with the tile of each arrival and how long its way takes with nothing in it."""
        chip = self.chip
        # packets from one tile to another stay in order, but for those that routers send again; with free links a
        # crossbar that works less than before may be the first to have done
        overtakes = not isinf(chip.interconnect.reinject_cycles) or (
            self.fidelity == "latency" and chip.tile.synapse_cycles > 0
        )
        account = make_account(len(wiring.tile), chip.n_tiles, overtakes)
        account.of_arrival["tile"] = wiring.tile
        account.of_arrival["zero_load"] = self._zero_load(wiring)
        return account

    def _zero_load(self, wiring: Wiring) -> Array:
        """Return the cycles from encoder to crossbar in an empty network for each arrival, int64 [n_arrivals]."""
        cell, packet = self._packets()
        ways, senders = self.ways, self.senders
        entrance, kind = self._kinds()
        kind_of_end, end = ends_of(ways, np.arange(len(entrance)), entrance)
        end = end[np.argsort(kind_of_end, kind="stable")]
        n_ends = np.bincount(kind_of_end, minlength=len(entrance))
        end = end[runs((np.cumsum(n_ends) - n_ends)[kind[packet]], n_ends[kind[packet]])]
        sender = np.repeat(wiring.arrivals_of_cell[cell] + senders.rank[packet], n_ends[kind[packet]])
        cycles = np.zeros(len(wiring.tile), np.int64)
        cycles[sender + ways.rank_of_node[end]] = self.zero_load_of_node[end]
        return cycles

    def hops_of_cells(self) -> tuple[Array, Array]:
        """Return the links between routers that a spike of each cell takes, and those between chips among them."""
        topology, n_cells = self.chip_links.topology, len(self.senders.bundle_of_cell)
        is_hop = np.zeros(len(self.chip_links.links.source), bool)
        is_across = is_hop.copy()
        is_hop[: topology.links.n_links] = topology.links.kind == LINK_HOP
        is_across[: topology.links.n_links] = topology.is_chip_link
        entrance, kind = self._kinds()
        hops, across = np.zeros((2, len(entrance)), np.int64)
        for _, _, taker, link in walk(self.ways, np.arange(len(entrance)), entrance):
            hops += np.bincount(taker[is_hop[link]], minlength=len(entrance))
            across += np.bincount(taker[is_across[link]], minlength=len(entrance))
        cell, packet = self._packets()
        of_cell = (np.bincount(cell, n[kind[packet]], minlength=n_cells) for n in (hops, across))
        return next(of_cell).astype(np.int64), next(of_cell).astype(np.int64)

    def _kinds(self) -> tuple[Array, Array]:
        """Return the nodes where packets enter, and which of them that is for each packet."""
        entrance, kind = np.unique(self.senders.node, return_inverse=True)
        return entrance, kind

    def _packets(self) -> tuple[Array, Array]:
        """Return every pair of a cell and a packet of its spikes."""
        senders = self.senders
        cell = np.flatnonzero(senders.bundle_of_cell >= 0)
        bundle = senders.bundle_of_cell[cell]
        n = np.diff(senders.starts_of_bundle)[bundle]
        return np.repeat(cell, n), runs(senders.starts_of_bundle[bundle], n)

    def busy_of_wires(self) -> Array:
        """Return the cycles for which each wire was held so far."""
        fcfs, n = self.net.fcfs, self.chip_links.crossbars
        if fcfs is not None:
            return fcfs_counts.busy_of_wires(fcfs)[:n]
        return credit_counts.busy_of_links(_present(self.net.credit))[:n]

    def longest_since(self) -> Array:
        """Return the packets that waited for each link at once, at most, since the last bin was closed.

        With credits those count that stand in the buffer behind it.
        """
        if self.net.fcfs is not None:
            return fcfs_counts.longest_queues(self.net.fcfs)
        return credit_counts.longest_queues(_present(self.net.credit))

    def longest_queues(self) -> Array:
        """Return the same for the whole run; before crossbars those count that have come out of the router."""
        longest = np.maximum(longest_of_bins(self.net.bins), self.longest_since())
        if self.net.credit is not None:
            links = self.chip_links
            longest[links.of_tiles(links.crossbars)] = longest[links.of_tiles(self.chip.n_tiles)]
        return longest

    def begin_of(self, tick: int) -> int:
        """Return the cycle in which a tick begins, which is not before the present one."""
        pace = self.net.pace
        return int(pace.clock[BASE] + (tick - pace.clock[TICK]) * (pace.per_tick + pace.sync_cycles))

    def deadlock(self) -> DeadlockError:
        """Return the error that names the links on which packets wait for each other."""
        names = [self.chip_links.name(link) for link in waiting_cycle(_present(self.net.credit))]
        return DeadlockError(
            f"chip {self.chip.name!r}: packets wait for each other for ever, each in the buffer behind one of these "
            f"links for a place behind the next: {', '.join([*names, *names[:1]])}; use larger buffers "
            "(buffer_packets, fifo_packets), full_buffer 'drop_new' or 'drop_after_wait', or multicast = False"
        )

    def _size(self) -> int:
        """Return how many packets there is room for in all."""
        fcfs, credit = self.net.fcfs, self.net.credit
        return len(fcfs.packets) if fcfs is not None else len(_present(credit).packet)

    def _under_way(self) -> tuple[Array, Array]:
        fcfs, credit = self.net.fcfs, self.net.credit
        if is_empty(fcfs, credit):
            return np.empty(0, np.int32), np.empty(0, np.int32)
        if fcfs is not None:
            return fcfs_counts.deliveries_under_way(fcfs)
        return credit_counts.deliveries_under_way(_present(credit))


def make_work(chip: Chip, wiring: Wiring) -> Work:
    """Return the cycles that a crossbar works on each arrival."""
    if chip.tile.synapse_cycles == 0:
        return Work(np.full(1, chip.tile.read_cycles, np.int64), stride=0)
    first = wiring.synapses_of_segment[wiring.segments_of_arrival]
    return Work(chip.tile.read_cycles + chip.tile.synapse_cycles * np.diff(first))


def _make_pace(program: Program, chip: Chip, chip_links: ChipLinks) -> Pace:
    synchronisation = chip.synchronisation
    is_barrier = synchronisation.sync == "barrier"
    usage = program.tile_usage()
    cells = np.zeros(chip.n_tiles, np.int64) if usage is None else usage.cells
    update_cycles = cells * chip.tile.update_cycles
    return Pace(
        per_tick=(
            int(update_cycles.max(initial=0))
            if is_barrier
            else chip.cycles_per_tick(program.network.timestep_ms)
        ),
        sync_cycles=synchronisation.sync_cycles if is_barrier else 0,
        is_barrier=int(is_barrier),
        drops_late=int(synchronisation.sync == "realtime" and synchronisation.late_packets == "drop"),
        encode_cycles=chip.tile.encode_cycles,
        reads=int(chip_links.reads),
        update_cycles=update_cycles,
        clock=np.zeros(N_CLOCKS, np.int64),
    )


def _fcfs(chip: Chip, chip_links: ChipLinks, ways: Ways, work: Work, fidelity: str, joins: bool) -> Fcfs:
    rules = LinkRules(
        contention=fidelity == "fcfs",
        waiting_limit=chip_links.waiting_limit,
        wait_cycles=chip_links.wait_cycles,
        reinject_cycles=packets_or_unlimited(chip.interconnect.reinject_cycles),
        joins=joins,
    )
    return make_fcfs(chip_links.links, ways, work, rules, PACKETS)


def _credit(chip: Chip, chip_links: ChipLinks, ways: Ways, work: Work) -> Credit:
    wires = chip.interconnect
    patience = {"block": -1, "drop_new": 0, "drop_after_wait": wires.wait_cycles}[wires.full_buffer]
    blocks = wires.full_buffer == "block"
    rules = RouterRules(
        wait_cycles=patience,
        reinject_cycles=packets_or_unlimited(wires.reinject_cycles),
        source_packets=-1 if blocks else packets_or_unlimited(chip.tile.encoder_packets),
        ring=chip_links.ring,
    )
    return make_credit(chip_links.links, ways, work, rules, PACKETS)


def _present(credit: Credit | None) -> Credit:
    if credit is None:
        raise ValueError("this interconnect has no routers with credits")
    return credit
