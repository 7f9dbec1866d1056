"""The interconnect with links taken in order of arrival (fidelity ``fcfs``) or always free (``latency``).

Built from links and ways for the kernel ``neurohw_event.kernels.fcfs``; ``fcfs_counts`` reports what it did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw.errors import MappingError, SettingError
from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.fabric import (
    NO_WORK,
    Array,
    Links,
    Ways,
    Work,
    find_encoders,
    find_whole,
    runs,
)
from neurohw_event.kernels.fcfs_steps import ENCODE, ENTER, FLAG_BITS, HEAD, LAST, NOBODY, READ, TAIL
from neurohw_event.kernels.standing import ROOM
from neurohw_event.kernels.wheel import SLOTS_PER_LEVEL
from neurohw_event.tracing import TransferLog
from neurohw_event.way_steps import make_steps
from neurohw_event.wheel import Wheel, grow_wheel, make_wheel

if TYPE_CHECKING:
    from neurohw_event.ways import Senders

FOREVER = 2**62  # cycles

LINE = np.dtype(
    (
        np.record,
        [
            ("free_at", "i8"),  # cycle from which the link is free
            ("service", "i8"),
            ("latency", "i8"),
            # cycles by which a packet's tail comes later than its head; encoders let out whole packets
            ("tail", "i8"),
            ("patience", "i8"),  # who would wait longer is lost
            ("begun", "i8"),  # packets, those that wait for their turn included
            ("waited", "i8"),  # cycles, of those in all
            ("longest_wait", "i8"),
            ("lost", "i8"),  # deliveries
            ("refused", "i8"),  # packets, lost or sent again
            ("busy", "i8"),  # of a crossbar, as is all that follows
            ("next_arrival", "i8"),  # cycle of the last one that is on the wheel
            ("next_packet", "i8"),  # last cycle in which one comes to it that is on the wheel
            ("limit", "i8"),  # of those that wait
            ("waiting", "i4"),
            ("longest", "i4"),
            ("first", "u4"),
            ("last", "u4"),
        ],
    )
)
PACKET = np.dtype(
    (
        np.record,
        [
            # to be taken, the first of a fork; ~end on its last link; NOBODY: free, or delivered
            ("step", "i4"),
            ("sender", "i4"),
            ("fired", "i8"),
            ("entered", "i8"),
            ("reached", "i8"),  # where its way ends: the crossbar, else the end
            ("start", "i8"),  # in a crossbar
            ("link", "u4"),  # its last one
            ("behind", "u4"),  # who waits next for that crossbar
        ],
    )
)


STANDING = np.dtype(
    (
        np.record,
        [
            ("step", "i4"),
            ("sender", "i4"),
            ("fired", "i8"),
            ("entered", "i8"),
        ],
    )
)


class Near(NamedTuple):
    """Packets of near cycles, side by side; see ``neurohw_event.kernels.standing``."""

    packets: Array  # STANDING [SLOTS_PER_LEVEL * ROOM]
    size: Array  # int64 [SLOTS_PER_LEVEL], packets of a cycle; above ROOM: more may be on the wheel
    taken: Array  # int64 [1], of those of the clock's cycle


class Fcfs(NamedTuple):
    """State of the kernel: the ways as steps, the links, and the packets under way."""

    steps: Array  # STEP [n_steps], the edges of the ways; again, each alone, where lost packets enter again
    node_behind: Array  # int32 [n_steps], where a packet stands behind the link
    leaves: Array  # int32 [n_steps], ends beyond it
    first_step: Array  # int32 [n_nodes], ~node: none
    ranks: Array  # int32 [n_nodes]
    lines: Array  # LINE [n_links]
    work: Work
    wheel: Wheel
    near: Near
    packets: Array  # PACKET, one for each entry of the wheel
    latest: Array  # int64 [2], last cycle for which something was done ahead of the clock, and in which one enters
    most_copies: int  # entries that a fork takes from the pool at most
    reinject_cycles: int
    contention: int
    transfers: TransferLog | None = None


class LinkRules(NamedTuple):
    """What happens at links that are not free."""

    contention: bool = True  # False: every link is always free
    # int64 [n_links], packets that may wait for a link: who finds so many waiting is lost; -1, None: no limit
    waiting_limit: Array | None = None
    # Not before it has waited so long for a place among them, at links that are no crossbars. For all, or int64
    # [n_links]
    wait_cycles: int | Array = 0
    reinject_cycles: int = -1  # after so many a lost packet enters again before the same link; -1: never
    # Book crossbars with the link before them where that comes to the same; without, all deliveries are made in the
    # order of the cycles in which packets come to crossbars
    joins: bool = True


DEFAULT_RULES = LinkRules()


def make_fcfs(
    links: Links, ways: Ways, work: Work = NO_WORK, rules: LinkRules = DEFAULT_RULES, pool: int = 1024
) -> Fcfs:
    """Return an empty interconnect at cycle 0, with room for ``pool`` packets at first.

    Buffers and credits of links do not count.

    Raises
    ------
    SettingError
        When packets are to enter again in the cycle in which they are lost.
    MappingError
        For a crossbar in the midst of a way.
    """
    if rules.reinject_cycles == 0:
        raise SettingError(
            "reinject_cycles = 0: a packet would be lost again in the same cycle; at least 1, or -1"
        )
    steps, first_step, node_behind = _make_steps(links, ways, rules)
    wheel = make_wheel(pool)
    return Fcfs(
        steps=steps,
        node_behind=node_behind,
        leaves=np.asarray(ways.leaves_of_node, np.int32)[node_behind],
        first_step=first_step,
        ranks=np.asarray(ways.rank_of_node, np.int32),
        lines=_lines(links, rules),
        work=work,
        wheel=wheel,
        near=_make_near(),
        packets=_empty_packets(len(wheel.next)),
        latest=np.full(2, -1, np.int64),
        most_copies=int(np.diff(ways.edges_of_node).max(initial=1)) - 1,
        reinject_cycles=rules.reinject_cycles,
        contention=int(rules.contention),
    )


def grow_fcfs(fcfs: Fcfs, packets: int) -> Fcfs:
    """Return the interconnect with room for so many more packets."""
    return fcfs._replace(
        wheel=grow_wheel(fcfs.wheel, packets),
        packets=np.concatenate([fcfs.packets, _empty_packets(packets)]),
    )


def enter_at_steps(senders: Senders, first_step: Array) -> Senders:
    """Have packets start with the first step of the node where they enter."""
    return senders._replace(start=first_step[senders.node])


def _make_steps(links: Links, ways: Ways, rules: LinkRules) -> tuple[Array, Array, Array]:
    """Return the steps, the first one of each node, and the node behind each step."""
    kinds = _kinds(links, ways)
    if rules.joins and rules.reinject_cycles < 0:
        kinds[_into_crossbars(ways, kinds)] = ENTER
    code = kinds | ways.link_of_edge.astype(np.int64) << FLAG_BITS
    steps, first_step = make_steps(ways, code, LAST)
    node_behind = ways.node_of_edge.astype(np.int32)
    if rules.reinject_cycles > 0:
        alone = steps.copy()
        alone["code"] |= LAST
        steps, node_behind = np.concatenate([steps, alone]), np.tile(node_behind, 2)
    return steps, first_step, node_behind


def _kinds(links: Links, ways: Ways) -> Array:
    """Return for each edge what a packet does on it, int64 [n_edges]."""
    link, target = ways.link_of_edge, ways.node_of_edge
    reads = links.service[link] < 0
    wrong = np.flatnonzero(reads & (ways.rank_of_node[target] < 0))
    if wrong.size:
        raise MappingError(
            f"link {link[wrong[0]]} is a crossbar, but node {target[wrong[0]]} behind it is not the end of a way"
        )
    conditions = [reads, find_encoders(links)[link], find_whole(links, ways)[target]]
    return np.select(conditions, [READ, ENCODE, TAIL], HEAD)


def _into_crossbars(ways: Ways, kind: Array) -> Array:
    """Return the edges to crossbars that one link alone leads to, no encoder, and behind it no other way.

    Packets may as well enter before the crossbar.
    """
    n_edges = np.diff(ways.edges_of_node)
    source = np.repeat(np.arange(len(n_edges)), n_edges)
    into_node = np.argsort(ways.node_of_edge, kind="stable")
    n_into = np.bincount(ways.node_of_edge, minlength=len(n_edges))
    read = np.flatnonzero(kind == READ)
    node = source[read]
    edge = into_node[runs((np.cumsum(n_into) - n_into)[node], n_into[node])]
    crossbar, link = np.repeat(ways.link_of_edge[read], n_into[node]), ways.link_of_edge[edge]
    fits = (n_edges[ways.node_of_edge[edge]] == 1) & (kind[edge] == TAIL)
    one = np.full(int(ways.link_of_edge.max(initial=-1)) + 1, -1)
    one[crossbar] = link
    is_one = np.ones(len(one), bool)
    is_one[crossbar[~fits | (link != one[crossbar])]] = False
    edges: Array = edge[is_one[crossbar]]
    return edges


def _lines(links: Links, rules: LinkRules) -> Array:
    limit = rules.waiting_limit
    waiting_limit = np.full(len(links.service), -1) if limit is None else np.asarray(limit, np.int64)
    lines = aligned_zeros(len(links.service), LINE)
    lines["service"], lines["latency"] = links.service, links.latency
    lines["tail"] = np.maximum(links.service - 1, 0)
    # n packets wait behind the one on the link just when the next would wait longer than n services
    longest = np.minimum(waiting_limit, FOREVER // np.maximum(links.service, 1)) * links.service
    limited = (waiting_limit >= 0) & (links.service >= 0)
    lines["patience"] = np.where(limited, longest + rules.wait_cycles, FOREVER)
    lines["next_arrival"] = lines["next_packet"] = -1
    lines["limit"] = np.where(waiting_limit < 0, FOREVER, waiting_limit)
    return lines


def _make_near() -> Near:
    """Return room for packets of near cycles."""
    n = SLOTS_PER_LEVEL
    return Near(np.zeros(n * ROOM, STANDING), np.zeros(n, np.int64), np.zeros(1, np.int64))


def _empty_packets(n: int) -> Array:
    packets = np.zeros(n, PACKET)
    packets["step"] = NOBODY
    return packets
