"""Spike-timing-dependent plasticity: a timing rule and a weight dependence that together name a model."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

from pyNN.standardmodels import (
    StandardModelType,
    STDPTimingDependence,
    STDPWeightDependence,
    synapses,
)

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network import SynapseModel, synapse_models
from neurohw.pynn.errors import NoSuchRuleError
from neurohw.pynn.standardmodels.synapses import Synapse
from neurohw.pynn.standardmodels.translations import adopt, unchanged


class _Part(StandardModelType):
    """One half of a rule; ``rule`` is its name in the network's models."""

    rule: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        adopt(cls)


class AdditiveWeightDependence(_Part, synapses.AdditiveWeightDependence):
    rule = "additive"


class MultiplicativeWeightDependence(_Part, synapses.MultiplicativeWeightDependence):
    rule = "multiplicative"


class AdditivePotentiationMultiplicativeDepression(
    _Part, synapses.AdditivePotentiationMultiplicativeDepression
):
    rule = "additive_potentiation_multiplicative_depression"


class GutigWeightDependence(_Part, synapses.GutigWeightDependence):
    rule = "gutig"


class SpikePairRule(_Part, synapses.SpikePairRule):
    rule = "spike_pair"


class Vogels2011Rule(_Part, synapses.Vogels2011Rule):
    rule = "vogels_2011"


NAMES = [part.__name__ for part in _Part.__subclasses__()]


class STDPMechanism(Synapse, synapses.STDPMechanism):
    """A synapse that learns from the spikes of both its cells.

    Parameters
    ----------
    timing_dependence, weight_dependence : the two halves of the rule.
    voltage_dependence : not available, must be None.
    dendritic_delay_fraction : share of the delay, 0 to 1, after which the synapse sees a postsynaptic spike; the
        rest passes before it sees a presynaptic one.
    weight, delay : initial weight in the unit of the target, and delay in ms (None: the shortest).

    Raises
    ------
    NetworkError
        For a half that is missing or of another simulator, or a fraction out of range.
    NoSuchRuleError
        For two halves that do not go together.
    UnsupportedError
        For a voltage dependence.
    """

    base_translations: ClassVar = unchanged(("weight", "delay", "dendritic_delay_fraction"))

    def __init__(
        self,
        timing_dependence: Any = None,
        weight_dependence: Any = None,
        voltage_dependence: Any = None,
        dendritic_delay_fraction: float = 1.0,
        weight: Any = 0.0,
        delay: Any = None,
    ) -> None:
        _check_half("timing_dependence", timing_dependence, STDPTimingDependence)
        _check_half("weight_dependence", weight_dependence, STDPWeightDependence)
        if voltage_dependence is not None:
            raise UnsupportedError("STDPMechanism: no voltage_dependence is available; leave it out")
        if not (isinstance(dendritic_delay_fraction, Real) and 0 <= dendritic_delay_fraction <= 1):
            raise NetworkError(
                f"STDPMechanism: dendritic_delay_fraction = {dendritic_delay_fraction!r} must be from 0 to 1"
            )
        super().__init__(timing_dependence, weight_dependence, None, float(dendritic_delay_fraction), weight)
        if delay is not None:
            self.delay = delay  # PyNN takes 0 for none given, and stumbles over arrays
        self.declared = _model_of(timing_dependence, weight_dependence)

    @property
    def possible_models(self) -> set[str]:
        """Name of the model, as the one of a set that PyNN expects."""
        return {self.declared.name}

    def _build_translations(self) -> None:
        halves = (self.timing_dependence, self.weight_dependence)
        self.translations = {**self.base_translations, **halves[0].translations, **halves[1].translations}


def _check_half(name: str, half: Any, kind: type) -> None:
    if not (isinstance(half, _Part) and isinstance(half, kind)):
        known = ", ".join(part.__name__ for part in _Part.__subclasses__() if issubclass(part, kind))
        raise NetworkError(f"STDPMechanism: {name} = {half!r}; there are {known}")


def _model_of(timing: Any, weight: Any) -> SynapseModel:
    for model in synapse_models.SYNAPSE_MODELS.values():
        if (model.timing, model.weight_dependence) == (timing.rule, weight.rule):
            return model
    raise NoSuchRuleError(
        f"STDPMechanism: {type(timing).__name__} does not go with {type(weight).__name__}; "
        f"it needs {_partners(timing)}"
    )


def _partners(timing: Any) -> str:
    models = synapse_models.SYNAPSE_MODELS.values()
    rules = {model.weight_dependence for model in models if model.timing == timing.rule}
    return " or ".join(part.__name__ for part in _Part.__subclasses__() if part.rule in rules)
