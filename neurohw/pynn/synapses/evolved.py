"""Weights of a learning projection as a run has left them, apart from those that the script declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurohw.pynn import simulator

if TYPE_CHECKING:
    from neurohw.pynn.lowering.synapses import Lowered
    from neurohw.pynn.synapses.attributes import Attributes

Array = np.ndarray


class Evolved:
    """The weights at one moment of one run, in the order of the connections' table.

    They are fetched from the session when asked for, once for each time at which it stands.
    """

    def __init__(self) -> None:
        self._moment: tuple[Any, int] | None = None
        self._weights: Array | None = None

    def weights(self, projection: Attributes) -> Array:
        """Return the current weights: the declared ones where nothing learns or has run."""
        self.refresh(projection)
        return projection.connections_table.weight if self._weights is None else self._weights

    def refresh(self, projection: Attributes) -> None:
        """Fetch the weights, unless those at hand are of this moment."""
        if not projection.synapse_type.model.learns:
            return
        simulator.state.refuse_forgotten(projection.post, f"projection {projection.label!r}")
        moment = simulator.state.moment
        if moment != self._moment:
            lowered = projection.lowered
            self._weights = None if moment is None or lowered is None else _fetch(projection, lowered)
            self._moment = moment

    def assign(self, weights: Array) -> None:
        """Take weights that the script has set in mid-run."""
        if self._weights is not None:
            self._weights = weights.copy()

    def assign_one(self, index: int, weight: float) -> None:
        """Take the weight of one connection."""
        if self._weights is not None:
            self._weights = self._weights.copy()
            self._weights[index] = weight


def _fetch(projection: Attributes, lowered: Lowered) -> Array:
    weights = np.array(projection.connections_table.weight)
    for group, rows in lowered.located():
        weights[rows] = simulator.state.synapse_state(group)["weight"]
    return weights
