"""The cell models that a network may be made of, declared by parameters, state and receptors.

Names, units and defaults are PyNN's standard cell types (Davison et al. 2009, doi:10.3389/neuro.11.011.2008):
ms, mV, nF, nA, uS. A backend says for itself which of them it can run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Parameter:
    """One parameter of a cell model: unit, default and allowed range (``above`` is exclusive)."""

    unit: str
    default: float
    above: float = -inf
    at_least: float = -inf
    at_most: float = inf


@dataclass(frozen=True)
class CellModel:
    """Declaration of one cell model.

    Attributes
    ----------
    name : PyNN's name of the cell type.
    parameters : per parameter its unit, default and range.
    variables : state variables that can be initialised and recorded, with their units.
    receptors : names of the inputs that a synapse may address; empty for spike sources.
    weight_unit : unit of the weights of incoming synapses.
    """

    name: str
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, str] = field(default_factory=dict)
    receptors: tuple[str, ...] = ()
    weight_unit: str = ""

    @property
    def is_source(self) -> bool:
        """True for cells that emit spikes and take none."""
        return not self.receptors


RECEPTORS = ("excitatory", "inhibitory")

_MEMBRANE = {
    "v_rest": Parameter("mV", -65.0),
    "cm": Parameter("nF", 1.0, above=0.0),
    "tau_m": Parameter("ms", 20.0, above=0.0),
    "tau_refrac": Parameter("ms", 0.1, at_least=0.0),
    "i_offset": Parameter("nA", 0.0),
    "v_reset": Parameter("mV", -65.0),
    "v_thresh": Parameter("mV", -50.0),
}
_SYNAPSES = {
    "tau_syn_E": Parameter("ms", 5.0, above=0.0),
    "tau_syn_I": Parameter("ms", 5.0, above=0.0),
}
_REVERSALS = {
    "e_rev_E": Parameter("mV", 0.0),
    "e_rev_I": Parameter("mV", -70.0),
}
_CURRENTS = {"v": "mV", "isyn_exc": "nA", "isyn_inh": "nA"}
_CONDUCTANCES = {"v": "mV", "gsyn_exc": "uS", "gsyn_inh": "uS"}

IF_CURR_DELTA = CellModel("IF_curr_delta", _MEMBRANE, {"v": "mV"}, RECEPTORS, "mV")
IF_CURR_EXP = CellModel("IF_curr_exp", _MEMBRANE | _SYNAPSES, _CURRENTS, RECEPTORS, "nA")
IF_CURR_ALPHA = CellModel("IF_curr_alpha", _MEMBRANE | _SYNAPSES, _CURRENTS, RECEPTORS, "nA")
IF_COND_EXP = CellModel("IF_cond_exp", _MEMBRANE | _SYNAPSES | _REVERSALS, _CONDUCTANCES, RECEPTORS, "uS")
SPIKE_SOURCE_ARRAY = CellModel("SpikeSourceArray", {})
SPIKE_SOURCE_POISSON = CellModel(
    "SpikeSourcePoisson",
    {
        "rate": Parameter("Hz", 1.0, at_least=0.0, at_most=1e8),  # every spike is drawn
        "start": Parameter("ms", 0.0, at_least=0.0),
        "duration": Parameter("ms", 1e10, at_least=0.0),
    },
)

MODELS: Mapping[str, CellModel] = {
    model.name: model
    for model in (
        IF_CURR_DELTA,
        IF_CURR_EXP,
        IF_CURR_ALPHA,
        IF_COND_EXP,
        SPIKE_SOURCE_ARRAY,
        SPIKE_SOURCE_POISSON,
    )
}
