"""A graph on tiles whose packets cross the simulated interconnect: a closed loop, cycle by cycle.

A firing begins when its tile has come to it, and tokens and room are there; a connection sends its next packet when
the one before has arrived, and there is a place for it. When a packet arrives, the event core says (the kernel
``neurohw_event.kernels.fcfs``), which knows nothing of graphs; what then begins sends the next packets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurohw.compiler.schedule import INPUT
from neurohw.dataflow import Certificate
from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of
from neurohw_event.fabric import make_arrived
from neurohw_event.fcfs import make_fcfs
from neurohw_event.kernels.fcfs import DONE, advance, enter
from neurohw_event.noc import make_wires


class Stuck(Exception):
    """Firings wait for each other."""


class Core:
    """Packets of numbered connections in the event core, which may have one under way each."""

    def __init__(self, chip: Chip, ways: list[tuple[int, int]]) -> None:
        wires, topology = make_wires(chip), topology_of(chip.interconnect)
        self.nodes = [int(wires.entry[topology.variant_of_tile[a], a, b]) for a, b in ways]
        self.state = make_fcfs(wires.links, wires.ways)
        self.n_under_way = 0

    def send(self, connection: int, cycle: int) -> None:
        """Have a packet begin its way."""
        assert enter(self.state, self.nodes[connection], connection, cycle, cycle)
        self.n_under_way += 1

    def arrivals(self, cycle: int) -> set[int]:
        """Return whose packets arrive in a cycle, given what has been sent; the core stays where it is."""
        return _advanced(_copied(self.state), cycle) if self.n_under_way else set()

    def leave(self, cycle: int) -> None:
        """Go on to the next cycle."""
        self.n_under_way -= len(_advanced(self.state, cycle))


def run_on_chip(
    chip: Chip,
    certificate: Certificate,
    n_iterations: int,
    times: Callable[[str, int], int],
    port: int | None = None,
) -> dict[str, list[int]]:
    """Return the cycles in which each actor begins its firings.

    Parameters
    ----------
    times : cycles of a firing, by actor and number of the firing.
    port : tile at which packets of ``INPUT`` enter.

    Raises
    ------
    Stuck
        When firings wait for each other before all iterations are over.
    """
    loop, cycle = _Loop(chip, certificate, n_iterations, times, port), 0
    while any(loop.turns_left.values()):
        loop.settle(cycle)
        loop.core.leave(cycle)
        if loop.core.n_under_way:
            cycle += 1
        elif loop.end:
            cycle = min(loop.end.values())
        elif any(loop.turns_left.values()):
            raise Stuck(f"cycle {cycle}: {loop.turns_left} firings are left")
    return loop.starts


class _Loop:
    """Tokens, places in buffers, and who does what."""

    def __init__(
        self, chip: Chip, certificate: Certificate, n_iterations: int, times: Any, port: int | None
    ) -> None:
        graph, tile = certificate.graph, certificate.tile_of_actor
        self.orders, self.times, self.channels = certificate.orders, times, graph.channels
        number = {name: port if name == INPUT else int(name.removeprefix("tile_")) for name in self.orders}
        ends = [(tile[c.source], tile[c.target]) for c in graph.channels]
        self.is_between = [a != b for a, b in ends]
        ways = [(number[a], number[b]) for a, b in ends]
        self.is_on_links = [a != b for a, b in ways]  # what enters at the tile where it is to go takes none
        self.core = Core(chip, ways)
        self.limit = [
            None if c.is_self_edge else certificate.capacity_of_channel.get(c.name) for c in graph.channels
        ]
        self.tokens = [c.tokens for c in graph.channels]  # for the target to take
        self.claimed = [c.tokens * (a == b) for c, (a, b) in zip(graph.channels, ends, strict=True)]
        self.claimed_ahead = [c.tokens for c in graph.channels]  # of places at the target
        self.to_send = [0] * len(graph.channels)
        self.is_busy = [False] * len(graph.channels)
        self.turns_left = {name: n_iterations * len(order) for name, order in self.orders.items()}
        self.firing: dict[str, str] = {}  # by tile
        self.end: dict[str, int] = {}
        self.starts: dict[str, list[int]] = {actor.name: [] for actor in graph.actors}

    def settle(self, cycle: int) -> None:
        """Do all that happens in a cycle."""
        arrived: set[int] = set()
        goes_on = True
        while goes_on:
            new = self.core.arrivals(cycle) - arrived
            arrived |= new
            for connection in new:
                self._arrive(connection)
            ended = [tile for tile, end in self.end.items() if end == cycle]
            for tile in ended:
                self._end(tile)
            began = [self._begin(tile, cycle) for tile in self.orders]
            sent = [self._send(connection, cycle) for connection in range(len(self.channels))]
            goes_on = bool(new) or bool(ended) or any(began) or any(sent)

    def _has_place(self, number: int, claimed: list[int], more: int) -> bool:
        return self.limit[number] is None or claimed[number] + more <= self.limit[number]

    def _begin(self, tile: str, cycle: int) -> bool:
        order = self.orders[tile]
        if tile in self.firing or not self.turns_left[tile]:
            return False
        name = order[-self.turns_left[tile] % len(order)]
        for number, channel in enumerate(self.channels):
            if channel.target == name and self.tokens[number] < channel.consumption:
                return False
            if channel.source == name and not self._has_place(number, self.claimed, channel.production):
                return False
        for number, channel in enumerate(self.channels):
            self.tokens[number] -= channel.consumption * (channel.target == name)
            self.claimed[number] += channel.production * (channel.source == name)
        self.turns_left[tile] -= 1
        self.firing[tile], self.end[tile] = name, cycle + self.times(name, len(self.starts[name]))
        self.starts[name].append(cycle)
        return True

    def _end(self, tile: str) -> None:
        name = self.firing.pop(tile)
        del self.end[tile]
        for number, channel in enumerate(self.channels):
            put = self.to_send if self.is_between[number] else self.tokens
            free = self.claimed_ahead if self.is_between[number] else self.claimed
            put[number] += channel.production * (channel.source == name)
            free[number] -= channel.consumption * (channel.target == name)

    def _send(self, number: int, cycle: int) -> bool:
        if self.is_busy[number] or not self.to_send[number]:
            return False
        if not self._has_place(number, self.claimed_ahead, 1):
            return False
        self.is_busy[number] = True
        self.to_send[number] -= 1
        self.claimed_ahead[number] += 1
        if self.is_on_links[number]:
            self.core.send(number, cycle)
        else:
            self._arrive(number)
        return True

    def _arrive(self, number: int) -> None:
        self.is_busy[number] = False
        self.tokens[number] += 1
        self.claimed[number] -= 1


def _advanced(state: Any, cycle: int) -> set[int]:
    """Move packets to the end of a cycle; return whose have arrived."""
    arrived = make_arrived(4096)
    assert advance(state, arrived, cycle + 1, False) == DONE
    return set(arrived.delivery["sender"][: int(arrived.size[0])].tolist())


def _copied(part: Any) -> Any:
    if isinstance(part, np.ndarray):
        return part.copy()
    return type(part)(*map(_copied, part)) if isinstance(part, tuple) else part
