"""How the routers with credits lie in arrays: rows of links, queues and nodes, rules and the wheel, all empty."""

from __future__ import annotations

import numpy as np

from neurohw_event.fabric import Array, Links, Ways, Work, find_encoders, find_instant, find_whole
from neurohw_event.kernels.credit.state import (
    CHOSEN,
    CREDIT,
    DEPTH,
    FIRST_PLACE,
    FIRST_PORT,
    FIRST_WORD,
    HEAD,
    IS_END,
    IS_WHOLE,
    ITSELF,
    LATENCY,
    LEADS_TO,
    LINK,
    LINK_COLUMNS,
    N_EDGES,
    N_PORTS,
    NEVER,
    NODE_COLUMNS,
    NODE_SHIFT,
    PORT,
    QUEUE_COLUMNS,
    READY_AT,
    SERVICE,
    TAIL_AFTER,
    Lists,
    Rules,
    Traffic,
    Wheel,
)

WORD = 64  # bits
MOST_SLOTS = 4096


def make_rules(links: Links, ways: Ways, ring: Array, wait: int, reinject: int, source_room: int) -> Rules:
    """Return how queues and links meet at stations."""
    n_stations = _n_stations(links)
    station = np.concatenate([links.target, np.arange(n_stations)]).astype(np.int32)
    # what a last link takes has arrived: its queue belongs to no station's inputs
    inputs = np.flatnonzero(station >= 0)
    return Rules(
        station_of_queue=station,
        queue_of_port=inputs[np.argsort(station[inputs], kind="stable")].astype(np.int32),
        ring=np.concatenate([ring, np.full(n_stations, -1)]).astype(np.int32),
        is_encoder=np.concatenate([find_encoders(links), np.zeros(n_stations, bool)]),
        is_instant=find_instant(links).astype(np.int64),
        has_instant=int(find_instant(links).any()),
        has_rings=int((ring >= 0).any()),
        forks=int(np.diff(ways.edges_of_node).max(initial=0) > 1),
        wait=int(wait),
        reinject=int(reinject),
        source_room=int(source_room),
    )


def link_rows(links: Links, rules: Rules) -> Array:
    """Return a row for each link, all of them free."""
    rows = np.zeros((len(links.source), LINK_COLUMNS), np.int64)
    n_ports = np.bincount(rules.station_of_queue[rules.queue_of_port], minlength=_n_stations(links))
    rows[:, READY_AT] = rows[:, CHOSEN] = -1
    rows[:, DEPTH], rows[:, CREDIT] = links.depth, links.credit
    rows[:, SERVICE], rows[:, LATENCY] = links.service, links.latency
    rows[:, TAIL_AFTER] = np.where(find_encoders(links), 0, np.maximum(links.service - 1, 0))
    rows[:, FIRST_PORT], rows[:, N_PORTS] = _firsts(n_ports)[links.source], n_ports[links.source]
    rows[:, FIRST_PLACE] = _firsts(np.maximum(links.depth, 0))
    rows[:, FIRST_WORD] = _firsts(words(rows[:, N_PORTS]))
    return rows


def queue_rows(rules: Rules) -> Array:
    """Return a row for each queue, all of them empty."""
    rows = np.zeros((len(rules.station_of_queue), QUEUE_COLUMNS), np.int64)
    rows[:, HEAD] = -1
    station = rules.station_of_queue[rules.queue_of_port]
    rows[rules.queue_of_port, PORT] = np.arange(len(station)) - np.searchsorted(station, station)
    return rows


def node_rows(links: Links, ways: Ways) -> Array:
    """Return a row for each node of the ways."""
    n_edges = np.diff(ways.edges_of_node)
    itself = (
        np.arange(len(n_edges)) << NODE_SHIFT | IS_WHOLE * find_whole(links, ways) | IS_END * (n_edges == 0)
    )
    rows = np.full((len(n_edges), NODE_COLUMNS), -1, np.int32)
    rows[:, N_EDGES], rows[:, ITSELF] = n_edges, itself
    has_edges = n_edges > 0
    first = ways.edges_of_node[:-1][has_edges]
    rows[has_edges, LINK] = ways.link_of_edge[first]
    rows[has_edges, LEADS_TO] = itself[ways.node_of_edge[first]]
    return rows


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
        busy=np.zeros(n_links, np.int64),
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
