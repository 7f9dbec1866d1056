"""Routers: the links that every cell's spikes take to the tiles of its targets."""

from collections.abc import Callable, Mapping

import numpy as np

from neurohw.compiler.route.shortest import shortest
from neurohw.hardware import Chip
from neurohw.program import Placement, Routes

# (placement, tiles reached by each cell as ``tiles_reached`` returns them, chip) -> routes
Router = Callable[[Placement, np.ndarray, Chip], Routes]

ROUTERS: Mapping[str, Router] = {
    "shortest": shortest,
}

__all__ = ["ROUTERS", "Router"]
