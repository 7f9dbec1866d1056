"""A run that cannot go on: packets on routes that form a cycle wait for each other, and the error names the links."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np
import pytest

import neurohw
from neurohw.backend import load
from neurohw.compiler import ROUTERS
from neurohw.compiler.incoming import tiles_reached
from neurohw.errors import DeadlockError
from neurohw.hardware import Chip, load_chip
from neurohw.hardware.topology import Links, topology_of
from neurohw.network import MODELS, Network, Population, Probe, Synapses, csr_from_pairs
from neurohw.program import Clusters, Placement, Program, Routes

CLOCKWISE = (0, 1, 3, 2)  # tiles of a 2 x 2 mesh, as they stand around its middle
CYCLE = ["0->1", "1->3", "3->2", "2->0"]
CELLS = 12  # of a tile; all of them fire in the same tick
N_CELLS = 4 * CELLS
MS = 5.0


def crossing_pairs() -> Network:
    """Return cells that all fire together, those of each tile connected to the tile across."""
    model = MODELS["IF_curr_exp"]
    values = {name: np.full(N_CELLS, parameter.default) for name, parameter in model.parameters.items()}
    cells = Population("cells", model, 0, N_CELLS, values | {"i_offset": np.full(N_CELLS, 20.0)})
    pre = np.arange(N_CELLS)
    post = (3 - pre // CELLS) * CELLS + pre % CELLS
    columns = csr_from_pairs(pre, post, N_CELLS, np.full(N_CELLS, 0.1), np.full(N_CELLS, 1))
    synapses = (Synapses("across", 0, 0, "excitatory", *columns),)
    return Network(0.1, (cells,), synapses, probes=(Probe(0, "spikes", pre),))


def chip_of(buffer_packets: float, **numbers) -> Chip:
    shape = {"width": 2, "height": 2, "columns": CELLS, "buffer_packets": buffer_packets}
    return load_chip("mesh").replace(**shape, **({"full_buffer": "block"} | numbers))


def program_around(chip: Chip) -> Program:
    """Return a program whose routes all go two hops clockwise, which no router of this package does."""
    tile_of_cell = np.arange(N_CELLS) // CELLS
    links = topology_of(chip.interconnect).links
    nodes = [way_across(links, tile) for tile in range(4)]
    return Program(
        network=crossing_pairs(),
        chip=chip,
        clusters=Clusters(
            cluster_of_cell=tile_of_cell,
            column_of_cell=np.arange(N_CELLS) % CELLS,
            n_rows=np.full(4, CELLS),
            n_columns=np.full(4, CELLS),
            n_crossbars=np.ones(4),
        ),
        placement=Placement(np.arange(4), tile_of_cell),
        routes=Routes(
            links=links,
            tree_of_cell=tile_of_cell,
            is_local=np.zeros(N_CELLS),
            node_indptr=np.arange(0, 17, 4),
            node_link=np.concatenate(nodes),
            node_parent=np.tile(np.arange(-1, 3), 4),
            node_tile=np.concatenate([[-1, -1, -1, 3 - tile] for tile in range(4)]),
        ),
    )


def way_across(links: Links, tile: int) -> list[int]:
    """Return the links from a tile clockwise to the one across."""
    at = CLOCKWISE.index(tile)
    routers = [CLOCKWISE[(at + hop) % 4] for hop in range(3)]
    names = [
        f"{tile} in",
        *(f"{a}->{b}" for a, b in pairwise(routers)),
        f"{3 - tile} out",
    ]
    of_name = {links.name(link): link for link in range(links.n_links)}
    return [of_name[name] for name in names]


def is_turn_of(links: list[str], cycle: list[str]) -> bool:
    """Whether links are those of a cycle, in its order, from wherever it is begun, to the first once more."""
    *around, again = links
    turns = [cycle[n:] + cycle[:n] for n in range(len(cycle))]
    return again == around[0] and around in turns


@pytest.mark.parametrize(
    "numbers", [{}, {"multicast": False}, {"encode_cycles": 2}, {"hop_cycles": 5, "credit_cycles": 0}]
)
def test_a_cycle_of_full_buffers_is_named(numbers: dict[str, int]) -> None:
    program = program_around(chip_of(1, **numbers))
    with pytest.raises(DeadlockError, match="packets wait for each other") as raised:
        neurohw.run(program, MS, fidelity="credit")
    message = str(raised.value)
    named = re.search(r"behind the next: ([^;]*);", message)
    assert is_turn_of(named[1].split(", "), CYCLE), message
    assert "chip 'mesh'" in message
    assert "use larger buffers" in message


def test_a_session_stops_at_the_tick_in_which_it_happens() -> None:
    program = program_around(chip_of(1))
    first = int(neurohw.run(program, MS, fidelity="fcfs").spikes.ticks[0])
    with load("event").open(program, fidelity="credit") as session:
        session.advance(first - 1)
        with pytest.raises(DeadlockError):
            session.advance(first + 10)


@pytest.mark.parametrize(
    ("fidelity", "chip"),
    [
        ("fcfs", chip_of(1)),
        ("credit", chip_of(inf)),
        ("credit", chip_of(2 * CELLS)),
        ("credit", chip_of(1, full_buffer="drop_new")),
        ("credit", chip_of(1, full_buffer="drop_after_wait", wait_cycles=7)),
    ],
    ids=["fcfs", "endless", "large", "drop_new", "drop_after_wait"],
)
def test_what_the_error_advises_helps(fidelity: str, chip: Chip) -> None:
    result = neurohw.run(program_around(chip), MS, fidelity=fidelity)
    traffic = result.report.traffic
    assert traffic.sent == traffic.delivered + traffic.dropped + traffic.in_flight > N_CELLS
    assert (traffic.dropped > 0) == (chip.interconnect.full_buffer != "block")


def test_the_router_of_the_compiler_makes_no_such_cycle() -> None:
    program = program_around(chip_of(1))
    reach = tiles_reached(program.network, program.placement, 4)
    routes = ROUTERS["shortest"](program.placement, reach, program.chip)
    traffic = neurohw.run(replace(program, routes=routes), MS, fidelity="credit").report.traffic
    assert traffic.sent == traffic.delivered + traffic.in_flight > N_CELLS
    assert traffic.hops > 0
