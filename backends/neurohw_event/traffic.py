"""Traffic without neurons on the interconnect: latency and throughput over load, as network simulators measure them."""

from __future__ import annotations

import numpy as np

from neurohw.errors import SettingError
from neurohw.traffic import LoadPoint, RecordedPackets
from neurohw_event.fabric import Array, Links, Ways
from neurohw_event.kernels.traffic import Offer
from neurohw_event.traffic_run import measure

FOREVER = 2**62  # cycles; recorded packets come to an end


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
    offer = _offer(links, ways, entry, source_of_tile, is_hop)._replace(
        partner=np.full(n_tiles, -1, np.int32)
        if partner is None
        else np.ascontiguousarray(partner, np.int32),
        share=np.zeros((0, n_tiles)) if share is None else np.ascontiguousarray(share, np.float64),
        probability=float(load / flits),
        seed=seed,
        begin=warm_up,
        end=warm_up + cycles,
    )
    return measure(links, ways, ring, fidelity, offer, warm_up + cycles + drain, load, flits)


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
) -> LoadPoint:
    """Send packets as they were recorded, and measure all of them.

    Parameters
    ----------
    links, ways, entry, source_of_tile, is_hop, flits, seed, ring, fidelity
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
    offer = _offer(links, ways, entry, source_of_tile, is_hop)._replace(
        recorded_of_tile=ends.astype(np.int64),
        recorded_cycle=begun[order],
        recorded_to=packets.destination[order],
        seed=seed,
        end=packets.cycles,
    )
    load = packets.packets_per_cycle * flits
    return measure(links, ways, ring, fidelity, offer, FOREVER, load, flits)


def _offer(links: Links, ways: Ways, entry: Array, source_of_tile: Array, is_hop: Array) -> Offer:
    """Return the offer of tiles that send nothing."""
    n_tiles = entry.shape[-1]
    entries = entry.reshape(-1, n_tiles, n_tiles)
    hops, empty, tile_of_node = _walk(links, ways, entries[0], is_hop)
    return Offer(
        next=np.zeros(n_tiles, np.int64),
        drawn=np.zeros(n_tiles, np.int64),
        recorded_of_tile=np.zeros(0, np.int64),
        recorded_cycle=np.zeros(0, np.int64),
        recorded_to=np.zeros(0, np.int32),
        queue=len(links.source) + np.asarray(source_of_tile, np.int64),
        entry=entries,
        partner=np.full(n_tiles, -1, np.int32),
        share=np.zeros((0, n_tiles)),
        hops=hops,
        empty=empty,
        tile_of_node=tile_of_node,
        probability=0.0,
        seed=0,
        begin=0,
        end=0,
    )


def _walk(links: Links, ways: Ways, entry: Array, is_hop: Array) -> tuple[Array, Array, Array]:
    """Return the hops and the cycles without waiting of each way, and the tile of each end.

    Returns
    -------
    hops, empty
        int32 [n_tiles, n_tiles].
    tile_of_node
        int32 [n_nodes], -1 for a node that is no end.
    """
    node = np.array(entry, np.int64)
    hops, empty, tail = np.zeros((3, *entry.shape), np.int32)
    is_end = np.diff(ways.edges_of_node) == 0
    while not is_end[node].all():
        moving = ~is_end[node]
        edge = ways.edges_of_node[node[moving]]
        link = ways.link_of_edge[edge]
        hops[moving] += is_hop[link]
        empty[moving] += links.latency[link]
        tail[moving] = np.maximum(links.service[link] - 1, 0)
        node[moving] = ways.node_of_edge[edge]
    tile_of_node = np.full(len(is_end), -1, np.int32)
    tile_of_node[node] = np.arange(len(entry))
    return hops, empty + tail, tile_of_node
