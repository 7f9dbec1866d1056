"""Standard post-synaptic responses, the receptors of a ``PointNeuron``. A new one is a class with its shape."""

from __future__ import annotations

from pyNN.standardmodels import StandardPostSynapticResponse, receptors

from neurohw.pynn.standardmodels.translations import adopt


class _Receptor(StandardPostSynapticResponse):
    """A receptor backed by a shape of the network's receptors, with the same parameters."""

    shape: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        adopt(cls)
        cls.recordable = list(cls.default_initial_values)


class CurrExpPostSynapticResponse(_Receptor, receptors.CurrExpPostSynapticResponse):
    shape = "curr_exp"


class CondExpPostSynapticResponse(_Receptor, receptors.CondExpPostSynapticResponse):
    shape = "cond_exp"


class CondAlphaPostSynapticResponse(_Receptor, receptors.CondAlphaPostSynapticResponse):
    shape = "cond_alpha"


class CondBetaPostSynapticResponse(_Receptor, receptors.CondBetaPostSynapticResponse):
    shape = "cond_beta"


# the short names that PyNN's simulator modules have
ExpPSR = CondExpPostSynapticResponse
AlphaPSR = CondAlphaPostSynapticResponse
BetaPSR = CondBetaPostSynapticResponse

NAMES = [receptor.__name__ for receptor in _Receptor.__subclasses__()]
