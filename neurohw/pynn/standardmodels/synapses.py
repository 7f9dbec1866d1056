"""Standard synapse types."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pyNN.standardmodels import build_translations, check_weights, synapses

from neurohw.pynn import simulator


def _check_weights(weights: Any, projection: Any) -> None:
    """Refuse weights that are no numbers, then those of the wrong sign."""
    projection.check("weight", np.atleast_1d(weights))
    check_weights(weights, projection)


class StaticSynapse(synapses.StaticSynapse):
    __doc__ = synapses.StaticSynapse.__doc__

    parameter_checks: ClassVar = {"weight": _check_weights}
    translations = build_translations(("weight", "weight"), ("delay", "delay"))

    def _get_minimum_delay(self) -> float:
        return simulator.state.settings.shortest_delay


NAMES = [StaticSynapse.__name__]
