"""What an interconnect does to the timing of spikes, from the list of deliveries: plain loops over pairs of spikes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise
from statistics import pstdev

from tests.naive.interconnect import Delivery


def trains(deliveries: list[Delivery]) -> list[list[Delivery]]:
    """Return what each tile received from each cell, in the order of arrival."""
    of_pair = defaultdict(list)
    for delivery in deliveries:
        of_pair[delivery.cell, delivery.tile].append(delivery)
    return [sorted(train, key=lambda d: d.cycle) for train in of_pair.values()]


def are_distinct(deliveries: list[Delivery]) -> bool:
    """Whether no two spikes of one cell reach a tile in the same cycle, where their order would be open."""
    return all(one.cycle < other.cycle for train in trains(deliveries) for one, other in pairwise(train))


def interval_errors(deliveries: list[Delivery]) -> list[int]:
    """Return, for each two spikes of a cell that follow each other at a tile, by how much their interval changed."""
    return [
        abs((other.cycle - one.cycle) - abs(other.fired - one.fired))
        for train in trains(deliveries)
        for one, other in pairwise(train)
    ]


def jitters(deliveries: list[Delivery]) -> list[float]:
    """Return the standard deviation of the latency of each cell and tile with more than one delivery."""
    return [pstdev(int(d.cycle - d.fired) for d in train) for train in trains(deliveries) if len(train) > 1]


def disorder(deliveries: list[Delivery]) -> tuple[int, int]:
    """Count the deliveries to a tile after one that was fired later: at least and at most.

    Who comes first of those that reach a tile in one cycle is open.
    """
    return sum(_overtaken(deliveries, least=True)), sum(_overtaken(deliveries, least=False))


def _overtaken(deliveries: list[Delivery], least: bool) -> Iterator[bool]:
    in_order = sorted(deliveries, key=lambda d: (d.tile, d.cycle, d.fired if least else -d.fired))
    for _, at_tile in groupby(in_order, key=lambda d: d.tile):
        before = list(at_tile)
        for index, delivery in enumerate(before):
            yield any(other.fired > delivery.fired for other in before[:index])
