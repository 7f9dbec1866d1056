"""The wheel of events in hardware cycles: what the kernels keep of it, and how it grows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array
from neurohw_event.kernels.wheel import N_SLOTS


class Wheel(NamedTuple):
    """First-in first-out lists of entries, one per slot; an entry stands for what its owner keeps under its number.

    The lists are circular. Numbers below ``N_SLOTS`` are the slots themselves, which begin and close their lists.
    """

    next: Array  # uint32 [N_SLOTS + room]
    cycle: Array  # int64 [N_SLOTS + room], of the event
    last: Array  # uint32 [N_SLOTS], the slot itself where it is empty
    occupied: Array  # uint64 [N_SLOTS / 64], bit set: the slot holds something
    clock: Array  # int64 [1], the cycle up to which all events have been taken
    free: Array  # int64 [3]: first free entry, number of free entries, and of those kept that are no events


def make_wheel(room: int) -> Wheel:
    """Return an empty wheel with room for so many entries, its clock at 0."""
    slots = np.arange(N_SLOTS, dtype=np.uint32)
    return Wheel(
        next=np.concatenate([slots, _chain(N_SLOTS, room, 0)]),
        cycle=np.zeros(N_SLOTS + room, np.int64),
        last=slots.copy(),
        occupied=np.zeros(N_SLOTS // 64, np.uint64),
        clock=np.zeros(1, np.int64),
        free=np.array([N_SLOTS, room, 0]),
    )


def grow_wheel(wheel: Wheel, more: int) -> Wheel:
    """Return the wheel with so many more free entries, those before the ones that were free."""
    size, first_free = len(wheel.next), int(wheel.free[0])
    wheel.free[:2] = size, wheel.free[1] + more
    return wheel._replace(
        next=np.concatenate([wheel.next, _chain(size, more, first_free)]),
        cycle=np.concatenate([wheel.cycle, np.zeros(more, np.int64)]),
    )


def _chain(first: int, n: int, behind: int) -> Array:
    """Return the links of ``n`` free entries, the last of which is followed by ``behind``."""
    links = np.arange(first + 1, first + n + 1, dtype=np.uint32)
    links[-1:] = behind
    return links
