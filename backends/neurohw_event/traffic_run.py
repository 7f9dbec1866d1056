"""One measurement of traffic: the kernel of a fidelity is given room and run, and what it counted is read."""

from __future__ import annotations

import numpy as np

from neurohw.errors import DeadlockError
from neurohw.traffic import LoadPoint
from neurohw_event.credit import RouterRules, grow_credit, make_credit, waiting_cycle
from neurohw_event.fabric import Array, Links, Ways, make_arrived
from neurohw_event.fcfs import Fcfs, LinkRules, grow_fcfs, make_fcfs
from neurohw_event.kernels.credit.state import DEADLOCK, NO_ROOM, NOW, Credit
from neurohw_event.kernels.histogram import quantile
from neurohw_event.kernels.traffic.credit import CREDIT_WINDOW, drive_credit
from neurohw_event.kernels.traffic.fcfs import FCFS_WINDOW, drive_fcfs
from neurohw_event.kernels.traffic.offer import PAUSED, Offer, first_packets
from neurohw_event.kernels.traffic.tally import (
    ARRIVED,
    CREATED,
    CREATED_LATE,
    EMPTY,
    EMPTY_LATE,
    HOPS,
    LATENCY,
    LATENCY_LATE,
    LONGEST,
    SHORTEST,
    Tally,
)

ROOM = 256  # deliveries between two counts: few, so that they are at hand when they are counted
GROWTH = 0.2  # of waiting from the first to the second half of a steady run, of the mean latency, at most


def measure(
    links: Links,
    ways: Ways,
    ring: Array | None,
    fidelity: str,
    offer: Offer,
    tally: Tally,
    until: int,
    load: float,
    flits: int,
) -> LoadPoint:
    """Simulate an offer until its measured packets have arrived, at most to cycle ``until``.

    Raises
    ------
    DeadlockError
        Packets wait for each other.

    """
    n_tiles = len(offer.next)
    first_packets(offer)
    if fidelity == "credit":
        routers = make_credit(links, ways, rules=RouterRules(ring=ring), pool=2 * CREDIT_WINDOW * n_tiles)
        routers = _drive_credit(routers, offer, tally, until)
        done = int(routers.clock[NOW]), int(routers.link["carried"].sum())
    else:
        rules = LinkRules(contention=fidelity == "fcfs")
        lines = make_fcfs(links, ways, rules=rules, pool=2 * FCFS_WINDOW * n_tiles)
        lines = _drive_fcfs(lines, offer, tally, until)
        done = int(lines.wheel.clock[0]), int(lines.lines["begun"].sum())
    return _point(tally, bool(offer.next.min() >= tally.end), load, flits, *done)


def _drive_credit(network: Credit, offer: Offer, tally: Tally, until: int) -> Credit:
    arrived = make_arrived(ROOM)
    while (status := drive_credit(network, arrived, offer, tally, until)) in (NO_ROOM, PAUSED):
        if status == NO_ROOM:
            network = grow_credit(network, len(network.wheel.next))
    if status == DEADLOCK:
        links = ", ".join(map(str, waiting_cycle(network)))
        raise DeadlockError(f"cycle {network.clock[NOW]}: packets on the links {links} wait for each other")
    return network


def _drive_fcfs(network: Fcfs, offer: Offer, tally: Tally, until: int) -> Fcfs:
    arrived = make_arrived(ROOM)
    while (status := drive_fcfs(network, arrived, offer, tally, until)) in (NO_ROOM, PAUSED):
        if status == NO_ROOM:
            network = grow_fcfs(network, len(network.wheel.next))
    return network


def _point(
    tally: Tally, all_made: bool, load: float, flits: int, simulated: int, packet_links: int
) -> LoadPoint:
    counts, cycles = tally.counts, tally.end - tally.begin
    created, arrived = int(counts[CREATED]), int(counts[ARRIVED])
    return LoadPoint(
        load=load,
        accepted=float(flits * tally.accepted_of_tile.mean() / cycles),
        accepted_least=float(flits * tally.accepted_of_tile.min() / cycles),
        created=created,
        arrived=arrived,
        latency_mean=float(counts[LATENCY] / arrived) if arrived else np.nan,
        latency_p99=quantile(tally.latencies, 0.99),
        latency_min=float(counts[SHORTEST]) if arrived else np.nan,
        latency_max=float(counts[LONGEST]) if arrived else np.nan,
        hops=float(counts[HOPS] / created) if created else np.nan,
        steady=all_made and _is_steady(counts),
        cycles=simulated,
        packet_links=packet_links,
    )


def _is_steady(counts: Array) -> bool:
    """Return whether all have arrived, and those made in the second half did not wait longer than those before.

    Where more is sent than the network can take, waiting grows in proportion to time: from the first to the second
    half of a measurement that follows a warm-up of a third of its length by about 1.9.
    """
    created, late = counts[CREATED], counts[CREATED_LATE]
    if counts[ARRIVED] != created:
        return False
    waited, waited_late = counts[LATENCY] - counts[EMPTY], counts[LATENCY_LATE] - counts[EMPTY_LATE]
    growth = waited_late / max(late, 1) - (waited - waited_late) / max(created - late, 1)
    return bool(growth <= GROWTH * max(counts[LATENCY] / max(created, 1), 1))
