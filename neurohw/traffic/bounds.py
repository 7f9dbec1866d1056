"""What a topology can carry at most: the load of every link by traffic whose routes are known.

No router, buffer or arbiter can take a link above one flit a cycle, so that the busiest link bounds the throughput
(Dally & Towles 2004, section 3.3.1).
"""

from __future__ import annotations

from math import inf

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, Topology, topology_of

Array = np.ndarray

ROUNDED = 1e-9  # relative; loads that differ less are the same, added up in another order


def link_loads(topology: Topology, demand: Array) -> Array:
    """Return the load of every link per unit of injection.

    Routes are followed through the table of next links, every variant of it by an equal share of the packets.
    What a tile sends to itself goes through its router, too.

    Parameters
    ----------
    topology : gives the links and the routes.
    demand : float [n_tiles, n_tiles], flits that each tile (row) sends to each tile (column) per unit; rows that
        sum to 1 give the load for one flit a tile and cycle.

    Returns
    -------
    float64 [n_links], in the unit of ``demand``.

    Raises
    ------
    SettingError
        For a demand of another shape, or one that is negative or not finite.
    ChipError
        For a topology whose table of next links would be too large.
    """
    from neurohw.traffic.kernels import add_loads

    flits, links = _checked(topology, demand), topology.links
    load = np.zeros(links.n_links)
    load[: topology.n_tiles] = flits.sum(axis=1)  # link t is that of tile t into its router
    used = np.flatnonzero(flits.any(axis=0))
    for table in topology.next_links(used):
        flow = np.zeros((topology.n_routers, used.size))
        np.add.at(flow, topology.router_of_tile, flits[:, used] / topology.n_variants)
        next_link = np.ascontiguousarray(table, np.int32)  # kernels are compiled for one type of array
        add_loads(next_link, links.kind == LINK_HOP, np.array(links.target), flow, load)
    return load


def ideal_saturation(topology: Topology, demand: Array) -> float:
    """Return the injection rate at which the busiest link is always busy, 1 / max(link_loads).

    Parameters
    ----------
    topology, demand : as for ``link_loads``; with rows that sum to 1 the rate is in flits per tile and cycle.

    Returns
    -------
    ``inf`` without traffic, and for a topology without contention.
    """
    highest = float(link_loads(topology, demand).max())
    return inf if topology.contention_free or highest == 0 else 1.0 / highest


def mean_hops(topology: Topology, demand: Array) -> float:
    """Return how many links between routers a packet crosses, on average; 0 without traffic."""
    total = float(np.sum(demand))
    hops = float(link_loads(topology, demand)[topology.links.kind == LINK_HOP].sum())
    return hops / total if total else 0.0


def _checked(topology: Topology, demand: Array) -> Array:
    flits = np.asarray(demand, np.float64)
    n = topology.n_tiles
    if flits.shape != (n, n):
        raise SettingError(f"demand has shape {flits.shape}, topology {topology.name!r} needs ({n}, {n})")
    wrong = np.argwhere(~(np.isfinite(flits) & (flits >= 0)))
    if wrong.size:
        source, destination = wrong[0]
        raise SettingError(
            f"demand of tile {source} for tile {destination} = {flits[source, destination]:g} must be finite "
            "and at least 0"
        )
    return flits


def chip_saturation(chip: Chip, demand: Array, least_cycles: int = 0) -> tuple[float, str | None]:
    """Return ``ideal_saturation`` of a chip, whose links between chips may be slower, and the link that sets it.

    Parameters
    ----------
    chip : gives the topology, and for how many cycles a packet holds a link: its flits.
    demand : as for ``link_loads``, of packets; its rows sum to 1 on average.
    least_cycles : for which a packet holds a link even if its bandwidth has no limit.

    Returns
    -------
    saturation : flits per tile and cycle; ``inf`` where nothing limits them.
    link : name of the busiest link, None where there is no limit.
    """
    topology = topology_of(chip.interconnect)
    service = np.where(topology.is_chip_link, chip.chip_service_cycles, chip.service_cycles)
    busy = link_loads(topology, demand) * np.maximum(service, least_cycles)
    link = int(np.argmax(busy >= busy.max() * (1 - ROUNDED)))  # the first of those that are as busy
    if topology.contention_free or busy[link] == 0:
        return inf, None
    return max(chip.service_cycles, 1) / float(busy[link]), topology.links.name(link)
