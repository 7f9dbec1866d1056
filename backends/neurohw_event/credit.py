"""Routers with credits as arrays for the kernel: built, enlarged, and asked who waits for whom."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from neurohw.errors import ChipError, MappingError
from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.credit_layout import (
    PACKET,
    empty_lists,
    link_rows,
    make_rules,
    make_wheel,
    no_traffic,
    queue_rows,
    step_codes,
    words,
)
from neurohw_event.fabric import NO_WORK, Array, Links, Ways, Work, find_instant
from neurohw_event.kernels.credit.state import (
    FIRST_FREE,
    FREED,
    GRANTED,
    IS_LAST,
    N_CLOCKS,
    N_FREE,
    NEVER,
    Credit,
    Rules,
)
from neurohw_event.way_steps import make_steps

MOST_BRANCHES = 62  # of a node: bits of a signed word


class RouterRules(NamedTuple):
    """What happens to packets that find no place, and where room is kept."""

    # What a packet at the head of a link's buffer may wait for a place beyond before it is lost: 0 drops it at once,
    # -1 never (back-pressure). Packets in source queues are never lost at the head
    wait_cycles: int = -1
    reinject_cycles: int = -1  # after so many a lost packet stands in its router's own queue; -1: it is gone
    source_packets: int = -1  # in the source queue of a station, beyond which new ones are lost; -1: no limit
    # int32 [n_links], which ring of links each belongs to, -1 for none. Packets enter a ring by the bubble rule
    ring: Array | None = None


DEFAULT_RULES = RouterRules()


def make_credit(
    links: Links, ways: Ways, work: Work = NO_WORK, rules: RouterRules = DEFAULT_RULES, pool: int = 1024
) -> Credit:
    """Return empty routers at cycle 0, with room for ``pool`` packets at first.

    Raises
    ------
    ChipError
        A link takes no time, or a buffer is too small.
    MappingError
        Ways that no packet can take.
    """
    links, ways, work = _plain(links), _plain(ways), _plain(work)
    n_links = len(links.source)
    rings = np.full(n_links, -1, np.int32) if rules.ring is None else np.asarray(rules.ring, np.int32)
    _check_links(links, rings)
    _check_ways(links, ways)
    packets = rules.wait_cycles, rules.reinject_cycles, rules.source_packets
    return _empty_routers(links, ways, work, make_rules(links, ways, rings, *packets), pool)


def _empty_routers(links: Links, ways: Ways, work: Work, rules: Rules, pool: int) -> Credit:
    rows, queue = link_rows(links, rules), queue_rows(links, rules)
    n_links, n_queues = len(rows), len(rules.station_of_queue)
    n_static = n_links + 2 * n_queues
    steps, first_step = make_steps(ways, step_codes(links, ways), IS_LAST)
    return Credit(
        ways=ways,
        links=links,
        work=work,
        rules=rules,
        link=rows,
        queue=queue,
        packet=aligned_zeros(n_static + pool, PACKET),
        steps=steps,
        first_step=first_step,
        asking=np.zeros(words(rows["n_ports"]).sum(), np.uint64),
        asked=np.zeros(len(rules.queue_of_port), np.int32),
        place_free=np.zeros(np.maximum(links.depth, 0).sum(), np.int64),
        lists=empty_lists(n_links, n_queues),
        wheel=make_wheel(links, work, n_static, pool),
        traffic=no_traffic(n_links, n_queues),
        clock=_clock_at_0(n_static, pool),
    )


def _clock_at_0(n_static: int, pool: int) -> Array:
    clock = np.zeros(N_CLOCKS, np.int64)
    clock[GRANTED] = clock[FREED] = -1
    clock[FIRST_FREE], clock[N_FREE] = n_static, pool
    return clock


def grow_credit(state: Credit, packets: int) -> Credit:
    """Return the routers with room for ``packets`` more."""
    wheel, size = state.wheel, len(state.wheel.next)
    following = np.arange(size + 1, size + packets + 1, dtype=np.int32)
    following[-1] = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = size
    state.clock[N_FREE] += packets
    return state._replace(
        packet=_longer(state.packet, packets),
        wheel=wheel._replace(
            next=np.concatenate([wheel.next, following]),
            due=np.concatenate([wheel.due, np.full(packets, NEVER)]),
        ),
    )


def _longer(packets: Array, more: int) -> Array:
    longer = aligned_zeros(len(packets) + more, PACKET)
    longer[: len(packets)] = packets
    return longer


def packets_under_way(state: Credit) -> Array:
    """Return the ids of all packets in queues and on links."""
    n_static = len(state.link) + 2 * len(state.queue)
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
        queue: _full_outputs(state, queue) for queue in np.flatnonzero(state.queue["head"] >= 0).tolist()
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
    packet = state.packet[state.queue["head"][queue]]
    first = int(packet["at"])
    edges = [first + bit for bit in range(MOST_BRANCHES) if int(packet["unsent"]) >> bit & 1]
    asked = [int(state.ways.link_of_edge[edge]) for edge in edges]
    return [link for link in asked if _is_stuck(state, queue, link)]


def _is_stuck(state: Credit, queue: int, link: int) -> bool:
    depth = int(state.links.depth[link])
    if depth < 0:
        return False
    ring = state.rules.ring
    needed = 2 if ring[link] >= 0 and ring[link] != ring[queue] else 1
    first, place = state.link["first_place"][link], state.link["next_place"][link]
    return any(state.place_free[first + (place + more) % depth] == NEVER for more in range(needed))


_NARROW = ("source", "target", "link_of_edge", "node_of_edge", "leaves_of_node", "rank_of_node")  # int32


def _plain(group: Any) -> Any:
    """Return the arrays in the one type and layout that the kernel is compiled for."""
    types = {name: np.int32 if name in _NARROW else np.int64 for name in group._fields}
    return group._replace(
        **{name: np.array(getattr(group, name), dtype, order="C") for name, dtype in types.items()}
    )


def _check_links(links: Links, ring: Array) -> None:
    inner = links.target >= 0
    instant = find_instant(links)
    follows = instant & np.isin(links.source, links.target[instant])
    for name, wrong, limit in (
        (
            "latency",
            follows,
            "at least 1 cycle behind another link that takes none, so that a packet takes one link a cycle",
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
    if n_edges.max(initial=0) > MOST_BRANCHES:
        raise MappingError(
            f"node {int(np.argmax(n_edges))}: {n_edges.max()} branches, at most {MOST_BRANCHES}"
        )
    node = np.repeat(np.arange(len(n_edges)), n_edges)
    branch = np.flatnonzero(n_edges[node] > 1)
    pairs = np.unique(np.stack([node[branch], ways.link_of_edge[branch]]), axis=1)
    if pairs.shape[1] < len(branch):
        raise MappingError("a node with two edges over one link: a packet takes a link once")
    ends_at_once = (n_edges[ways.node_of_edge] == 0) & find_instant(links)[ways.link_of_edge]
    if ends_at_once.any():
        link = ways.link_of_edge[np.argmax(ends_at_once)]
        raise MappingError(f"link {link}: a way ends behind it, though it takes no time")
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
