"""What a model of a cell or a synapse declares: parameters with units and ranges, receptors, state.

A declaration says what there is, not how it is computed: each backend brings its own equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model: unit, default and allowed range (``above`` is exclusive)."""

    unit: str
    default: float
    above: float = -inf
    at_least: float = -inf
    at_most: float = inf
    whole: bool = False  # only whole numbers


@dataclass(frozen=True)
class Receptor:
    """One input of a cell: what an arriving weight does to it.

    Attributes
    ----------
    name : what a projection calls it, for example ``"excitatory"``.
    shape : one of ``SHAPES``.
    parameters : the cell's parameters that play its roles: ``"tau"``, or ``"tau_rise"`` and ``"tau_decay"`` for
        the beta shape, and ``"e_rev"`` for conductances.
    variable : the cell's state variable that holds its current or conductance; none for delta.
    """

    name: str
    shape: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    variable: str = ""


SHAPES: Mapping[str, tuple[str, str]] = {
    # shape: (unit of weights, what a weight w that arrives at time 0 makes)
    "delta": ("mV", "v jumps by w"),
    "curr_exp": ("nA", "current w exp(-t/tau)"),
    "curr_alpha": ("nA", "current w t/tau exp(1 - t/tau), which peaks at w"),
    "cond_exp": ("uS", "conductance w exp(-t/tau)"),
    "cond_alpha": ("uS", "conductance w t/tau exp(1 - t/tau), which peaks at w"),
    "cond_beta": ("uS", "conductance w k (exp(-t/tau_decay) - exp(-t/tau_rise)), k such that it peaks at w"),
}


@dataclass(frozen=True)
class CellModel:
    """Declaration of one cell model.

    Attributes
    ----------
    name : PyNN's name of the cell type.
    parameters : per parameter its unit, default and range.
    variables : state variables that can be initialised and recorded, with their units.
    receptors : the inputs that a synapse may address; none for spike sources.
    membrane : the equation of the potential: one of ``MEMBRANES``; empty for spike sources.
    """

    name: str
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, str] = field(default_factory=dict)
    receptors: tuple[Receptor, ...] = ()
    membrane: str = ""

    @property
    def is_source(self) -> bool:
        """True for cells that emit spikes and take none."""
        return not self.membrane

    @property
    def receptor_names(self) -> tuple[str, ...]:
        """Names of the receptors, in order."""
        return tuple(receptor.name for receptor in self.receptors)

    def receptor(self, name: str) -> Receptor:
        """Return the receptor of a name."""
        return self.receptors[self.receptor_names.index(name)]

    @property
    def weight_unit(self) -> str:
        """Unit of the weights of incoming synapses; empty for sources, and where receptors differ."""
        units = {SHAPES[receptor.shape][0] for receptor in self.receptors}
        return units.pop() if len(units) == 1 else ""


MEMBRANES: Mapping[str, str] = {
    "lif": "leaky integrate and fire",
    "lif_sfa_rr": "leaky integrate and fire with conductances for adaptation and relative refractoriness",
    "adexp": "adaptive exponential integrate and fire",
    "izhikevich": "quadratic integrate and fire with recovery",
    "hh_traub": "Hodgkin-Huxley with the rates of Traub and Miles",
    "gif": "leaky integrate and fire with stochastic firing, spike-triggered current and moving threshold",
}


@dataclass(frozen=True)
class SynapseModel:
    """Declaration of what a synapse does with a spike before it acts on its target.

    Attributes
    ----------
    name : a key of ``neurohw.network.synapse_models.SYNAPSE_MODELS``.
    parameters : per parameter its unit, default and range; weight and delay stand in ``Synapses``.
    timing, weight_dependence : the two halves of a rule of spike-timing-dependent plasticity, else empty.
    """

    name: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    timing: str = ""
    weight_dependence: str = ""

    @property
    def is_static(self) -> bool:
        """True when every spike is passed on with the same weight."""
        return not self.parameters

    @property
    def learns(self) -> bool:
        """True when the weight changes with the spikes of both cells."""
        return bool(self.timing)
