"""What a run costs, from what happened in it: every action counted by itself, times its price."""

from __future__ import annotations

import numpy as np

from neurohw.hardware.topology import LINK_HOP
from neurohw.program import Program
from tests.naive.chip_ways import synapses_to
from tests.naive.interconnect import NaiveInterconnect


def energy_pj(program: Program, naive: NaiveInterconnect, fired: list[int], ticks: int) -> dict[str, float]:
    """Return pJ by stage, without standing by, of a run in which the cells ``fired`` one after the other."""
    price, on_chip = program.chip.energy, program.clusters.cluster_of_cell >= 0
    near, far = hops(naive)
    arrived = [(d.cell, d.tile) for d in naive.deliveries]
    return {
        "spike": sum(on_chip[cell] for cell in fired) * price.spike_pj,
        "hop": near * price.hop_pj,
        "chip_hop": far * price.chip_hop_pj,
        "receive": (len(arrived) + len(naive.late_dropped)) * price.receive_pj,
        "row": sum(rows_of(program, *arrival) for arrival in arrived) * price.row_pj,
        "synapse": sum(synapses_to(program, *arrival) for arrival in arrived) * price.synapse_pj,
        "update": on_chip.sum() * ticks * price.update_pj,
    }


def hops(naive: NaiveInterconnect) -> tuple[int, int]:
    """Count the links between routers that packets have taken: within chips, and between them."""
    count = [0, 0]
    wires = naive.naive_chip.wires
    for link in np.flatnonzero(wires.kind == LINK_HOP):
        is_across = naive.naive_chip.is_across(int(wires.source[link]), int(wires.target[link]))
        count[is_across] += naive.kernel.counts(link)[0]
    return count[0], count[1]


def rows_of(program: Program, cell: int, tile: int) -> int:
    """Count the groups of neurons of a tile in which a cell has a row."""
    clusters = set()
    for synapses in program.network.synapses:
        pre, post = program.network.populations[synapses.pre], program.network.populations[synapses.post]
        if pre.first <= cell < pre.first + pre.size:
            row = slice(*synapses.indptr[cell - pre.first : cell - pre.first + 2])
            clusters |= {
                int(program.clusters.cluster_of_cell[post.first + to]) for to in synapses.target[row]
            }
    return sum(int(program.placement.tile_of_cluster[cluster]) == tile for cluster in clusters)
