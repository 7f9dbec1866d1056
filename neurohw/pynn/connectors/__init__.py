"""PyNN's connectors, vectorised where PyNN's own random stream allows it.

PyNN's connectors loop over the postsynaptic cells. The classes here list all connections at once, in the same
order (target by target) and with the same random numbers: a seed builds the same network as on any other
backend. Where a foreign random number generator makes the order matter, PyNN's loop is used.
"""

from pyNN.connectors import MapConnector

from neurohw.pynn.connectors.by_column import (
    CloneConnector,
    CSAConnector,
    DisplacementDependentProbabilityConnector,
    IndexBasedProbabilityConnector,
    SmallWorldConnector,
)
from neurohw.pynn.connectors.fixed_number import (
    FixedNumberPostConnector,
    FixedNumberPreConnector,
    FixedTotalNumberConnector,
)
from neurohw.pynn.connectors.listed import FromFileConnector, FromListConnector
from neurohw.pynn.connectors.plain import (
    AllToAllConnector,
    ArrayConnector,
    DistanceDependentProbabilityConnector,
    FixedProbabilityConnector,
    OneToOneConnector,
)

__all__ = [
    "AllToAllConnector",
    "ArrayConnector",
    "CSAConnector",
    "CloneConnector",
    "DisplacementDependentProbabilityConnector",
    "DistanceDependentProbabilityConnector",
    "FixedNumberPostConnector",
    "FixedNumberPreConnector",
    "FixedProbabilityConnector",
    "FixedTotalNumberConnector",
    "FromFileConnector",
    "FromListConnector",
    "IndexBasedProbabilityConnector",
    "MapConnector",
    "OneToOneConnector",
    "SmallWorldConnector",
]
