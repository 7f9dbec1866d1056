"""What the interconnect of fidelities ``fcfs`` and ``latency`` has done up to its clock, and what is under way.

A packet's turn on a link is booked when it arrives there, and a crossbar's work as a whole; what of it lies at or
behind the clock is taken off again here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array
from neurohw_event.fcfs import Fcfs
from neurohw_event.kernels.fcfs import END, FORK, KIND_BITS, NOBODY


class LinkCounts(NamedTuple):
    """One entry per link, int64, up to the clock."""

    begun: Array  # packets that have started
    busy: Array  # cycles held; where links are always free, a packet's service counts whole when it starts
    waited: Array  # cycles of waiting for the link, by all packets
    longest_queue: Array  # packets that waited at once at most
    lost: Array  # deliveries
    reinjected: Array  # packets
    offered: Array  # packets that came to take the link, those sent again as often as they came


def count_links(fcfs: Fcfs) -> LinkCounts:
    """Return what the links did up to the clock."""
    clock, lines, queues = int(fcfs.wheel.clock[0]), fcfs.lines, fcfs.queues
    is_read = lines["service"] < 0
    service = np.maximum(lines["service"], 1)
    ahead = np.where(is_read, 0, np.maximum(lines["free_at"] - clock, 0))
    later = ahead // service  # back to back, the last of them ends ``ahead`` cycles from the clock
    counts = LinkCounts(
        begun=lines["begun"] - later,
        busy=np.where(is_read, queues["busy"], lines["begun"] * lines["service"] - ahead),
        waited=lines["waited"] - (later * ahead - service * (later * (later + 1) // 2)),
        longest_queue=np.where(is_read, queues["longest"], -(-lines["longest_wait"] // service)),
        lost=queues["lost"].copy(),
        reinjected=queues["refused"] * (fcfs.reinject_cycles >= 0),
        offered=lines["begun"] + queues["refused"],
    )
    _take_off_crossbars(fcfs, clock, counts)
    return counts


def look(fcfs: Fcfs) -> tuple[Array, Array]:
    """Return cycles held and the longest queue of every link, crossbars' work as it is booked."""
    lines, queues = fcfs.lines, fcfs.queues
    is_read = lines["service"] < 0
    ahead = np.maximum(lines["free_at"] - fcfs.wheel.clock[0], 0)
    busy = np.where(is_read, queues["busy"], lines["begun"] * lines["service"] - ahead)
    longest = -(-lines["longest_wait"] // np.maximum(lines["service"], 1))
    return busy, np.where(is_read, queues["longest"], longest)


def forget_longest(fcfs: Fcfs) -> None:
    """Let the longest queues be those of the packets that wait now."""
    lines, queues = fcfs.lines, fcfs.queues
    ahead = lines["free_at"] - fcfs.wheel.clock[0] - lines["service"]
    lines["longest_wait"] = np.where(lines["service"] < 0, 0, np.maximum(ahead, 0))
    queues["longest"] = queues["waiting"]


def _take_off_crossbars(fcfs: Fcfs, clock: int, counts: LinkCounts) -> None:
    """Take off what packets in crossbars, and before them, have booked behind the clock."""
    entries = np.flatnonzero((fcfs.packets["node"] < 0) & (fcfs.packets["node"] != NOBODY))
    link, start = fcfs.packets["link"][entries], fcfs.packets["start"][entries]
    np.subtract.at(counts.begun, link, start >= clock)
    np.subtract.at(counts.busy, link, fcfs.wheel.cycle[entries] - np.maximum(start, clock))
    np.subtract.at(counts.waited, link, np.maximum(start - clock, 0))


def count_in_flight(fcfs: Fcfs) -> int:
    """Return the deliveries that are still to be made by packets under way."""
    node = fcfs.packets["node"][_entries(fcfs)]
    return int(np.count_nonzero(node < 0)) + int(fcfs.leaves[node[node >= 0]].sum())


def deliveries_under_way(fcfs: Fcfs) -> tuple[Array, Array]:
    """Return sender and end of every delivery that is still to be made, int32 each."""
    entries = _entries(fcfs)
    node, cell = fcfs.packets["node"][entries], fcfs.packets["cell"][entries]
    node = np.where(node < 0, ~node, node)
    cells, ends = [cell[:0]], [node[:0]]
    while node.size:
        step = fcfs.steps[node]
        kind, n = step["code"] & (1 << KIND_BITS) - 1, step["code"] >> KIND_BITS
        cells.append(cell[kind == END])
        ends.append(node[kind == END])
        n = np.where(kind == FORK, n, np.where(kind == END, 0, 1))
        first = np.cumsum(n) - n
        node = np.repeat(step["node"] - first, n) + np.arange(n.sum(), dtype=np.int32)
        cell = np.repeat(cell, n)
    return np.concatenate(cells), np.concatenate(ends)


def _entries(fcfs: Fcfs) -> Array:
    return np.flatnonzero(fcfs.packets["node"] != NOBODY)
