"""Names for messages."""

from __future__ import annotations

from neurohw.network import Network


def cell_name(network: Network, cell: int) -> str:
    """Return ``"population 'exc', neuron 17"`` for a global id."""
    for population in network.populations:
        if cell in population.ids:
            return f"population {population.name!r}, neuron {cell - population.first}"
    return f"cell {cell}"
