"""Free lists over growing arrays."""

import numpy as np

from neurohw.jit import kernel


@kernel
def chain(first, size, after):
    """Return the links (int32 [size]) of a free list over ``first`` to ``first + size - 1``, then ``after``."""
    links = np.empty(size, np.int32)
    for i in range(size - 1):
        links[i] = first + i + 1
    links[size - 1] = after
    return links
