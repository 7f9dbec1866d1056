"""What a synapse of a described network does with a spike, as Brian2 code."""

from __future__ import annotations

from typing import Any, NamedTuple

from brian2 import ms, mV, uS

from benchmarks.speed.brian2_cells import CURRENT_BASED, DELTA
from benchmarks.speed.description import STDP, Description

# pairs of spikes of all times, by traces that are brought up to date at spikes alone
_TRACES = """jump : {dimension}
dpre_trace/dt = -pre_trace / tau_plus : {dimension} (event-driven)
dpost_trace/dt = -post_trace / tau_minus : {dimension} (event-driven)"""
_SEE_PRE = "pre_trace += rise\njump = clip(jump - post_trace, lowest, highest)"
_SEE_POST = "post_trace += fall\njump = clip(jump + pre_trace, lowest, highest)"


class Jump(NamedTuple):
    """What a weight of 1 adds to its target."""

    size: float
    unit: Any
    dimension: str


def jump_of(given: Description, group: int) -> Jump:
    """Return the jump of a potential, of what drives it or of a conductance."""
    post = given.synapses[group]["to"]
    model = given.populations[post]["model"]
    if model not in CURRENT_BASED:
        return Jump(1.0, uS, "siemens")
    size = 1.0 if model == DELTA else given.of_cells(post, "tau_m") / given.of_cells(post, "cm")
    return Jump(float(size), mV, "volt")


def code_of(given: Description, group: int, one_jump: Any) -> dict[str, Any]:
    """Return the arguments of ``brian2.Synapses`` that say what a spike does; ``one_jump`` is that of all, or None."""
    s, jump = given.synapses[group], jump_of(given, group)
    if s["model"] == STDP:
        return _learning(s["rule"], jump, act=_act(given, group))
    if one_jump is not None:
        return {"on_pre": _act(given, group), "namespace": {"jump": one_jump}}
    return {"model": f"jump : {jump.dimension} (constant)", "on_pre": _act(given, group), "namespace": {}}


def _act(given: Description, group: int) -> str:
    """Return what a spike does to its target; on a refractory cell a jump of the potential is lost."""
    if given.populations[given.synapses[group]["to"]]["model"] == DELTA:
        return "v_post += jump * int(not_refractory_post)"
    return f"g_{given.synapses[group]['receptor']}_post += jump"


def _learning(rule: dict[str, float], jump: Jump, act: str) -> dict[str, Any]:
    """Return the code of additive plasticity; a spike acts with the weight that it leaves."""
    scale = jump.size * jump.unit
    namespace = {
        "rise": rule["A_plus"] * rule["w_max"] * scale,
        "fall": rule["A_minus"] * rule["w_max"] * scale,
        "lowest": rule["w_min"] * scale,
        "highest": rule["w_max"] * scale,
        "tau_plus": rule["tau_plus"] * ms,
        "tau_minus": rule["tau_minus"] * ms,
    }
    return {
        "model": _TRACES.format(dimension=jump.dimension),
        "on_pre": f"{_SEE_PRE}\n{act}",
        "on_post": _SEE_POST,
        "namespace": namespace,
    }
