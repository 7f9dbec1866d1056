"""Copies of the tiles that bound the throughput, on free tiles: they take turns with the iterations.

A copy holds the same synapses, and works on every other iteration. That is for networks whose iterations do not depend
on each other, such as pictures shown one after the other to a network that starts anew: neurons of one copy know
nothing of those of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from neurohw.compiler.schedule.chip_platform import chip_platform, tile_name
from neurohw.compiler.schedule.mapped import INPUT, cluster_name, mapped_graph, mapping_of
from neurohw.compiler.schedule.program import guarantee_program, with_input
from neurohw.dataflow import (
    Certificate,
    Graph,
    buffers_of,
    guarantee,
    project,
    simulated_period,
    single_tile_order,
)
from neurohw.dataflow.unfold import copy_name, unfold
from neurohw.errors import SettingError
from neurohw.program import Program

Array = np.ndarray

EVALUATIONS = 40
MOST_TILES = 256  # in use and free: the ways between all of them are needed
Copies = dict[int, tuple[int, ...]]  # tile -> the tiles that do its work in turn, itself first


@dataclass(frozen=True)
class Duplicated:
    """A mapping with copies of some tiles; times are hardware cycles."""

    copies_of_tile: Copies  # of those with copies
    period_before: Fraction  # per iteration, at most, without copies
    period: Fraction  # per iteration, at most
    simulated_period: Fraction  # per iteration, in a self-timed execution
    certificate: Certificate = field(repr=False)  # of as many iterations at a time as there are copies


def duplicate_bottlenecks(program: Program, spikes: Array, copies: int = 2) -> Duplicated | None:
    """Put copies of tiles that bound the guaranteed throughput on free tiles, as long as that raises it.

    In each step the tiles of the critical cycle are tried, each with the free tile that is nearest to it, and the best
    is kept.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires in an iteration, at most.
    copies : of a tile, itself included, at most.

    Returns
    -------
    None where no copy raises the throughput, nothing limits it, no tile is free, or 256 tiles or more are in use.

    Raises
    ------
    MappingError
        For a program without a chip.
    SettingError
        For fewer than 2 copies.
    """
    if copies < 2:
        raise SettingError(f"copies = {copies} must be at least 2: a tile and its copy")
    chip, _, placement = mapping_of(program)
    if len(np.unique(placement.tile_of_cluster)) >= min(MOST_TILES, chip.n_tiles):
        return None
    before = guarantee_program(program, spikes)
    if not before.period:
        return None
    search = _Search(program, unfold(mapped_graph(program, spikes), copies), copies)
    best, certificate = search.best(before.period)
    if not best:
        return None
    simulated = simulated_period(certificate, search.platform, 16)
    return Duplicated(
        best,
        before.period,
        certificate.period / copies,
        min(simulated, certificate.period) / copies,
        certificate,
    )


class _Search:
    """The unfolded graph, its order and buffers, the platform with all tiles, and evaluations left."""

    def __init__(self, program: Program, graph: Graph, copies: int) -> None:
        chip, clusters, placement = mapping_of(program)
        self.copies, self.graph = copies, graph
        self.tile_of_cluster = placement.tile_of_cluster.tolist()
        self.order = single_tile_order(graph)
        self.capacities = buffers_of(graph, self.order)
        self.has_input = copy_name(INPUT, 0) in graph.index
        ports = np.unique(placement.tile_of_cell[clusters.cluster_of_cell < 0]).tolist()
        used = {*self.tile_of_cluster, *ports}
        free = sorted(set(range(chip.n_tiles)) - set(self.tile_of_cluster))
        self.free = set(free[: max(0, MOST_TILES - len(used))])
        self.platform = chip_platform(chip, used | self.free)
        if ports:
            self.platform = with_input(self.platform, tile_name(ports[0]))
        self.evaluations = EVALUATIONS

    def best(self, period_before: Fraction) -> tuple[Copies, Certificate]:
        """Return the copies that raise the throughput most, none where none does."""
        found: Copies = {}
        certificate = self.evaluate(found)
        best, shortest = (found, certificate), period_before * self.copies
        while self.free and self.evaluations > 0:
            tried = [(self.evaluate(more), more) for more in self.candidates(found, certificate)]
            if not tried:
                break
            following, copies = min(tried, key=lambda pair: pair[0].period)
            if following.period > certificate.period:
                break
            self.free -= {tile for tiles in copies.values() for tile in tiles}
            # of two tiles that are equally busy, both need a copy before it is faster
            found, certificate = copies, following
            if certificate.period < shortest:
                best, shortest = (found, certificate), certificate.period
        return best

    def candidates(self, found: Copies, certificate: Certificate) -> list[Copies]:
        """Return the copies there are, with one more of a tile on the critical cycle."""
        ends = {c.name: (c.source, c.target) for c in self.graph.channels}
        actors = [name for wait in certificate.critical for name in ends.get(wait.who, (wait.who,))]
        names = dict.fromkeys(certificate.tile_of_actor[name] for name in actors)
        number = {tile_name(tile): tile for tile in set(self.tile_of_cluster)}
        more = []
        for tile in (number[name] for name in names if name in number):
            origin = next((own for own, tiles in found.items() if tile in tiles), tile)
            tiles = found.get(origin, (origin,))
            if len(tiles) < self.copies:
                more.append({**found, origin: (*tiles, self.nearest(origin))})
        unique = {tuple(sorted(copies.items())): copies for copies in more}
        return list(unique.values())[: self.evaluations]

    def nearest(self, tile: int) -> int:
        """Return the free tile to which packets are the quickest."""
        return min(self.free, key=lambda free: (self.platform.delay[tile_name(tile), tile_name(free)], free))

    def evaluate(self, copies: Mapping[int, tuple[int, ...]]) -> Certificate:
        """Return what is guaranteed with some copies."""
        self.evaluations -= 1
        tile_of_actor = {}
        for cluster, tile in enumerate(self.tile_of_cluster):
            tiles = copies.get(tile, (tile,))
            for copy in range(self.copies):
                tile_of_actor[copy_name(cluster_name(cluster), copy)] = tile_name(tiles[copy % len(tiles)])
        for copy in range(self.copies * self.has_input):
            tile_of_actor[copy_name(INPUT, copy)] = INPUT
        return guarantee(self.graph, project(self.order, tile_of_actor), self.platform, self.capacities)
