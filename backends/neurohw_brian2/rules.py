"""The synapse models as Brian2 code: what a synapse does when it sees a spike of either cell.

``now`` and ``last`` are ticks, ``step`` is the length of one in ms; ``share`` is what a spike that is seen is passed
on with: a weight where the synapse learns, else the part of the weight. ``draw(index, wanted)`` returns the next
random number of each synapse for which ``wanted`` is 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from neurohw.network.declarations import SynapseModel


@dataclass(frozen=True)
class Rule:
    """What Brian2 needs to know of a synapse model beyond its parameters.

    Attributes
    ----------
    initial : state variables and what they start from.
    see_pre, see_post : what a spike that is seen does; empty: nothing.
    """

    initial: Mapping[str, float]
    see_pre: str
    see_post: str = ""


_USE = """
h = (now - last)*step
last = now
u = int(tau_facil > 0)*u*exp(-h/(tau_facil + int(tau_facil == 0)))
u = u + U*(1 - u)
"""
# The closed form of Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50, for z = 1 - x - y; the difference of the
# exponentials is written with exprel, which has no pole where the two time constants are equal.
_TSODYKS_MARKRAM = f"""
{_USE}
psc = tau_psc + 1e-9*int(tau_psc == 0)
moved = exp(-h/tau_rec)*h/psc*exprel(-h*(1/psc - 1/tau_rec))
z = (1 - x - y)*exp(-h/tau_rec) + y*moved
y = y*exp(-h/psc)
x = 1 - y - z
share = u*x
x = x - share
y = y + share
"""
# Each trace is kept in two parts, so that spikes seen at one tick do not pair.
_PRE_TRACE = "(pre_before + int(pre_last < now)*pre_now)*exp((pre_last - now)*step/{tau})"
_POST_TRACE = "(post_before + int(post_last < now)*post_now)*exp((post_last - now)*step/{tau})"
# weights that grow downwards, as those of inhibitory currents do, have w_max below w_min
_GROWS_UP = "int(w_min <= w_max)"
_LOW = f"({_GROWS_UP}*w_min + (1 - {_GROWS_UP})*w_max)"
_HIGH = f"({_GROWS_UP}*w_max + (1 - {_GROWS_UP})*w_min)"
_CHANGE = f"w = w + int(change != 0)*(clip(w + change, {_LOW}, {_HIGH}) - w)\n"
_DIRECTION = f"(2*{_GROWS_UP} - 1)"
_SPAN = "((w_max - w_min) + int(w_max == w_min))"
_UP = {
    "additive": "w_max",
    "multiplicative": "(w_max - w)",
    "additive_potentiation_multiplicative_depression": "w_max",
    "gutig": f"(w_max - w_min)*clip((w_max - w)/{_SPAN}, 0, 1)**mu_plus",
}
_DOWN = {
    "additive": "w_max",
    "multiplicative": "(w - w_min)",
    "additive_potentiation_multiplicative_depression": "w",
    "gutig": f"(w_max - w_min)*clip((w - w_min)/{_SPAN}, 0, 1)**mu_minus",
}
_TRACES = {
    "pre_before": 0.0,
    "pre_now": 0.0,
    "pre_last": 0.0,
    "post_before": 0.0,
    "post_now": 0.0,
    "post_last": 0.0,
}


def make_rule(model: SynapseModel, most_sites: int) -> Rule:
    """Return the rule of a model that is not static; ``most_sites`` is the largest number of release sites."""
    if model.learns:
        return _learning(model)
    if model.name == "tsodyks_markram":
        return Rule({"u": 0.0, "x": 1.0, "y": 0.0, "last": 0.0}, _TSODYKS_MARKRAM)
    if model.name == "simple_stochastic":
        return Rule({}, "share = int(draw(index, 1) < p)")
    return _vesicles(most_sites)


def _vesicles(sites: int) -> Rule:
    """Return release from sites with one vesicle each (Fuhrmann et al. 2002, doi:10.1152/jn.00258.2001).

    ``empty`` is the number of sites without a vesicle; those with one come first, as sites are alike.
    """
    code = [_USE, "recovered = 1 - exp(-h/tau_rec)"]
    for k in range(sites):
        code += [
            f"filled_{k} = int({k} < n - empty)",
            f"asked_{k} = int({k} < n)*(1 - filled_{k})",
            f"full_{k} = filled_{k} + asked_{k}*int(draw(index, asked_{k}) < recovered)",
            f"released_{k} = full_{k}*int(draw(index, full_{k}) < u)",
        ]
    full, released = (" + ".join(f"{name}_{k}" for k in range(sites)) for name in ("full", "released"))
    code += [f"released = {released}", f"empty = n - ({full}) + released", "share = released/n"]
    return Rule({"u": 0.0, "empty": 0.0, "last": 0.0}, "\n".join(code))


def _learning(model: SynapseModel) -> Rule:
    if model.timing == "vogels_2011":  # Vogels et al. 2011, doi:10.1126/science.1211095
        tau_plus = tau_minus = "tau"
        up, down = f"{_DIRECTION}*eta*{{trace}}", f"{_DIRECTION}*eta*({{trace}} - 2*rho*tau)"
    else:  # weight dependences: Gutig et al. 2003, doi:10.1523/jneurosci.23-09-03697.2003
        tau_plus, tau_minus = "tau_plus", "tau_minus"
        up = f"A_plus*{_UP[model.weight_dependence]}*{{trace}}"
        down = f"-A_minus*{_DOWN[model.weight_dependence]}*{{trace}}"
    pre, post = _PRE_TRACE.format(tau=tau_plus), _POST_TRACE.format(tau=tau_minus)
    see_pre = f"change = {down.format(trace=post)}\n{_CHANGE}share = w\n{_count('pre', pre)}"
    see_post = f"change = {up.format(trace=pre)}\n{_CHANGE}{_count('post', post)}"
    return Rule(_TRACES, see_pre, see_post)


def _count(side: str, trace: str) -> str:
    """Return the code that takes a spike into the trace of its side."""
    return (
        f"{side}_before = {trace}\n{side}_now = int({side}_last == now)*{side}_now + 1\n{side}_last = now\n"
    )
