"""Traffic without neurons on the interconnect: latency and throughput over load, as network simulators measure them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from neurohw.errors import SettingError
from neurohw.traffic import LoadPoint, RecordedPackets
from neurohw_event.fabric import Array, Links, Ways
from neurohw_event.kernels.histogram import N_BINS
from neurohw_event.kernels.traffic.empty import walk
from neurohw_event.kernels.traffic.offer import AHEAD, Offer
from neurohw_event.kernels.traffic.tally import N_COUNTS, SHORTEST, Tally
from neurohw_event.traffic_run import measure

FOREVER = 2**62  # cycles; recorded packets come to an end
LONGEST_GAP = 2.0**56  # cycles, mean; the longest that can be drawn is 37 times as long

ENTRY = np.dtype(
    (
        np.record,
        [
            ("node", "i4"),  # at which the way begins
            ("hops", "i4"),  # links from router to router
            ("empty", "i4"),  # cycles in an empty network
        ],
    )
)


class Distances(NamedTuple):
    """What packets meet on each way in an empty network, and where they end."""

    entries: Array  # ENTRY [n_variants, n_tiles, n_tiles]
    tile_of_node: Array  # int32 [n_nodes], of the ends of ways; -1 elsewhere


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
    fidelity: str = "credit",
    distances: Distances | None = None,
) -> LoadPoint:
    """Let every tile make packets at random, and measure those of ``cycles`` cycles after ``warm_up``.

    Parameters
    ----------
    links, ways
        The interconnect; ways have one edge at each node.
    entry
        int32 [n_tiles, n_tiles]: node at which a packet from a tile to a tile begins. With several such tables,
        [n_variants, n_tiles, n_tiles], one is drawn for each packet.
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
    fidelity
        ``"credit"``, ``"fcfs"`` (links in order of arrival, no limit of buffers) or ``"latency"`` (links always free).
    distances
        Of ``entry``, where they are known: what ``find_distances`` returns.

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
    n_tiles = entry.shape[-1]
    known = distances or find_distances(links, ways, entry, is_hop)
    silent, tally = make_offer(known, links, source_of_tile, warm_up, cycles)
    offer = silent._replace(
        partner=np.full(n_tiles, -1, np.int32)
        if partner is None
        else np.ascontiguousarray(partner, np.int32),
        share=np.zeros((0, n_tiles)) if share is None else np.ascontiguousarray(share, np.float64),
        mean_gap=mean_gap_of(load / flits),
        seed=seed,
    )
    return measure(links, ways, ring, fidelity, offer, tally, warm_up + cycles + drain, load, flits)


def replay_traffic(
    links: Links,
    ways: Ways,
    entry: Array,
    source_of_tile: Array,
    is_hop: Array,
    *,
    packets: RecordedPackets,
    flits: int = 1,
    seed: int = 1,
    ring: Array | None = None,
    fidelity: str = "credit",
    distances: Distances | None = None,
) -> LoadPoint:
    """Send packets as they were recorded, and measure all of them.

    Parameters
    ----------
    links, ways, entry, source_of_tile, is_hop, flits, seed, ring, fidelity, distances
        As for ``simulate_traffic``.
    packets
        What each tile sends, and when.

    Raises
    ------
    DeadlockError
        Packets wait for each other.

    """
    begun = packets.cycle - packets.cycle.min()
    order = np.lexsort((begun, packets.source))
    ends = np.searchsorted(packets.source[order], np.arange(entry.shape[-1] + 1))
    known = distances or find_distances(links, ways, entry, is_hop)
    silent, tally = make_offer(known, links, source_of_tile, 0, packets.cycles)
    offer = silent._replace(
        recorded_of_tile=ends.astype(np.int64),
        recorded_cycle=begun[order],
        recorded_to=packets.destination[order],
        seed=seed,
    )
    load = packets.packets_per_cycle * flits
    return measure(links, ways, ring, fidelity, offer, tally, FOREVER, load, flits)


def mean_gap_of(probability: float) -> float:
    """Return the scale of gaps that are geometric once rounded down: -1 / log(1 - probability)."""
    if probability >= 1:
        return 0.0
    return min(-1.0 / math.log1p(-probability), LONGEST_GAP)


def make_offer(
    distances: Distances, links: Links, source_of_tile: Array, begin: int, cycles: int
) -> tuple[Offer, Tally]:
    """Return the offer of tiles that send nothing, and an empty tally of packets made in ``cycles`` from ``begin``."""
    entries, tile_of_node = distances
    n_tiles = len(source_of_tile)
    offer = Offer(
        next=np.zeros(n_tiles, np.int64),
        drawn=np.zeros(n_tiles, np.int64),
        ahead=np.zeros((n_tiles, 2, AHEAD)),
        recorded_of_tile=np.zeros(0, np.int64),
        recorded_cycle=np.zeros(0, np.int64),
        recorded_to=np.zeros(0, np.int32),
        queue=len(links.source) + np.asarray(source_of_tile, np.int64),
        entry=entries,
        partner=np.full(n_tiles, -1, np.int32),
        share=np.zeros((0, n_tiles)),
        mean_gap=LONGEST_GAP,
        seed=0,
    )
    tally = Tally(
        counts=np.zeros(N_COUNTS, np.int64),
        latencies=np.zeros(N_BINS, np.int64),
        accepted_of_tile=np.zeros(n_tiles, np.int64),
        tile_of_node=tile_of_node,
        begin=begin,
        middle=begin + (cycles + 1) // 2,
        end=begin + cycles,
    )
    tally.counts[SHORTEST] = np.iinfo(np.int64).max
    return offer, tally


def find_distances(links: Links, ways: Ways, entry: Array, is_hop: Array) -> Distances:
    """Return what packets meet on each way in an empty network, and the tile of each end.

    Parameters
    ----------
    links, ways, entry, is_hop
        As for ``simulate_traffic``.
    """
    n_tiles = entry.shape[-1]
    entries = np.zeros((entry.size // n_tiles**2, n_tiles, n_tiles), ENTRY)
    entries["node"] = entry.reshape(entries.shape)
    tile_of_node = np.full(len(ways.edges_of_node) - 1, -1, np.int32)
    walk(links, ways, is_hop, entries, tile_of_node)
    return Distances(entries, tile_of_node)
