"""What the interconnect of fidelities ``fcfs`` and ``latency`` has done up to its clock, and what is under way.

A packet's turn on a link is booked when it arrives there, and a crossbar's work as a whole; what of it lies at or
behind the clock is taken off again here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array, runs
from neurohw_event.fcfs import Fcfs
from neurohw_event.kernels.fcfs_steps import LAST, NOBODY
from neurohw_event.kernels.standing import ROOM


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
    clock, lines = int(fcfs.wheel.clock[0]), fcfs.lines
    is_read = lines["service"] < 0
    service, ahead = np.maximum(lines["service"], 1), _ahead(fcfs)
    later = ahead // service  # back to back, the last of them ends ``ahead`` cycles from the clock
    counts = LinkCounts(
        begun=lines["begun"] - later,
        busy=np.where(is_read, lines["busy"], busy_of_wires(fcfs)),
        waited=lines["waited"] - (later * ahead - service * (later * (later + 1) // 2)),
        longest_queue=longest_queues(fcfs),
        lost=lines["lost"].copy(),
        reinjected=lines["refused"] * (fcfs.reinject_cycles >= 0),
        offered=lines["begun"] + lines["refused"],
    )
    _take_off_crossbars(fcfs, clock, counts)
    return counts


def busy_of_wires(fcfs: Fcfs) -> Array:
    """Return the cycles up to the clock for which each link that is no crossbar was held, int64 [n_links]."""
    busy: Array = fcfs.lines["begun"] * fcfs.lines["service"] - _ahead(fcfs)
    return busy


def longest_queues(fcfs: Fcfs) -> Array:
    """Return the packets that waited for each link at once at most, int64 [n_links]."""
    lines = fcfs.lines
    waits = -(-lines["longest_wait"] // np.maximum(lines["service"], 1))
    return np.where(lines["service"] < 0, lines["longest"], waits)


def _ahead(fcfs: Fcfs) -> Array:
    """Return the cycles beyond the clock for which links are booked, 0 for crossbars."""
    ahead = np.maximum(fcfs.lines["free_at"] - int(fcfs.wheel.clock[0]), 0)
    return np.where(fcfs.lines["service"] < 0, 0, ahead)


def _take_off_crossbars(fcfs: Fcfs, clock: int, counts: LinkCounts) -> None:
    """Take off what packets in crossbars, and before them, have booked behind the clock."""
    entries = _entries(fcfs)
    in_crossbar = fcfs.packets["step"][entries] < 0
    in_crossbar &= fcfs.lines["service"][fcfs.packets["link"][entries]] < 0
    entries = entries[in_crossbar]
    link, start = fcfs.packets["link"][entries], fcfs.packets["start"][entries]
    np.subtract.at(counts.begun, link, start >= clock)
    np.subtract.at(counts.busy, link, fcfs.wheel.cycle[entries] - np.maximum(start, clock))
    np.subtract.at(counts.waited, link, np.maximum(start - clock, 0))


def count_in_flight(fcfs: Fcfs) -> int:
    """Return the deliveries that are still to be made by packets under way."""
    return len(deliveries_under_way(fcfs)[0])


def deliveries_under_way(fcfs: Fcfs) -> tuple[Array, Array]:
    """Return sender and end of every delivery that is still to be made, int32 each."""
    on_wheel, near = fcfs.packets[_entries(fcfs)], fcfs.near.packets[_near(fcfs)]
    step, sender = (np.concatenate([on_wheel[field], near[field]]) for field in ("step", "sender"))
    last = np.flatnonzero(fcfs.steps["code"] & LAST)
    senders, ends = [], []
    while step.size:
        senders.append(sender[step < 0])
        ends.append(~step[step < 0])
        step, sender = step[step >= 0], sender[step >= 0]
        n = last[np.searchsorted(last, step)] - step + 1
        step, sender = fcfs.steps["next"][runs(step, n)], np.repeat(sender, n)
    if not senders:
        return sender, step
    return np.concatenate(senders), np.concatenate(ends)


def _entries(fcfs: Fcfs) -> Array:
    return np.flatnonzero(fcfs.packets["step"] != NOBODY)


def _near(fcfs: Fcfs) -> Array:
    """Return which packets that stood side by side still do."""
    near = fcfs.near
    n = near.size.astype(np.int64) & (2 * ROOM - 1)  # ``standing.n_near`` of all slots
    first = np.arange(len(n)) * ROOM
    now = int(fcfs.wheel.clock[0]) % len(n)
    first[now] += near.taken[0]
    n[now] -= near.taken[0]
    return runs(first, n)
