"""What steps of cells with conductances need to know, class by class."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network
from neurohw_event.kernels.opening import N_COEFFICIENTS, fill_coefficients
from neurohw_event.layout import Array, Kind, kind_of


def make_opening(network: Network, constants_of_class: Array) -> Array:
    """Return the coefficients of a step of a tick for each class of cells; none where no cell has conductances."""
    has_any = any(kind_of(population.model) == Kind.CONDUCTANCE for population in network.populations)
    table = np.empty((len(constants_of_class) if has_any else 0, N_COEFFICIENTS))
    if has_any:
        fill_coefficients(table, constants_of_class, network.timestep_ms)
    return table
