"""Quantizers: how weights become what the cells of a crossbar can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from neurohw.compiler.quantize.exact import refuse_between_levels
from neurohw.compiler.quantize.rounding import ROUNDINGS, Rounding, quantize_weights
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters

# (network, clusters, chip, seed) -> network with weights that the chip can hold
Quantizer = Callable[[Network, Clusters, Chip, int], Network]


def _exact(network: Network, clusters: Clusters, chip: Chip, seed: int) -> Network:
    refuse_between_levels(network, clusters, chip)
    return network


def _rounded(rounding: Rounding, network: Network, clusters: Clusters, chip: Chip, seed: int) -> Network:
    return quantize_weights(network, clusters, chip.crossbar.weight_bits, rounding, seed)


QUANTIZERS: Mapping[str, Quantizer] = {
    "exact": _exact,
    **{name: partial(_rounded, rounding) for name, rounding in ROUNDINGS.items()},
}

__all__ = ["QUANTIZERS", "ROUNDINGS", "Quantizer", "quantize_weights", "refuse_between_levels"]
