"""The list of deliveries that the kernels of interconnects make, for the caller to take."""

import numpy as np

from neurohw.jit import inlined


@inlined
def is_full(arrived):
    """True when there is no room for another delivery."""
    return arrived.size[0] == arrived.delivery.size


@inlined
def deliver(arrived, sender, node, fired, entered, reached, cycle):
    """Add a delivery; there must be room."""
    index = np.uint64(arrived.size[0])
    arrived.size[0] += 1
    delivery = arrived.delivery[index]
    delivery.sender = sender
    delivery.node = node
    delivery.fired = fired
    delivery.entered = entered
    delivery.reached = reached
    delivery.cycle = cycle
