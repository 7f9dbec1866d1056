"""The synapse models that a network may have: static, with short-term dynamics, stochastic, or learning.

Names, units and defaults are PyNN's. A synapse sees a presynaptic spike after the axonal part of its delay and a
postsynaptic spike after the dendritic part, ``dendritic_delay_fraction`` of the whole, rounded to ticks.
"""

from __future__ import annotations

from collections.abc import Mapping

from neurohw.network.declarations import Parameter, SynapseModel

_RELEASE = {
    "U": Parameter("", 0.5, at_least=0.0, at_most=1.0),
    "tau_rec": Parameter("ms", 100.0, above=0.0),
    "tau_facil": Parameter("ms", 0.0, at_least=0.0),
}
_TIMINGS: Mapping[str, Mapping[str, Parameter]] = {
    "spike_pair": {
        "tau_plus": Parameter("ms", 20.0, above=0.0),
        "tau_minus": Parameter("ms", 20.0, above=0.0),
        "A_plus": Parameter("", 0.01),
        "A_minus": Parameter("", 0.01),
    },
    # Vogels et al. 2011, doi:10.1126/science.1211095; eta is in the unit of the weight
    "vogels_2011": {
        "tau": Parameter("ms", 20.0, above=0.0),
        "eta": Parameter("", 1e-10),
        # PyNN hands it to NEURON as it is, where it is in spikes per ms; its default is that of a rate in Hz
        "rho": Parameter("/ms", 3.0, at_least=0.0),
    },
}
# bounds may stand the other way round: negative weights grow towards a w_max below w_min, as on NEST
_BOUNDS = {"w_min": Parameter("weight", 0.0), "w_max": Parameter("weight", 1.0)}
# Song, Miller & Abbott 2000, doi:10.1038/78829; Rubin, Lee & Sompolinsky 2001, doi:10.1103/PhysRevLett.86.364; van
# Rossum, Bi & Turrigiano 2000, doi:10.1523/JNEUROSCI.20-23-08812.2000; Gutig et al. 2003,
# doi:10.1523/JNEUROSCI.23-09-03697.2003
_WEIGHT_DEPENDENCES: Mapping[str, Mapping[str, Parameter]] = {
    "additive": _BOUNDS,
    "multiplicative": _BOUNDS,
    "additive_potentiation_multiplicative_depression": _BOUNDS,
    "gutig": _BOUNDS
    | {"mu_plus": Parameter("", 0.5, at_least=0.0), "mu_minus": Parameter("", 0.5, at_least=0.0)},
}
_SPLIT = {"dendritic_delay_fraction": Parameter("", 1.0, at_least=0.0, at_most=1.0)}


def _stdp(timing: str, weight_dependence: str) -> SynapseModel:
    parameters = {**_SPLIT, **_TIMINGS[timing], **_WEIGHT_DEPENDENCES[weight_dependence]}
    return SynapseModel(f"stdp_{timing}_{weight_dependence}", parameters, timing, weight_dependence)


STATIC = SynapseModel("static")
# Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50; tau_psc is the time constant of the receptor on the target
TSODYKS_MARKRAM = SynapseModel("tsodyks_markram", _RELEASE | {"tau_psc": Parameter("ms", 3.0, at_least=0.0)})
SIMPLE_STOCHASTIC = SynapseModel("simple_stochastic", {"p": Parameter("", 0.5, at_least=0.0, at_most=1.0)})
# Fuhrmann et al. 2002, doi:10.1152/jn.00258.2001
STOCHASTIC_TSODYKS_MARKRAM = SynapseModel("stochastic_tsodyks_markram", _RELEASE)
MULTI_QUANTAL = SynapseModel(
    "multi_quantal",
    _RELEASE
    | {
        "tau_rec": Parameter("ms", 800.0, above=0.0),
        "n": Parameter("", 1.0, at_least=1.0, at_most=1e5, whole=True),
    },  # each is drawn
)
STDP = tuple(_stdp("spike_pair", weight_dependence) for weight_dependence in _WEIGHT_DEPENDENCES)
VOGELS_2011 = _stdp("vogels_2011", "additive")

SYNAPSE_MODELS: Mapping[str, SynapseModel] = {
    model.name: model
    for model in (
        STATIC,
        TSODYKS_MARKRAM,
        SIMPLE_STOCHASTIC,
        STOCHASTIC_TSODYKS_MARKRAM,
        MULTI_QUANTAL,
        *STDP,
        VOGELS_2011,
    )
}
