"""Numbering the distinct weights of synapses: a hash table with open addressing."""

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, leaf

MOST_LEVELS = 256  # of one number of 8 bits
_FREE = -1
# prime numbers near 2**32 over the golden ratio, and over its square: neighbouring keys end up far apart (Knuth 1998,
# The Art of Computer Programming 3, section 6.4); all products fit into 64 bits
_BY_WEIGHT, _BY_PLACE = np.uint64(2654435761), np.uint64(1640531527)
_HALF, _MIDDLE, _LOW = np.uint64(32), np.uint64(16), np.uint64(2**32 - 1)


class Slots(NamedTuple):
    """Distinct weights of each place, and their numbers; slots are a power of two, more than there are weights."""

    place: np.ndarray  # int32 [n_slots], -1 where free
    bits: np.ndarray  # uint64 [n_slots], of the weight
    number: np.ndarray  # uint8 [n_slots], in the order in which they came


@leaf
def number_weights(place_of_cell, first_cell, target, bits, most, slots, n_of_place, numbers):
    """Write to ``numbers`` which of the weights of its target's place each synapse has; False where they are too many.

    ``bits`` (uint64 [n]) are those of the weights; ``target`` counts from ``first_cell``. Places of cells may be one
    for all, and -1. ``n_of_place`` says how many weights each place has so far.
    """
    for i in range(target.size):
        place = max(place_of_cell[first_cell + target[i]] if place_of_cell.size > 1 else place_of_cell[0], 0)
        slot = _find(slots, place, bits[i])
        if slots.place[slot] == _FREE:
            n = n_of_place[place]
            if n == most:
                return False
            slots.place[slot], slots.bits[slot], slots.number[slot] = place, bits[i], n
            n_of_place[place] = n + 1
        numbers[i] = slots.number[slot]
    return True


@inlined
def _find(slots, place, bits):
    """Return the slot of a weight, a free one where it is new."""
    mask = slots.place.size - 1
    key = ((bits >> _HALF) ^ bits ^ (np.uint64(place) * _BY_PLACE)) & _LOW
    slot = np.int64((key * _BY_WEIGHT) >> _MIDDLE) & mask
    while slots.place[slot] != _FREE and (slots.bits[slot] != bits or slots.place[slot] != place):
        slot = (slot + 1) & mask
    return slot
