"""PyNN on simulated neuromorphic chips: ``import pyNN.neurohw as sim``.

Everything that PyNN 0.13 defines for a simulator module, and :func:`prepare` and :func:`hardware_report`. Files that
PyNN's own simulators have are called as there: ``control``, ``populations``, ``projections``, ``recording``,
``electrodes``, ``procedural_api``, ``connectors``, ``standardmodels``, and ``simulator`` with the state behind all.

What is ours, in the order in which a script meets it:

- ``settings``, ``foreign``: what ``setup()`` was asked for; arguments of other simulators
- ``script``: what was built so far
- ``sampling``: what to record
- ``values``: parameters of cells; ``courses``: currents on the time grid
- ``random_stream``: the random numbers of connectors
- ``synapses``: the connections of a projection, and what can be set of them
- ``lowering``: all of it to a network
- ``running``: a run in progress
- ``data``: what was recorded, as neo objects, arrays and files
- ``overrides``: settings and runs of a script, for the command line
- ``availability``, ``errors``: what is said of what does not work
"""

from __future__ import annotations

from typing import Any

from pyNN import errors, random, space
from pyNN.network import Network
from pyNN.parameters import Sequence
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
from neurohw.pynn.data.files import get_io
from neurohw.pynn.populations import Assembly, Population, PopulationView
from neurohw.pynn.procedural_api import connect, create, record, record_gsyn, record_v, set
from neurohw.pynn.projections import Projection
from neurohw.pynn.standardmodels import CELL_NAMES as _CELLS
from neurohw.pynn.standardmodels.cells import (
    EIF_cond_alpha_isfa_ista,
    EIF_cond_exp_isfa_ista,
    GIF_cond_exp,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_cond_exp_gsfa_grr,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_exp,
    IF_facets_hardware1,
    Izhikevich,
)
from neurohw.pynn.standardmodels.electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from neurohw.pynn.standardmodels.plasticity import (
    AdditivePotentiationMultiplicativeDepression,
    AdditiveWeightDependence,
    GutigWeightDependence,
    MultiplicativeWeightDependence,
    SpikePairRule,
    STDPMechanism,
    Vogels2011Rule,
)
from neurohw.pynn.standardmodels.point_neurons import LIF, AdExp, PointNeuron
from neurohw.pynn.standardmodels.receptors import (
    AlphaPSR,
    BetaPSR,
    CondAlphaPostSynapticResponse,
    CondBetaPostSynapticResponse,
    CondExpPostSynapticResponse,
    CurrExpPostSynapticResponse,
    ExpPSR,
)
from neurohw.pynn.standardmodels.sources import (
    SpikeSourceArray,
    SpikeSourceGamma,
    SpikeSourceInhGamma,
    SpikeSourcePoisson,
    SpikeSourcePoissonRefractory,
)
from neurohw.pynn.standardmodels.synapses import (
    MultiQuantalSynapse,
    SimpleStochasticSynapse,
    StaticSynapse,
    StochasticTsodyksMarkramSynapse,
    TsodyksMarkramSynapse,
)

__all__ = [
    "GSLRNG",
    "LIF",
    "ACSource",
    "AdExp",
    "AdditivePotentiationMultiplicativeDepression",
    "AdditiveWeightDependence",
    "AllToAllConnector",
    "AlphaPSR",
    "ArrayConnector",
    "Assembly",
    "BetaPSR",
    "CSAConnector",
    "CloneConnector",
    "CondAlphaPostSynapticResponse",
    "CondBetaPostSynapticResponse",
    "CondExpPostSynapticResponse",
    "CurrExpPostSynapticResponse",
    "DCSource",
    "DisplacementDependentProbabilityConnector",
    "DistanceDependentProbabilityConnector",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "ExpPSR",
    "FixedNumberPostConnector",
    "FixedNumberPreConnector",
    "FixedProbabilityConnector",
    "FixedTotalNumberConnector",
    "FromFileConnector",
    "FromListConnector",
    "GIF_cond_exp",
    "GutigWeightDependence",
    "HH_cond_exp",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_cond_exp_gsfa_grr",
    "IF_curr_alpha",
    "IF_curr_delta",
    "IF_curr_exp",
    "IF_facets_hardware1",
    "IndexBasedProbabilityConnector",
    "Izhikevich",
    "MapConnector",
    "MultiQuantalSynapse",
    "MultiplicativeWeightDependence",
    "NativeRNG",
    "Network",
    "NoisyCurrentSource",
    "NumpyRNG",
    "OneToOneConnector",
    "PointNeuron",
    "Population",
    "PopulationView",
    "Projection",
    "RandomDistribution",
    "STDPMechanism",
    "Sequence",
    "SimpleStochasticSynapse",
    "SmallWorldConnector",
    "Space",
    "SpikePairRule",
    "SpikeSourceArray",
    "SpikeSourceGamma",
    "SpikeSourceInhGamma",
    "SpikeSourcePoisson",
    "SpikeSourcePoissonRefractory",
    "StandardCellType",
    "StaticSynapse",
    "StepCurrentSource",
    "StochasticTsodyksMarkramSynapse",
    "TsodyksMarkramSynapse",
    "Vogels2011Rule",
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


NativeRNG = NumpyRNG  # networks are drawn in Python: there is no other generator
"""The simulator's own generator, for scripts that ask for one: PyNN's ``NumpyRNG``."""


def list_standard_models() -> list[str]:
    """Return the names of the standard cell types that neurohw has."""
    return [*_CELLS, PointNeuron.__name__]


def __getattr__(name: str) -> Any:
    raise explain_missing(__name__, name)
