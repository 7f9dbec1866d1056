"""Standard synapse types. A new one is a class with its model ``declared``; names and units are PyNN's."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pyNN import errors
from pyNN.standardmodels import StandardSynapseType, check_weights, synapses

from neurohw.network import SynapseModel, synapse_models
from neurohw.pynn import simulator
from neurohw.pynn.errors import InvalidConnectionError
from neurohw.pynn.standardmodels.translations import adopt, naming


def _check_weights(weights: Any, projection: Any) -> None:
    """Refuse weights that are no numbers, then those of the wrong sign."""
    projection.check("weight", np.atleast_1d(weights))
    try:
        check_weights(weights, projection)
    except errors.ConnectionError as error:
        least, most = float(np.min(weights)), float(np.max(weights))
        given = f"{least:g}" if least == most else f"{least:g} to {most:g}"
        raise InvalidConnectionError(
            f"projection {projection.label!r}, receptor {projection.receptor_type!r}: weight = {given}: {error}"
        ) from error


class Synapse(StandardSynapseType):
    """A synapse type backed by a model of the network: weight, delay and the model's parameters."""

    declared: SynapseModel
    parameter_checks: ClassVar = {"weight": _check_weights}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        adopt(cls)

    def __init__(self, *arguments: Any, **parameters: Any) -> None:
        with naming(type(self), parameters):
            super().__init__(*arguments, **parameters)

    @property
    def model(self) -> SynapseModel:
        """The model of the network."""
        return self.declared

    def _get_minimum_delay(self) -> float:
        return simulator.state.settings.shortest_delay


class StaticSynapse(Synapse, synapses.StaticSynapse):
    declared = synapse_models.STATIC


class TsodyksMarkramSynapse(Synapse, synapses.TsodyksMarkramSynapse):
    declared = synapse_models.TSODYKS_MARKRAM


class SimpleStochasticSynapse(Synapse, synapses.SimpleStochasticSynapse):
    declared = synapse_models.SIMPLE_STOCHASTIC


class StochasticTsodyksMarkramSynapse(Synapse, synapses.StochasticTsodyksMarkramSynapse):
    declared = synapse_models.STOCHASTIC_TSODYKS_MARKRAM


class MultiQuantalSynapse(Synapse, synapses.MultiQuantalSynapse):
    """Stochastic release from ``n`` sites, with facilitation and depression.

    Parameters
    ----------
    weight, delay : weight of the synapse when all sites release (unit of the target), and its delay in ms.
    U : share of the resources that the first spike uses.
    n : number of release sites.
    tau_rec, tau_facil : time constants of depression and facilitation in ms.
    """

    # a float: PyNN's default is an int, to which it would cut a fraction that the model refuses
    default_parameters = synapses.MultiQuantalSynapse.default_parameters | {"n": 1.0}
    declared = synapse_models.MULTI_QUANTAL


NAMES = [synapse.__name__ for synapse in Synapse.__subclasses__()] + ["STDPMechanism"]
