"""Traffic without neurons on the interconnect: latency and throughput over load, as network simulators measure them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import DeadlockError, SettingError
from neurohw_event.credit import grow_credit, make_arrived, make_credit, waiting_cycle
from neurohw_event.fabric import Array, Links, Ways
from neurohw_event.kernels.credit.state import DEADLOCK, NO_ROOM, NOW, Credit
from neurohw_event.kernels.histogram import N_BINS, bin_edges
from neurohw_event.kernels.traffic import (
    ACCEPTED,
    ARRIVED,
    CREATED,
    CREATED_LATE,
    HOPS,
    LATENCY,
    LATENCY_LATE,
    LONGEST,
    N_COUNTS,
    SHORTEST,
    WINDOW,
    Offer,
    Tally,
    drive_credit,
    first_packets,
)

ROOM = 4096  # deliveries between two counts
GROWTH = 1.2  # of the mean latency from the first to the second half of a steady run, at most


@dataclass(frozen=True)
class TrafficResult:
    """What packets made in the measured time met; latencies in cycles from making to arrival of the tail.

    Attributes
    ----------
    load, accepted
        Flits per tile and cycle: asked for, and arrived in the measured time.
    accepted_least
        Of the tile with the fewest arrivals.
    created, arrived
        Packets made in the measured time, and those of them that arrived before the run was given up.
    latency_mean, latency_p99, latency_min, latency_max
        Of those that arrived; NaN where none did. The 99th percentile is exact below 64 cycles, above within 3 %.
    hops
        Mean number of links from router to router.
    steady
        All have arrived, and those made in the second half were not slower than the first by more than a fifth.
    cycles
        Simulated in all.
    packet_links
        Links taken by packets in all.

    """

    load: float
    accepted: float
    accepted_least: float
    created: int
    arrived: int
    latency_mean: float
    latency_p99: float
    latency_min: float
    latency_max: float
    hops: float
    steady: bool
    cycles: int
    packet_links: int


def simulate_traffic(
    links: Links,
    ways: Ways,
    entry: Array,
    source_of_tile: Array,
    is_hop: Array,
    *,
    load: float,
    partner: Array | None = None,
    share: Array | None = None,
    flits: int = 1,
    warm_up: int = 9000,
    cycles: int = 9000,
    drain: int = 100_000,
    seed: int = 1,
    ring: Array | None = None,
) -> TrafficResult:
    """Let every tile make packets at random, and measure those of ``cycles`` cycles after ``warm_up``.

    Parameters
    ----------
    links, ways
        The interconnect; ways have one edge at each node.
    entry
        int32 [n_tiles, n_tiles]: node at which a packet from a tile to a tile begins.
    source_of_tile
        int64 [n_tiles]: station whose source queue a tile's packets enter.
    is_hop
        bool [n_links]: links that count as hops.
    load
        Flits per tile and cycle, above 0 and at most ``flits``: a tile makes a packet in a cycle with probability
        load / flits (Bernoulli).
    partner
        int32 [n_tiles]: the only destination of each tile, -1 where it is drawn for each packet. Default: all drawn.
    share
        float64 [1 or n_tiles, n_tiles]: cumulative probabilities of destinations, for all tiles or for each.
        Default: all tiles alike, the sender included.
    flits
        Of a packet, as the ``service`` of the links says.
    warm_up, cycles, drain
        Not measured; measured; how long to wait for the last measured packets at most, under continued load.
    seed
        Of the random numbers.
    ring
        int32 [n_links]: rings of a torus, see ``make_credit``.

    Raises
    ------
    SettingError
        A load that no tile can make, or no time.
    DeadlockError
        Packets wait for each other.

    """
    if not 0 < load <= flits:
        raise SettingError(f"load {load}: above 0 and at most {flits} flits per tile and cycle")
    if cycles < 1 or warm_up < 0 or drain < 0:
        raise SettingError(f"cycles {cycles}, warm_up {warm_up}, drain {drain}: at least 1, 0 and 0")
    n_tiles = len(entry)
    hops, tile_of_node = _walk(ways, entry, is_hop)
    offer = Offer(
        next=np.zeros(n_tiles, np.int64),
        drawn=np.zeros(n_tiles, np.int64),
        queue=len(links.source) + np.asarray(source_of_tile, np.int64),
        entry=entry,
        partner=np.full(n_tiles, -1, np.int32) if partner is None else np.asarray(partner, np.int32),
        share=np.zeros((0, n_tiles)) if share is None else np.ascontiguousarray(share, np.float64),
        hops=hops,
        tile_of_node=tile_of_node,
        probability=float(load / flits),
        seed=seed,
        begin=warm_up,
        end=warm_up + cycles,
    )
    tally = Tally(np.zeros(N_COUNTS, np.int64), np.zeros(N_BINS, np.int64), np.zeros(n_tiles, np.int64))
    tally.counts[SHORTEST] = np.iinfo(np.int64).max
    state = make_credit(links, ways, ring=ring, pool=2 * WINDOW * n_tiles)
    first_packets(offer)
    state = _drive(state, offer, tally, warm_up + cycles + drain)
    return _result(state, tally, load, flits, cycles)


def _drive(state: Credit, offer: Offer, tally: Tally, until: int) -> Credit:
    arrived = make_arrived(ROOM)
    status = NO_ROOM
    while status == NO_ROOM:
        status = drive_credit(state, arrived, offer, tally, until)
        if status == NO_ROOM:
            state = grow_credit(state, len(state.wheel.next))
    if status == DEADLOCK:
        links = ", ".join(map(str, waiting_cycle(state)))
        raise DeadlockError(f"cycle {state.clock[NOW]}: packets on the links {links} wait for each other")
    return state


def _walk(ways: Ways, entry: Array, is_hop: Array) -> tuple[Array, Array]:
    """Return the hops of each way (int32 [n_tiles, n_tiles]) and the tile of each end (int32 [n_nodes], else -1)."""
    node = np.array(entry, np.int64)
    hops = np.zeros(entry.shape, np.int32)
    is_end = np.diff(ways.edges_of_node) == 0
    while not is_end[node].all():
        moving = ~is_end[node]
        edge = ways.edges_of_node[node[moving]]
        hops[moving] += is_hop[ways.link_of_edge[edge]]
        node[moving] = ways.node_of_edge[edge]
    tile_of_node = np.full(len(is_end), -1, np.int32)
    tile_of_node[node] = np.arange(len(entry))
    return hops, tile_of_node


def _result(state: Credit, tally: Tally, load: float, flits: int, cycles: int) -> TrafficResult:
    counts, n_tiles = tally.counts, len(tally.accepted_of_tile)
    created, arrived = int(counts[CREATED]), int(counts[ARRIVED])
    late = counts[LATENCY_LATE] / max(counts[CREATED_LATE], 1)
    early = (counts[LATENCY] - counts[LATENCY_LATE]) / max(created - counts[CREATED_LATE], 1)
    return TrafficResult(
        load=load,
        accepted=flits * counts[ACCEPTED] / (n_tiles * cycles),
        accepted_least=flits * tally.accepted_of_tile.min() / cycles,
        created=created,
        arrived=arrived,
        latency_mean=counts[LATENCY] / arrived if arrived else np.nan,
        latency_p99=_percentile(tally.latencies, 0.99),
        latency_min=float(counts[SHORTEST]) if arrived else np.nan,
        latency_max=float(counts[LONGEST]) if arrived else np.nan,
        hops=counts[HOPS] / created if created else np.nan,
        steady=bool(arrived == created and late <= GROWTH * max(early, 1)),
        cycles=int(state.clock[NOW]),
        packet_links=int(state.traffic.carried.sum()),
    )


def _percentile(latencies: Array, part: float) -> float:
    """Return the lower edge of the bin that holds a part of all."""
    if not latencies.any():
        return np.nan
    reached = np.cumsum(latencies) >= part * latencies.sum()
    return float(bin_edges()[np.argmax(reached)])
