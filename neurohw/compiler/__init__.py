"""From network and chip to program: partition, place, route."""

from neurohw.compiler.features import missing_features
from neurohw.compiler.limits import exceeded_limits
from neurohw.compiler.partition import PARTITIONERS
from neurohw.compiler.pipeline import compile_network
from neurohw.compiler.place import PLACERS
from neurohw.compiler.quantize import QUANTIZERS, ROUNDINGS, quantize_weights
from neurohw.compiler.route import ROUTERS

__all__ = [
    "PARTITIONERS",
    "PLACERS",
    "QUANTIZERS",
    "ROUNDINGS",
    "ROUTERS",
    "compile_network",
    "exceeded_limits",
    "missing_features",
    "quantize_weights",
]
