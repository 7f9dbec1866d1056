"""PyNN on simulated neuromorphic chips: ``import pyNN.neurohw as sim``.

Everything that PyNN 0.13 defines for a simulator module, and :func:`prepare` and :func:`hardware_report`.
"""

from __future__ import annotations

from typing import Any

from pyNN import errors, random, space
from pyNN.network import Network
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.space import Space
from pyNN.standardmodels import StandardCellType

from neurohw.pynn import simulator
from neurohw.pynn.availability import explain_missing
from neurohw.pynn.connectors import (
    AllToAllConnector,
    ArrayConnector,
    CloneConnector,
    CSAConnector,
    DisplacementDependentProbabilityConnector,
    DistanceDependentProbabilityConnector,
    FixedNumberPostConnector,
    FixedNumberPreConnector,
    FixedProbabilityConnector,
    FixedTotalNumberConnector,
    FromFileConnector,
    FromListConnector,
    IndexBasedProbabilityConnector,
    MapConnector,
    OneToOneConnector,
    SmallWorldConnector,
)
from neurohw.pynn.control import (
    end,
    get_current_time,
    get_max_delay,
    get_min_delay,
    get_time_step,
    hardware_report,
    initialize,
    num_processes,
    prepare,
    rank,
    reset,
    run,
    run_for,
    run_until,
    setup,
)
from neurohw.pynn.files import get_io
from neurohw.pynn.populations import Assembly, Population, PopulationView
from neurohw.pynn.procedural_api import connect, create, record, record_gsyn, record_v, set
from neurohw.pynn.projections import Projection
from neurohw.pynn.standardmodels import CELL_NAMES as _CELLS
from neurohw.pynn.standardmodels.cells import (
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_exp,
)
from neurohw.pynn.standardmodels.electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from neurohw.pynn.standardmodels.sources import (
    SpikeSourceArray,
    SpikeSourceGamma,
    SpikeSourceInhGamma,
    SpikeSourcePoisson,
    SpikeSourcePoissonRefractory,
)
from neurohw.pynn.standardmodels.synapses import StaticSynapse

__all__ = [
    "GSLRNG",
    "ACSource",
    "AllToAllConnector",
    "ArrayConnector",
    "Assembly",
    "CSAConnector",
    "CloneConnector",
    "DCSource",
    "DisplacementDependentProbabilityConnector",
    "DistanceDependentProbabilityConnector",
    "FixedNumberPostConnector",
    "FixedNumberPreConnector",
    "FixedProbabilityConnector",
    "FixedTotalNumberConnector",
    "FromFileConnector",
    "FromListConnector",
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_delta",
    "IF_curr_exp",
    "IndexBasedProbabilityConnector",
    "MapConnector",
    "Network",
    "NoisyCurrentSource",
    "NumpyRNG",
    "OneToOneConnector",
    "Population",
    "PopulationView",
    "Projection",
    "RandomDistribution",
    "SmallWorldConnector",
    "Space",
    "SpikeSourceArray",
    "SpikeSourceGamma",
    "SpikeSourceInhGamma",
    "SpikeSourcePoisson",
    "SpikeSourcePoissonRefractory",
    "StandardCellType",
    "StaticSynapse",
    "StepCurrentSource",
    "connect",
    "create",
    "end",
    "errors",
    "get_current_time",
    "get_io",
    "get_max_delay",
    "get_min_delay",
    "get_time_step",
    "hardware_report",
    "initialize",
    "list_standard_models",
    "num_processes",
    "prepare",
    "random",
    "rank",
    "record",
    "record_gsyn",
    "record_v",
    "reset",
    "run",
    "run_for",
    "run_until",
    "set",
    "setup",
    "simulator",
    "space",
]


def list_standard_models() -> list[str]:
    """Return the names of the standard cell types that neurohw has."""
    return list(_CELLS)


def __getattr__(name: str) -> Any:
    raise explain_missing(__name__, name)
