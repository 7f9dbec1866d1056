"""The cell models that a network may be made of: membranes with receptors, and spike sources.

Names, units and defaults are PyNN's standard cell types (Davison et al. 2009, doi:10.3389/neuro.11.011.2008):
ms, mV, nF, nA, uS (nS where PyNN says so). A backend says for itself which of them it can run.
"""

from __future__ import annotations

from collections.abc import Mapping

from neurohw.network.declarations import SHAPES, CellModel, Parameter, Receptor

_MEMBRANE = {
    "v_rest": Parameter("mV", -65.0),
    "cm": Parameter("nF", 1.0, above=0.0),
    "tau_m": Parameter("ms", 20.0, above=0.0),
    "tau_refrac": Parameter("ms", 0.1, at_least=0.0),
    "i_offset": Parameter("nA", 0.0),
    "v_reset": Parameter("mV", -65.0),
    "v_thresh": Parameter("mV", -50.0),
}


def _time_constants(excitatory_ms: float, inhibitory_ms: float) -> dict[str, Parameter]:
    return {
        "tau_syn_E": Parameter("ms", excitatory_ms, above=0.0),
        "tau_syn_I": Parameter("ms", inhibitory_ms, above=0.0),
    }


_SYNAPSES = _time_constants(5.0, 5.0)
_REVERSALS = {
    "e_rev_E": Parameter("mV", 0.0),
    "e_rev_I": Parameter("mV", -70.0),
}
_CONDUCTANCE_INPUT = _SYNAPSES | _REVERSALS
_ADEXP = {
    "cm": Parameter("nF", 0.281, above=0.0),
    "tau_refrac": Parameter("ms", 0.1, at_least=0.0),
    "v_spike": Parameter("mV", -40.0),
    "v_reset": Parameter("mV", -70.6),
    "v_rest": Parameter("mV", -70.6),
    "tau_m": Parameter("ms", 9.3667, above=0.0),
    "i_offset": Parameter("nA", 0.0),
    "a": Parameter("nS", 4.0),
    "b": Parameter("nA", 0.0805),
    "delta_T": Parameter("mV", 2.0, at_least=0.0),
    "tau_w": Parameter("ms", 144.0, above=0.0),
    "v_thresh": Parameter("mV", -50.4),
}
_ADAPTATION = {
    "tau_sfa": Parameter("ms", 100.0, above=0.0),
    "e_rev_sfa": Parameter("mV", -75.0),
    "q_sfa": Parameter("nS", 15.0),
    "tau_rr": Parameter("ms", 2.0, above=0.0),
    "e_rev_rr": Parameter("mV", -75.0),
    "q_rr": Parameter("nS", 3000.0),
}
_HODGKIN_HUXLEY = {
    "gbar_Na": Parameter("uS", 20.0, at_least=0.0),
    "gbar_K": Parameter("uS", 6.0, at_least=0.0),
    "g_leak": Parameter("uS", 0.01, at_least=0.0),
    "cm": Parameter("nF", 0.2, above=0.0),
    "v_offset": Parameter("mV", -63.0),
    "e_rev_Na": Parameter("mV", 50.0),
    "e_rev_K": Parameter("mV", -90.0),
    "e_rev_leak": Parameter("mV", -65.0),
    "e_rev_E": Parameter("mV", 0.0),
    "e_rev_I": Parameter("mV", -80.0),
    **_time_constants(0.2, 2.0),
    "i_offset": Parameter("nA", 0.0),
}
_GIF = {
    "v_rest": Parameter("mV", -65.0),
    "cm": Parameter("nF", 1.0, above=0.0),
    "tau_m": Parameter("ms", 20.0, above=0.0),
    "tau_refrac": Parameter("ms", 4.0, at_least=0.0),
    "v_reset": Parameter("mV", -65.0),
    "i_offset": Parameter("nA", 0.0),
    "delta_v": Parameter("mV", 0.5, above=0.0),
    "v_t_star": Parameter("mV", -48.0),
    "lambda0": Parameter("Hz", 1.0, at_least=0.0),
    **{f"tau_eta{k}": Parameter("ms", tau, above=0.0) for k, tau in ((1, 1.0), (2, 10.0), (3, 100.0))},
    **{f"tau_gamma{k}": Parameter("ms", tau, above=0.0) for k, tau in ((1, 1.0), (2, 10.0), (3, 100.0))},
    **{f"a_eta{k}": Parameter("nA", 1.0) for k in (1, 2, 3)},
    **{f"a_gamma{k}": Parameter("mV", 1.0) for k in (1, 2, 3)},
}
_IZHIKEVICH = {
    "a": Parameter("/ms", 0.02),
    "b": Parameter("/ms", 0.2),
    "c": Parameter("mV", -65.0),
    "d": Parameter("mV/ms", 2.0),
    "i_offset": Parameter("nA", 0.0),
}
_WINDOW = {
    "start": Parameter("ms", 0.0, at_least=0.0),
    "duration": Parameter("ms", 1e10, at_least=0.0),
}
_RATE = {"rate": Parameter("Hz", 1.0, at_least=0.0, at_most=1e8)}  # every spike is drawn


def _exc_inh(shape: str, variable: str = "") -> tuple[Receptor, Receptor]:
    """Return PyNN's two receptors of one shape; ``variable`` is ``"isyn"`` or ``"gsyn"``."""
    ends = (("excitatory", "E", "exc"), ("inhibitory", "I", "inh"))
    excitatory, inhibitory = (
        Receptor(
            name, shape, _roles(shape, f"tau_syn_{end}", f"e_rev_{end}"), variable and f"{variable}_{short}"
        )
        for name, end, short in ends
    )
    return excitatory, inhibitory


def _roles(shape: str, tau: str, e_rev: str) -> dict[str, str]:
    roles = {} if shape == "delta" else {"tau": tau}
    return roles | {"e_rev": e_rev} if shape.startswith("cond") else roles


_CURRENTS = {"v": "mV", "isyn_exc": "nA", "isyn_inh": "nA"}
_CONDUCTANCES = {"gsyn_exc": "uS", "gsyn_inh": "uS"}

IF_CURR_DELTA = CellModel("IF_curr_delta", _MEMBRANE, {"v": "mV"}, _exc_inh("delta"), "lif")
IF_CURR_EXP = CellModel("IF_curr_exp", _MEMBRANE | _SYNAPSES, _CURRENTS, _exc_inh("curr_exp", "isyn"), "lif")
IF_CURR_ALPHA = CellModel(
    "IF_curr_alpha",
    _MEMBRANE | _time_constants(0.5, 0.5),
    _CURRENTS,
    _exc_inh("curr_alpha", "isyn"),
    "lif",
)
IF_COND_EXP = CellModel(
    "IF_cond_exp",
    _MEMBRANE | _CONDUCTANCE_INPUT,
    {"v": "mV", **_CONDUCTANCES},
    _exc_inh("cond_exp", "gsyn"),
    "lif",
)
IF_COND_ALPHA = CellModel(
    "IF_cond_alpha",
    _MEMBRANE | _CONDUCTANCE_INPUT | _time_constants(0.3, 0.5),
    {"v": "mV", **_CONDUCTANCES},
    _exc_inh("cond_alpha", "gsyn"),
    "lif",
)
IF_COND_EXP_GSFA_GRR = CellModel(
    "IF_cond_exp_gsfa_grr",
    _MEMBRANE | _CONDUCTANCE_INPUT | _ADAPTATION,
    {"v": "mV", "g_s": "nS", "g_r": "nS", **_CONDUCTANCES},
    _exc_inh("cond_exp", "gsyn"),
    "lif_sfa_rr",
)
EIF_COND_EXP_ISFA_ISTA = CellModel(
    "EIF_cond_exp_isfa_ista",
    _ADEXP | _CONDUCTANCE_INPUT | {"e_rev_I": Parameter("mV", -80.0)},
    {"v": "mV", "w": "nA", **_CONDUCTANCES},
    _exc_inh("cond_exp", "gsyn"),
    "adexp",
)
EIF_COND_ALPHA_ISFA_ISTA = CellModel(
    "EIF_cond_alpha_isfa_ista",
    EIF_COND_EXP_ISFA_ISTA.parameters,
    EIF_COND_EXP_ISFA_ISTA.variables,
    _exc_inh("cond_alpha", "gsyn"),
    "adexp",
)
IZHIKEVICH = CellModel("Izhikevich", _IZHIKEVICH, {"v": "mV", "u": "mV/ms"}, _exc_inh("delta"), "izhikevich")
HH_COND_EXP = CellModel(
    "HH_cond_exp",
    _HODGKIN_HUXLEY,
    {"v": "mV", "m": "", "h": "", "n": "", **_CONDUCTANCES},
    _exc_inh("cond_exp", "gsyn"),
    "hh_traub",
)
GIF_COND_EXP = CellModel(
    "GIF_cond_exp",
    _GIF | _CONDUCTANCE_INPUT,
    {"v": "mV", "v_t": "mV", "i_eta": "nA", **_CONDUCTANCES},
    _exc_inh("cond_exp", "gsyn"),
    "gif",
)
SPIKE_SOURCE_ARRAY = CellModel("SpikeSourceArray", {})
SPIKE_SOURCE_POISSON = CellModel("SpikeSourcePoisson", _RATE | _WINDOW)
SPIKE_SOURCE_POISSON_REFRACTORY = CellModel(
    "SpikeSourcePoissonRefractory", _RATE | {"tau_refrac": Parameter("ms", 0.0, at_least=0.0)} | _WINDOW
)
SPIKE_SOURCE_GAMMA = CellModel(
    "SpikeSourceGamma",
    {"alpha": Parameter("", 2.0, above=0.0), "beta": Parameter("Hz", 1.0, above=0.0)} | _WINDOW,
)
SPIKE_SOURCE_INH_GAMMA = CellModel("SpikeSourceInhGamma", _WINDOW)

MODELS: Mapping[str, CellModel] = {
    model.name: model
    for model in (
        IF_CURR_DELTA,
        IF_CURR_EXP,
        IF_CURR_ALPHA,
        IF_COND_EXP,
        IF_COND_ALPHA,
        IF_COND_EXP_GSFA_GRR,
        EIF_COND_EXP_ISFA_ISTA,
        EIF_COND_ALPHA_ISFA_ISTA,
        IZHIKEVICH,
        HH_COND_EXP,
        GIF_COND_EXP,
        SPIKE_SOURCE_ARRAY,
        SPIKE_SOURCE_POISSON,
        SPIKE_SOURCE_POISSON_REFRACTORY,
        SPIKE_SOURCE_GAMMA,
        SPIKE_SOURCE_INH_GAMMA,
    )
}

POINT_NEURON = "PointNeuron"
_POINT_MEMBRANES: Mapping[str, tuple[Mapping[str, Parameter], Mapping[str, str]]] = {
    "lif": (_MEMBRANE, {"v": "mV"}),
    "adexp": (_ADEXP, {"v": "mV", "w": "nA"}),
}


def point_neuron(membrane: str, receptors: Mapping[str, str]) -> CellModel:
    """Compose a cell model, as PyNN's ``PointNeuron`` does.

    Parameters
    ----------
    membrane : ``"lif"`` or ``"adexp"``.
    receptors : the shape (a key of ``SHAPES``) of each receptor. Receptor ``"AMPA"`` has the parameters
        ``"AMPA.tau_syn"`` (``"AMPA.tau_rise"`` and ``"AMPA.tau_decay"`` for the beta shape) and, for conductances,
        ``"AMPA.e_syn"``; its state variable is ``"AMPA.gsyn"`` or ``"AMPA.isyn"``.
    """
    own_parameters, own_variables = _POINT_MEMBRANES[membrane]
    parameters, variables = dict(own_parameters), dict(own_variables)
    declared = []
    for name, shape in receptors.items():
        roles = _point_roles(name, shape)
        unit = SHAPES[shape][0]
        variable = f"{name}.{'gsyn' if unit == 'uS' else 'isyn'}"
        variables[variable] = unit
        for role, parameter in roles.items():
            parameters[parameter] = _POINT_DEFAULTS[role]
        declared.append(Receptor(name, shape, roles, variable))
    return CellModel(POINT_NEURON, parameters, variables, tuple(declared), membrane)


_POINT_DEFAULTS = {
    "tau": Parameter("ms", 5.0, above=0.0),
    "tau_rise": Parameter("ms", 0.2, above=0.0),
    "tau_decay": Parameter("ms", 1.7, above=0.0),
    "e_rev": Parameter("mV", 0.0),
}


def _point_roles(name: str, shape: str) -> dict[str, str]:
    if shape == "cond_beta":
        times = {"tau_rise": f"{name}.tau_rise", "tau_decay": f"{name}.tau_decay"}
    else:
        times = {"tau": f"{name}.tau_syn"}
    return times | {"e_rev": f"{name}.e_syn"} if shape.startswith("cond") else times
