"""What Python with a compiled kernel of one line takes, as the floor of anything that runs kernels.

    python -m benchmarks.sanafe.kernel_alone

Prints a JSON object; the first run puts the kernel into the cache.
"""

from __future__ import annotations

import json

import numpy as np

from neurohw.jit import kernel


@kernel
def total(values):
    """Return the sum of an array."""
    return values.sum()


if __name__ == "__main__":
    print(json.dumps({"total": total(np.ones(3))}))
