"""Weights as numbers of levels: what the cells of a crossbar hold, where their weights were rounded to a few bits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.network import Network, Synapses
from neurohw.network.csr import is_constant
from neurohw_event.delivery_order import Places
from neurohw_event.kernels.levels import MOST_LEVELS, Slots, number_weights
from neurohw_event.layout import Array

_PIECE = 2**18  # synapses looked at at a time


class Numbered(NamedTuple):
    """Levels, and which of them each synapse has; arguments and fields as in ``StoredWeights``."""

    of_group: list[Array]  # uint8
    levels: Array
    level_at: Array


def number_levels(network: Network, places: Places) -> Numbered | None:
    """Return the numbers of all static weights; None where synapses of a group and tile have too many distinct ones.

    Each group of synapses has levels of its own on each tile, as crossbars differ in the size of a step. Other synapses
    than static ones share one level, of 0: their weights stand elsewhere.
    """
    n_places = max(1, int(places.tile.max()) + 1)
    of_group, levels, level_at = [], [np.zeros(1)], np.zeros((len(network.synapses), n_places), np.int32)
    n_levels = 1
    for index, group in enumerate(network.synapses):
        if not group.model.is_static or is_constant(group.weight):
            of_group.append(np.broadcast_to(np.uint8(0), group.weight.shape))
            if group.model.is_static and group.size:
                level_at[index] = n_levels
                levels.append(group.weight[:1])
                n_levels += 1
            continue
        own = _number_group(group, network.populations[group.post].first, places, n_places)
        if own is None:
            return None
        numbers, values, begins = own
        of_group.append(numbers)
        level_at[index] = n_levels + begins
        levels.append(values)
        n_levels += len(values)
    return Numbered(of_group, np.concatenate(levels), level_at)


def _number_group(
    group: Synapses, first_cell: int, places: Places, n_places: int
) -> tuple[Array, Array, Array] | None:
    """Return (number of each weight, levels of one place after the other, where those of a place begin)."""
    n_slots = 1 << (4 * MOST_LEVELS * n_places - 1).bit_length()
    slots = Slots(np.full(n_slots, -1, np.int32), np.empty(n_slots, np.uint64), np.empty(n_slots, np.uint8))
    n_of_place = np.zeros(n_places, np.int64)
    numbers = np.empty(group.size, np.uint8)
    for begin in range(0, group.size, _PIECE):
        own = slice(begin, begin + _PIECE)
        # kernels are compiled for one type of array: contiguous and not marked read-only
        target, bits = np.array(group.target[own]), np.array(group.weight[own], np.float64).view(np.uint64)
        if not number_weights(
            places.tile, first_cell, target, bits, MOST_LEVELS, slots, n_of_place, numbers[own]
        ):
            return None
    begins = np.cumsum(n_of_place) - n_of_place
    used = np.flatnonzero(slots.place >= 0)
    levels = np.empty(int(n_of_place.sum()))
    levels[begins[slots.place[used]] + slots.number[used]] = slots.bits[used].view(np.float64)
    return numbers, levels, begins
