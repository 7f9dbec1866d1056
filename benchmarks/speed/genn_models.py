"""Models for GeNN that it does not bring, or brings with other steps: written as its users write their own.

Cells with conductances take one step a tick, as in Brian2 (``brian2_cells.py``): exponential Euler, for adaptive
exponential cells Euler. Conductances are variables of the cells, and decay exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pygenn

SOURCE = pygenn.create_neuron_model(
    "source",
    vars=[("interval", "scalar", pygenn.VarAccess.READ_ONLY), ("wait", "scalar")],  # in steps
    sim_code="wait -= 1.0;",
    threshold_condition_code="wait <= 0.0",
    reset_code="wait += interval * gennrand_exponential();",
)
# the number of spikes in a step by Knuth's product of uniform numbers; the current decays after it has acted
DRIVE = pygenn.create_current_source_model(
    "drive",
    params=["none", "jump", "act", "keep"],  # none: the probability of no spike in a step
    vars=[("current", "scalar")],
    injection_code="""
        scalar product = gennrand_uniform();
        while (product > none) {
            current += jump;
            product *= gennrand_uniform();
        }
        injectCurrent(act * current);
        current *= keep;
        """,
)
# all pairs of spikes, by traces as of the last spike of each cell; a spike acts with the weight that it leaves
STDP_RULE = pygenn.create_weight_update_model(
    "additive_pairs",
    params=["tau_plus", "tau_minus", "rise", "fall", "lowest", "highest"],
    vars=[("g", "scalar")],
    pre_vars=[("before", "scalar")],
    post_vars=[("after", "scalar")],
    pre_spike_code="before = before * exp((st_pre - t) / tau_plus) + rise;",
    post_spike_code="after = after * exp((st_post - t) / tau_minus) + fall;",
    pre_spike_syn_code="g = fmax(lowest, g - after * exp((st_post - t) / tau_minus)); addToPost(g);",
    post_spike_syn_code="g = fmin(highest, g + before * exp((st_pre - t) / tau_plus));",
)

# conductances stand still within a step: as they are in its middle
_ARRIVE = """
    g_exc += Isyn;
    g_inh += InInh;
    const scalar to_mid_E = exp(-0.5 * dt / tau_syn_E), to_mid_I = exp(-0.5 * dt / tau_syn_I);
    g_exc *= to_mid_E;
    g_inh *= to_mid_I;
    """
_DECAY = "g_exc *= to_mid_E; g_inh *= to_mid_I;"
_OPEN = "g_exc * (e_rev_E - v) + g_inh * (e_rev_I - v)"
_COND = """
    if (refractory > 0.0) {
        refractory -= dt;
    } else {
        const scalar total = cm / tau_m + g_exc + g_inh;
        const scalar end = (cm / tau_m * v_rest + g_exc * e_rev_E + g_inh * e_rev_I + i_offset) / total;
        v = end + (v - end) * exp(-dt * total / cm);
    }
    """
_ADEX = f"""
    const scalar slope_w = (1e-3 * a * (v - v_rest) - w) / tau_w;
    if (refractory > 0.0) {{
        refractory -= dt;
    }} else {{
        v += dt * ((v_rest - v + delta_T * exp((v - v_thresh) / delta_T)) / tau_m + ({_OPEN} + i_offset - w) / cm);
    }}
    w += dt * slope_w;
    """
_HH = """
    was_above = v >= 10.0;
    const scalar u = v - v_offset;
    const scalar sodium = gbar_Na * m * m * m * h, potassium = gbar_K * n * n * n * n;
    const scalar total = sodium + potassium + g_leak + g_exc + g_inh;
    const scalar end = (sodium * e_rev_Na + potassium * e_rev_K + g_leak * e_rev_leak
                        + g_exc * e_rev_E + g_inh * e_rev_I + i_offset) / total;
    scalar opens, rate;
    opens = u == 13.0 ? 1.28 : 0.32 * (13.0 - u) / (exp((13.0 - u) / 4.0) - 1.0);
    rate = opens + (u == 40.0 ? 1.4 : 0.28 * (u - 40.0) / (exp((u - 40.0) / 5.0) - 1.0));
    m = opens / rate + (m - opens / rate) * exp(-dt * rate);
    opens = 0.128 * exp((17.0 - u) / 18.0);
    rate = opens + 4.0 / (1.0 + exp((40.0 - u) / 5.0));
    h = opens / rate + (h - opens / rate) * exp(-dt * rate);
    opens = u == 15.0 ? 0.16 : 0.032 * (15.0 - u) / (exp((15.0 - u) / 5.0) - 1.0);
    rate = opens + 0.5 * exp((10.0 - u) / 40.0);
    n = opens / rate + (n - opens / rate) * exp(-dt * rate);
    v = end + (v - end) * exp(-dt * total / cm);
    """


@dataclass(frozen=True)
class Model:
    """A cell model in GeNN; parameters are called as in PyNN."""

    model: Any
    params: tuple[str, ...]
    start: Mapping[str, str]  # variable: what it starts from; others at 0


_INPUTS = ("tau_syn_E", "tau_syn_I", "e_rev_E", "e_rev_I", "cm", "i_offset")
_LEAKY = (*_INPUTS, "tau_m", "v_rest", "v_thresh", "v_reset", "tau_refrac")
_START = {"v": "v", "g_exc": "gsyn_exc", "g_inh": "gsyn_inh"}


def _model(name: str, params: tuple[str, ...], variables: str, code: str, fires: str, resets: str) -> Any:
    return pygenn.create_neuron_model(
        name,
        params=list(params),
        vars=[(variable, "scalar") for variable in ("v", "g_exc", "g_inh", *variables.split())],
        additional_input_vars=[("InInh", "scalar", 0.0)],
        sim_code=_ARRIVE + code + _DECAY,
        threshold_condition_code=fires,
        reset_code=resets,
    )


_RESET = "v = v_reset; refractory = tau_refrac;"
_ADEX_PARAMS = (*_LEAKY, "v_spike", "delta_T", "tau_w", "a", "b")
_HH_PARAMS = (*_INPUTS, "gbar_Na", "gbar_K", "g_leak", "v_offset", "e_rev_Na", "e_rev_K", "e_rev_leak")
MODELS = {
    "IF_cond_exp": Model(
        _model("cond", _LEAKY, "refractory", _COND, "refractory <= 0.0 && v >= v_thresh", _RESET),
        _LEAKY,
        _START,
    ),
    "EIF_cond_exp_isfa_ista": Model(
        _model(
            "adex",
            _ADEX_PARAMS,
            "w refractory",
            _ADEX,
            "refractory <= 0.0 && v >= v_spike",
            _RESET + "w += b;",
        ),
        _ADEX_PARAMS,
        _START | {"w": "w"},
    ),
    "HH_cond_exp": Model(
        _model("traub", _HH_PARAMS, "m h n was_above", _HH, "was_above == 0.0 && v >= 10.0", ""),
        _HH_PARAMS,
        _START | {gate: gate for gate in "mhn"},
    ),
}
