"""The limits of a chip's neurons and tables, checked against what a network and its placement need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from neurohw.compiler.incoming import neuron_mask, tiles_reached
from neurohw.compiler.names import cell_name
from neurohw.errors import CapacityError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Placement, Program

Array = np.ndarray


def exceeded_limits(program: Program) -> list[str]:
    """Return one line for each limit of the chip that a program exceeds; empty without a chip.

    Parameters
    ----------
    program : compiled with ``strict=False``, else it exceeds none.
    """
    network, chip, placement = program.network, program.chip, program.placement
    if chip is None or placement is None:
        return []
    reach = tiles_reached(network, placement, chip.n_tiles) if _limits_tiles(chip) else None
    return network_excess(network, chip) + placement_excess(network, placement, reach, chip)


def network_excess(network: Network, chip: Chip) -> list[str]:
    """Return a line for each of ``fan_in`` and ``delay_ticks`` that the network exceeds.

    A line names the neuron or projection that exceeds its limit the most, and how many do.
    """
    return [*_fan_in(network, chip), *_delays(network, chip)]


def placement_excess(network: Network, placement: Placement, reach: Array | None, chip: Chip) -> list[str]:
    """Return a line for each of ``fan_out`` and ``out_axons`` that the placed neurons exceed.

    Sources of spikes are no neurons of the chip and need no entries there.

    Parameters
    ----------
    reach : uint8 [n_cells, ceil(n_tiles / 8)], tiles that hold targets of each cell, as bits. The own tile
        counts: its targets need an entry, too. None where the chip limits neither.
    """
    if reach is None or not _limits_tiles(chip):
        return []
    n_tiles = np.bitwise_count(reach).sum(axis=1, dtype=np.int64) * neuron_mask(network)
    of_tile = np.bincount(placement.tile_of_cell, weights=n_tiles, minlength=chip.n_tiles).astype(np.int64)
    cell = partial(cell_name, network)
    return [
        *_worst("fan_out", chip, n_tiles, cell, "sends to {:,} tiles", "neurons"),
        *_worst("out_axons", chip, of_tile, "tile {}".format, "{:,} destinations of its neurons", "tiles"),
    ]


def refuse_excess(lines: Sequence[str]) -> None:
    """Refuse a network that needs more than the chip has.

    Raises
    ------
    CapacityError
        With the lines, when there are any, and what to do.
    """
    if lines:
        remedy = (
            "map it as if the chip had room with strict=False (`neurohw compile --no-strict`), "
            "or onto a chip that has"
        )
        raise CapacityError("\n".join([*lines, remedy]))


def _limits_tiles(chip: Chip) -> bool:
    return min(chip.limits.fan_out, chip.limits.out_axons) < np.inf


def _fan_in(network: Network, chip: Chip) -> Iterator[str]:
    if chip.limits.fan_in == np.inf:
        return
    n_synapses = np.zeros(network.n_cells, np.int64)
    for group in network.synapses:
        post = network.populations[group.post]
        n_synapses[post.first : post.first + post.size] += np.bincount(group.target, minlength=post.size)
    yield from _worst("fan_in", chip, n_synapses, partial(cell_name, network), "{:,} synapses", "neurons")


def _delays(network: Network, chip: Chip) -> Iterator[str]:
    if chip.limits.delay_ticks == np.inf:
        return
    longest = np.array([group.delay.max(initial=0) for group in network.synapses], np.int64)
    names = [f"projection {group.name!r}" for group in network.synapses]
    delay = f"a delay of {{:,}} ticks of {network.timestep_ms:g} ms"
    yield from _worst("delay_ticks", chip, longest, names.__getitem__, delay, "projections")


def _worst(
    limit: str, chip: Chip, needed: Array, name: Callable[[int], str], what: str, things: str
) -> Iterator[str]:
    """Yield a line on the largest of ``needed`` (int64 [n]), where it is above the chip's limit."""
    most = getattr(chip.limits, limit)
    n_above = int(np.count_nonzero(needed > most))
    if n_above:
        worst = int(np.argmax(needed))
        yield (
            f"{name(worst)}: {what.format(needed[worst])}, chip {chip.name!r} has {limit} = {most:,}; "
            f"{things} above it: {n_above:,}"
        )
