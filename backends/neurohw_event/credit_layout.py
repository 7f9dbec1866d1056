"""How the routers with credits lie in arrays: rows of links, queues and nodes, rules and the wheel, all empty."""

from __future__ import annotations

import numpy as np

from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.fabric import (
    Array,
    Links,
    Ways,
    Work,
    find_encoders,
    find_instant,
    find_whole,
    runs,
)
from neurohw_event.kernels.credit.state import (
    IS_WHOLE,
    LINK_SHIFT,
    NEVER,
    Lists,
    Rules,
    Traffic,
    Wheel,
)

WORD = 64  # bits
MOST_SLOTS = 4096
LINK = np.dtype(
    (
        np.record,
        [
            ("free_at", "i8"),  # cycle from which it is free again
            ("ready_at", "i8"),  # cycle that it has been made ready for
            ("service", "i8"),  # this one and the next three as ``Links`` says
            ("latency", "i8"),
            ("depth", "i4"),
            ("next_place", "i4"),  # of the buffer at its end, that the next packet takes
            ("first_place", "i4"),  # of these in ``Credit.place_free``
            ("chosen", "i4"),  # port served next, -1: not chosen yet
            ("pointer", "i4"),  # port that comes first at the next choice
            ("n_ports", "i4"),  # of its station
            ("first_port", "i4"),  # of these in ``queue_of_port`` and ``asked``
            ("first_word", "i4"),  # of ``Credit.asking``
            ("credit", "i8"),
            ("tail_after", "i8"),  # cycles from a packet's head to its tail
            ("carried", "i8"),  # packets
            ("waited", "i8"),  # cycles that they stood before they took it
            # when the last packet comes to its end for which nothing beyond has been booked
            ("unbooked", "i8"),
            ("busy", "i8"),  # cycles, those booked included
            ("beside", "i8"),  # queue that alone stands beside the buffer at its end; -1: none, or others
            ("is_instant", "i8"),  # 1: takes no time and leads to another station
        ],
    )
)
QUEUE = np.dtype(
    (
        np.record,
        [
            ("head", "i4"),  # packets
            ("last", "i4"),
            ("length", "i8"),
            ("most", "i8"),  # packets so far
            ("port", "i8"),  # which input of its station it is
            ("is_encoder", "i8"),  # 1: what stands there has left the encoder
            ("since", "i8"),  # when the head began to ask
            ("leaving", "i8"),  # when the tail of the head will have left as far as it has been sent
            ("turn", "i8"),  # when a head may ask next
        ],
    )
)
PACKET = np.dtype(
    (
        np.record,
        [
            ("at", "i8"),  # the first step to take where it stands or goes; ~end on its last link
            ("queue", "i8"),  # where that is, -1: its way ends there
            ("sender", "i8"),
            ("fired", "i8"),
            ("entered", "i8"),
            ("place", "i8"),  # of the buffer
            ("unsent", "i8"),  # bits of the steps that it still has to take, 0: has not asked yet
            ("reached", "i8"),  # where its way ends: since when it stood before the crossbar, -1 without one
        ],
    )
)


def make_rules(links: Links, ways: Ways, ring: Array, wait: int, reinject: int, source_room: int) -> Rules:
    """Return how queues and links meet at stations."""
    n_stations = _n_stations(links)
    station = np.concatenate([links.target, np.arange(n_stations)]).astype(np.int32)
    inputs, n_inputs = _inputs(station)
    return Rules(
        station_of_queue=station,
        queue_of_port=inputs[runs(_firsts(n_inputs)[links.source], n_inputs[links.source])].astype(np.int32),
        ring=np.concatenate([ring, np.full(n_stations, -1)]).astype(np.int32),
        has_instant=int(find_instant(links).any()),
        has_rings=int((ring >= 0).any()),
        forks=int(np.diff(ways.edges_of_node).max(initial=0) > 1),
        wait=int(wait),
        reinject=int(reinject),
        source_room=int(source_room),
    )


def link_rows(links: Links, rules: Rules) -> Array:
    """Return a record for each link, all of them free."""
    rows = aligned_zeros(len(links.source), LINK)
    n_ports = _inputs(rules.station_of_queue)[1][links.source]
    rows["ready_at"] = rows["chosen"] = -1
    rows["depth"], rows["credit"] = links.depth, links.credit
    rows["service"], rows["latency"] = links.service, links.latency
    rows["tail_after"] = np.where(find_encoders(links), 0, np.maximum(links.service - 1, 0))
    rows["first_port"], rows["n_ports"] = _firsts(n_ports), n_ports
    rows["first_place"] = _firsts(np.maximum(links.depth, 0))
    rows["first_word"] = _firsts(words(n_ports))
    rows["beside"], rows["is_instant"] = _beside(links, rules.reinject), find_instant(links)
    return rows


def queue_rows(links: Links, rules: Rules) -> Array:
    """Return a record for each queue, all of them empty."""
    rows = aligned_zeros(len(rules.station_of_queue), QUEUE)
    rows["head"] = -1
    rows["is_encoder"][: len(links.source)] = find_encoders(links)
    inputs, n_inputs = _inputs(rules.station_of_queue)
    rows["port"][inputs] = np.arange(len(inputs)) - np.repeat(_firsts(n_inputs), n_inputs)
    return rows


def _inputs(station_of_queue: Array) -> tuple[Array, Array]:
    """Return the queues before stations, by station, and how many each has.

    What a last link takes has arrived: its queue stands before none.
    """
    inputs = np.flatnonzero(station_of_queue >= 0)
    station = station_of_queue[inputs]
    n_stations = int(station_of_queue.max(initial=-1)) + 1
    return inputs[np.argsort(station, kind="stable")], np.bincount(station, minlength=n_stations)


def step_codes(links: Links, ways: Ways) -> Array:
    """Return the codes of the steps along the edges of the ways, int64 [n_edges]."""
    is_whole = find_whole(links, ways)[ways.node_of_edge]
    return ways.link_of_edge.astype(np.int64) << LINK_SHIFT | IS_WHOLE * is_whole


def _beside(links: Links, reinject: int) -> Array:
    """Return the source queue beside the buffer of each link that alone leads to a station with crossbars.

    -1 where a buffer has a limit, where links or crossbars would have to be looked at for more than being free, and
    where lost packets come back.
    """
    n_stations = _n_stations(links)
    inner = links.target >= 0
    n_links_to = np.bincount(links.target[inner], minlength=n_stations)
    limited = np.zeros(n_stations, bool)
    limited[links.source[(links.service < 0) & (links.depth >= 0)]] = True
    station = np.maximum(links.target, 0)
    may = inner & (n_links_to[station] == 1) & ~limited[station] & (links.depth < 0) & ~find_instant(links)
    return np.where(may & (reinject < 0), len(links.source) + station, -1)


def empty_lists(n_links: int, n_queues: int) -> Lists:
    """Return what a cycle works on, before the first."""
    return Lists(
        ready=np.zeros(n_links, np.int32),
        popped=np.zeros(n_queues, np.int32),
        left_place=np.zeros(n_queues, np.int64),
        doomed=np.zeros(n_queues, np.int32),
        doomed_at=np.full(n_queues, -1, np.int64),
        doomed_by=np.zeros(n_queues, np.int32),
    )


def no_traffic(n_links: int, n_queues: int) -> Traffic:
    """Return counts of nothing."""
    return Traffic(
        lost=np.zeros(n_queues, np.int64),
        refused=np.zeros(n_links, np.int64),
        reinjected=np.zeros(n_links, np.int64),
    )


def _n_stations(links: Links) -> int:
    return int(max(links.source.max(initial=-1), links.target.max(initial=-1))) + 1


def _firsts(sizes: Array) -> Array:
    """Return where runs of these sizes begin."""
    return np.cumsum(sizes) - sizes


def words(n_ports: Array) -> Array:
    """Return how many words hold a bit for each port."""
    return (n_ports + WORD - 1) // WORD


def make_wheel(links: Links, work: Work, n_static: int, pool: int) -> Wheel:
    """Return an empty wheel with as many slots as most times are ahead."""
    ahead = int((np.maximum(links.latency, 0) + np.abs(links.service) + links.credit).max(initial=1))
    ahead = max(ahead, int(work.cycles.max(initial=0)))
    n_slots = min(max(WORD, 1 << ahead.bit_length()), MOST_SLOTS)
    following = np.arange(1, n_static + pool + 1, dtype=np.int32)
    following[:n_static] = -1
    following[-1] = -1
    return Wheel(
        head=np.full(n_slots, -1, np.int32),
        tail=np.full(n_slots, -1, np.int32),
        occupied=np.zeros(n_slots // WORD, np.uint64),
        next=following,
        due=np.full(n_static + pool, NEVER),
    )
