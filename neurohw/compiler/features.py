"""What a network asks of a chip's circuits that the chip does not have."""

from __future__ import annotations

from neurohw.errors import UnsupportedError
from neurohw.hardware import Chip
from neurohw.network import Network


def missing_features(network: Network, chip: Chip) -> list[str]:
    """Return one line for each projection whose synapse model the chip lacks; empty when it has all."""
    return [
        f"projection {group.name!r}: synapse model {group.model.name!r}, chip {chip.name!r} has "
        f"{', '.join(sorted(chip.synapse_models))}"
        for group in network.synapses
        if group.model.name not in chip.synapse_models
    ]


def refuse_missing(network: Network, chip: Chip) -> None:
    """Refuse a network that needs circuits that the chip does not have.

    Raises
    ------
    UnsupportedError
        Naming every projection, its synapse model, the chip and what to do.
    """
    missing = missing_features(network, chip)
    if missing:
        remedy = (
            "run it as if the chip had them with strict=False (`neurohw compile --no-strict`), "
            "or add them to its synapse_models"
        )
        raise UnsupportedError("\n".join([*missing, remedy]))
