"""PyNN's time histograms of ``SpikeSourceInhGamma`` to those of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.network import Histograms
from neurohw.pynn.errors import InvalidValueError

if TYPE_CHECKING:
    from neurohw.pynn.populations import Population

Array = np.ndarray
NAMES = ("tbins", "a", "b")


def lower_histograms(population: Population) -> Histograms | None:
    """Return the histograms of a population's sources, or None for cells that have none.

    Raises
    ------
    InvalidValueError
        When ``a``, ``b`` and ``tbins`` of a cell are not of one length.
    """
    values = population.native_values
    if "tbins" not in values:
        return None
    columns = {name: [np.asarray(one.value, dtype=float) for one in values[name]] for name in NAMES}
    for cell, (tbins, a, b) in enumerate(zip(*columns.values(), strict=True)):
        if not len(tbins) == len(a) == len(b):
            raise InvalidValueError(
                f"population {population.label!r}: cell {cell} has {len(tbins)} tbins, {len(a)} a and {len(b)} b; "
                "there must be as many of each"
            )
    bins = [len(tbins) for tbins in columns["tbins"]]
    joined = {name: np.concatenate(column) for name, column in columns.items()}
    return Histograms(np.concatenate([[0], np.cumsum(bins)]), **joined)
