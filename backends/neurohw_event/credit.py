"""Routers with credits as arrays for the kernel: built, enlarged, and asked who waits for whom."""

from __future__ import annotations

import numpy as np

from neurohw.errors import ChipError, MappingError
from neurohw_event.fabric import Array, Arrived, Links, Ways, Work
from neurohw_event.kernels.credit.state import (
    FIRST_FREE,
    GRANTED,
    N_CLOCKS,
    N_FREE,
    NEVER,
    Credit,
    Outputs,
    Packets,
    Ports,
    Queues,
    Traffic,
    Wheel,
)

WORD = 64
MOST_SLOTS = 4096
NO_WORK = Work(np.zeros(1, np.int64), np.zeros(1, np.int64))


def make_credit(
    links: Links,
    ways: Ways,
    work: Work = NO_WORK,
    *,
    wait_cycles: int = -1,
    reinject_cycles: int = -1,
    source_packets: int = -1,
    ring: Array | None = None,
    pool: int = 1024,
) -> Credit:
    """Return empty routers at cycle 0.

    Parameters
    ----------
    links, ways, work
        Stations joined by links, the ways of packets and the cycles of crossbars.
    wait_cycles
        What a packet at the head of a link's buffer may wait for a place beyond before it is lost: 0 drops it at
        once, -1 never (back-pressure). Packets in source queues are never lost at the head.
    reinject_cycles
        After so many cycles a lost packet stands in its router's own queue; -1: it is gone.
    source_packets
        Packets that may stand in the source queue of a station, beyond which new ones are lost; -1: no limit.
    ring
        int32 [n_links]: which ring of links each belongs to, -1 for none. Packets enter a ring by the bubble rule.
    pool
        Packets that there is room for at first.

    Raises
    ------
    ChipError
        A link takes no time, or a buffer is too small.
    MappingError
        Ways that no packet can take.

    """
    n_links = len(links.source)
    rings = np.full(n_links, -1, np.int32) if ring is None else np.asarray(ring, np.int32)
    _check_links(links, rings)
    _check_ways(links, ways)
    ports = _make_ports(links, ways, rings, wait_cycles, reinject_cycles, source_packets)
    n_queues = len(ports.station_of_queue)
    n_static = n_links + 2 * n_queues
    clock = np.zeros(N_CLOCKS, np.int64)
    clock[GRANTED] = -1
    clock[FIRST_FREE], clock[N_FREE] = n_static, pool
    return Credit(
        ways=ways,
        links=links,
        work=work,
        ports=ports,
        queues=_make_queues(n_queues),
        outputs=_make_outputs(ports, n_links),
        packets=_make_packets(n_static + pool),
        wheel=_make_wheel(links, n_static, pool),
        traffic=Traffic(
            carried=np.zeros(n_links, np.int64),
            busy=np.zeros(n_links, np.int64),
            waited=np.zeros(n_links, np.int64),
            longest=np.zeros(n_queues, np.int64),
            lost=np.zeros(n_queues, np.int64),
            refused=np.zeros(n_links, np.int64),
            reinjected=np.zeros(n_links, np.int64),
        ),
        clock=clock,
    )


def make_arrived(size: int) -> Arrived:
    """Return room for ``size`` deliveries."""
    node = np.zeros(size, np.int32)
    cycle = np.zeros(size, np.int64)
    return Arrived(node, node.copy(), *(cycle.copy() for _ in range(4)), np.zeros(1, np.int64))


def grow_credit(state: Credit, packets: int) -> Credit:
    """Return the routers with room for ``packets`` more."""
    wheel, size = state.wheel, len(state.wheel.next)
    following = np.arange(size + 1, size + packets + 1, dtype=np.int32)
    following[-1] = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = size
    state.clock[N_FREE] += packets
    longer = Packets(*(np.concatenate([field, np.zeros(packets, field.dtype)]) for field in state.packets))
    return state._replace(
        packets=longer,
        wheel=wheel._replace(
            next=np.concatenate([wheel.next, following]),
            due=np.concatenate([wheel.due, np.full(packets, NEVER)]),
        ),
    )


def packets_under_way(state: Credit) -> Array:
    """Return the ids of all packets in queues and on links."""
    n_static = len(state.links.source) + 2 * len(state.queues.head)
    is_free = np.zeros(len(state.wheel.next), bool)
    id_ = int(state.clock[FIRST_FREE])
    for _ in range(int(state.clock[N_FREE])):
        is_free[id_] = True
        id_ = int(state.wheel.next[id_])
    return n_static + np.flatnonzero(~is_free[n_static:])


def waiting_cycle(state: Credit) -> list[int]:
    """Return links each of whose buffers waits for a place in that of the next, and the last for the first.

    Empty where no such links are found.
    """
    waits_for = {
        queue: _full_outputs(state, queue) for queue in np.flatnonzero(state.queues.head >= 0).tolist()
    }
    for start in waits_for:
        way: list[int] = []
        link = start
        while link not in way and waits_for.get(link):
            way.append(link)
            link = waits_for[link][0]
        if link in way:
            return way[way.index(link) :]
    return []


def _full_outputs(state: Credit, queue: int) -> list[int]:
    """Return the links that the head of a queue still asks for and that have no place of a known time."""
    id_ = state.queues.head[queue]
    first = state.ways.edges_of_node[state.packets.node[id_]]
    unsent = int(state.packets.unsent[id_])
    edges = [first + bit for bit in range(WORD) if unsent >> bit & 1]
    asked = [int(state.ways.link_of_edge[edge]) for edge in edges]
    return [link for link in asked if _is_stuck(state, queue, link)]


def _is_stuck(state: Credit, queue: int, link: int) -> bool:
    depth = int(state.links.depth[link])
    if depth < 0:
        return False
    ring = state.ports.ring
    needed = 2 if ring[link] >= 0 and ring[link] != ring[queue] else 1
    first, place = state.ports.first_place[link], state.outputs.next_place[link]
    return any(state.outputs.place_free[first + (place + more) % depth] == NEVER for more in range(needed))


def _check_links(links: Links, ring: Array) -> None:
    inner = links.target >= 0
    for name, wrong, limit in (
        (
            "latency",
            inner & (links.latency < 1),
            "at least 1 cycle, so that grants of a cycle can be made together",
        ),
        ("latency", links.latency < 0, "at least 0 cycles"),
        (
            "depth",
            (links.depth == 0) | (links.depth < -1),
            "a buffer of at least 1 packet, or -1 for no limit",
        ),
        ("depth", (ring >= 0) & (links.depth == 1), "a ring needs buffers of at least 2 packets"),
        ("credit", links.credit < 0, "at least 0 cycles"),
        ("service", inner & (links.service < 0), "only the last link of a way can take as long as its work"),
    ):
        if wrong.any():
            link = int(np.argmax(wrong))
            raise ChipError(
                f"link {link}: {name} {getattr(links, name)[link]}, with fidelity 'credit' {limit}"
            )


def _check_ways(links: Links, ways: Ways) -> None:
    n_edges = np.diff(ways.edges_of_node)
    if n_edges.max(initial=0) > WORD:
        raise MappingError(f"node {int(np.argmax(n_edges))}: {n_edges.max()} branches, at most {WORD}")
    node = np.repeat(np.arange(len(n_edges)), n_edges)
    pairs = np.unique(np.stack([node, ways.link_of_edge]), axis=1)
    if pairs.shape[1] < len(node):
        raise MappingError("a node with two edges over one link: a packet takes a link once")
    source, target = links.source[ways.link_of_edge], links.target[ways.link_of_edge]
    station = np.full(len(n_edges), -1, np.int64)
    station[node] = source
    behind = station[ways.node_of_edge]
    wrong = (station[node] != source) | ((behind >= 0) & (behind != target))
    if wrong.any():
        edge = int(np.argmax(wrong))
        raise MappingError(
            f"edge {edge}: link {ways.link_of_edge[edge]} does not join the stations of its nodes"
        )


def _make_ports(links: Links, ways: Ways, ring: Array, wait: int, reinject: int, source_room: int) -> Ports:
    n_links = len(links.source)
    n_stations = int(max(links.source.max(initial=-1), links.target.max(initial=-1))) + 1
    # what a last link takes has arrived: its queue belongs to no station's inputs
    station = np.concatenate([links.target, np.arange(n_stations)]).astype(np.int32)
    inputs = np.flatnonzero(station >= 0)
    order = inputs[np.argsort(station[inputs], kind="stable")]
    n_ports = np.bincount(station[inputs], minlength=n_stations)
    first_port = np.concatenate([[0], np.cumsum(n_ports)]).astype(np.int64)
    port = np.zeros(len(station), np.int32)
    port[order] = np.arange(len(order)) - first_port[station[order]]
    words = (n_ports[links.source] + WORD - 1) // WORD
    encoder = is_encoder(links)
    return Ports(
        station_of_queue=station,
        port_of_queue=port,
        first_port=first_port,
        queue_of_port=order.astype(np.int32),
        first_word=np.concatenate([[0], np.cumsum(words)]).astype(np.int64),
        first_place=np.concatenate([[0], np.cumsum(np.maximum(links.depth, 0))]).astype(np.int64),
        tail=np.where(encoder, 0, np.maximum(links.service - 1, 0)),
        ring=np.concatenate([ring, np.full(n_stations, -1)]).astype(np.int32),
        is_encoder=encoder,
        is_whole=_is_whole(links, ways),
        wait=wait,
        reinject=reinject,
        source_room=source_room,
        forks=int(np.diff(ways.edges_of_node).max(initial=0) > 1),
    )


def is_encoder(links: Links) -> Array:
    """Return which links are encoders: those out of stations that no link leads to (bool [n_links])."""
    n_stations = int(max(links.source.max(initial=-1), links.target.max(initial=-1))) + 1
    is_fed = np.zeros(n_stations + 1, bool)
    is_fed[links.target] = True
    return ~is_fed[links.source] & (links.target >= 0)


def _is_whole(links: Links, ways: Ways) -> Array:
    """Return the nodes where a packet stands with its tail: ends, and those before a crossbar."""
    n_edges = np.diff(ways.edges_of_node)
    node = np.repeat(np.arange(len(n_edges)), n_edges)
    whole = n_edges == 0
    whole[node[links.service[ways.link_of_edge] < 0]] = True
    return whole


def _make_queues(n_queues: int) -> Queues:
    ids, times = np.full(n_queues, -1, np.int32), np.zeros(n_queues, np.int64)
    return Queues(
        head=ids,
        tail=ids.copy(),
        length=times,
        since=times.copy(),
        leaving=times.copy(),
        turn=times.copy(),
        left_place=times.copy(),
        popped=ids.copy(),
        doomed=ids.copy(),
        doomed_at=np.full(n_queues, -1, np.int64),
        doomed_by=ids.copy(),
    )


def _make_outputs(ports: Ports, n_links: int) -> Outputs:
    return Outputs(
        asking=np.zeros(ports.first_word[-1], np.uint64),
        place_free=np.zeros(ports.first_place[-1], np.int64),
        next_place=np.zeros(n_links, np.int64),
        pointer=np.zeros(n_links, np.int32),
        chosen=np.full(n_links, -1, np.int32),
        free_at=np.zeros(n_links, np.int64),
        ready=np.zeros(n_links, np.int32),
        ready_at=np.full(n_links, -1, np.int64),
    )


def _make_packets(size: int) -> Packets:
    ids, times = np.zeros(size, np.int32), np.zeros(size, np.int64)
    return Packets(
        node=ids,
        queue=ids.copy(),
        cell=ids.copy(),
        fired=times,
        entered=times.copy(),
        stood=times.copy(),
        place=times.copy(),
        unsent=np.zeros(size, np.uint64),
    )


def _make_wheel(links: Links, n_static: int, pool: int) -> Wheel:
    """Return an empty wheel with as many slots as most times are ahead."""
    ahead = int((np.maximum(links.latency, 0) + np.abs(links.service) + links.credit).max(initial=1))
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
