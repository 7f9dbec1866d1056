"""Cells put together from a membrane and named receptors: ``PointNeuron(AdExp(...), AMPA=AlphaPSR(...))``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pyNN.parameters import ParameterSpace
from pyNN.standardmodels import StandardCellTypeComponent, cells

from neurohw.errors import NetworkError
from neurohw.network.models import point_neuron
from neurohw.pynn.standardmodels.receptors import NAMES as RECEPTORS
from neurohw.pynn.standardmodels.translations import adopt, unchanged

Array = np.ndarray
NOT_OF_POINTS = "locations"  # where on a dendrite a receptor sits


class _Membrane(StandardCellTypeComponent):
    """A membrane backed by one of the network's, with the same parameters."""

    membrane: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        adopt(cls)


class LIF(_Membrane, cells.LIF):
    membrane = "lif"


class AdExp(_Membrane, cells.AdExp):
    membrane = "adexp"


MEMBRANES = [membrane.__name__ for membrane in _Membrane.__subclasses__()]


class PointNeuron(cells.PointNeuron):
    """A cell of one compartment: a membrane and any number of receptors.

    Parameters and variables of receptor ``AMPA`` are called ``"AMPA.tau_syn"``, ``"AMPA.gsyn"``.

    Parameters
    ----------
    neuron : a ``LIF`` or an ``AdExp``.
    post_synaptic_receptors : name of each receptor, and what it is.

    Raises
    ------
    NetworkError
        For another membrane or receptor.
    """

    array_sizes: ClassVar[Mapping[str, int]] = {}

    def __init__(self, neuron: Any, **post_synaptic_receptors: Any) -> None:
        if not hasattr(neuron, "membrane"):
            raise NetworkError(f"PointNeuron: {neuron!r} is no membrane; there are {', '.join(MEMBRANES)}")
        for name, receptor in post_synaptic_receptors.items():
            if not hasattr(receptor, "shape"):
                known = ", ".join(RECEPTORS)
                raise NetworkError(f"PointNeuron: {name} = {receptor!r} is no receptor; there are {known}")
        super().__init__(neuron, **post_synaptic_receptors)
        shapes = {name: post_synaptic_receptors[name].shape for name in self.receptor_types}
        self.model = point_neuron(neuron.membrane, shapes)
        self.default_parameters = {
            **neuron.default_parameters,
            **{
                f"{name}.{parameter}": default
                for name, receptor in post_synaptic_receptors.items()
                for parameter, default in receptor.default_parameters.items()
                if parameter != NOT_OF_POINTS
            },
        }
        self.translations = unchanged(self.default_parameters)

    @property
    def recordable(self) -> list[str]:
        """Names of what can be recorded."""
        return ["spikes", *self.model.variables]

    @property
    def conductance_based(self) -> bool | None:
        """Whether weights are conductances; None where some receptors take these, others currents."""
        kinds = {receptor.conductance_based for receptor in self.post_synaptic_receptors.values()}
        return kinds.pop() if len(kinds) == 1 else None

    def has_parameter(self, name: str) -> bool:
        """Return True for a parameter of the membrane or of a receptor."""
        return name in self.default_parameters

    def get_parameter_names(self) -> list[str]:
        """Return the names of the parameters of membrane and receptors."""
        return list(self.default_parameters)

    @property
    def native_parameters(self) -> ParameterSpace:
        """The parameters of membrane and receptors, side by side."""
        return self.translate(self.parameter_space)

    def translate(self, parameters: ParameterSpace, copy: bool = True) -> ParameterSpace:
        """Return the parameters side by side: those of receptors may come as a space of their own."""
        flat: dict[str, Any] = {}
        for name, value in parameters.items():
            if not isinstance(value, ParameterSpace):
                flat[name] = value
                continue
            flat |= {f"{name}.{own}": lazy for own, lazy in value.items() if own != NOT_OF_POINTS}
        return ParameterSpace(flat, self.get_schema(), parameters.shape, type(self))

    def computed_parameters_include(self, parameter_names: Any) -> bool:
        """Return False: no parameter is computed from others."""
        return False

    def network_parameters(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters of ``model``, one number a cell."""
        return {name: values[name] for name in self.model.parameters}
