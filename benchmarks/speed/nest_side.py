"""NEST's side: one thread, spikes to memory, connections before the run.

    python -m benchmarks.speed.nest_side run FILE SECONDS

Prints a JSON object. A Poisson drive of one train a cell is a single generator, as NEST's own examples have it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import nest
import numpy as np

from benchmarks.speed.clock import peak_mb, timed
from benchmarks.speed.description import STDP, Array, Description

MODELS = {
    "IF_curr_exp": "iaf_psc_exp",
    "IF_curr_delta": "iaf_psc_delta",
    "IF_cond_exp": "iaf_cond_exp",
    "EIF_cond_exp_isfa_ista": "aeif_cond_exp",
    "HH_cond_exp": "hh_cond_exp_traub",
}
BY_LEAK = ("IF_cond_exp", "EIF_cond_exp_isfa_ista")  # which NEST gives a conductance in place of tau_m
HODGKIN_HUXLEY = "HH_cond_exp"
CONDUCTANCES = (*BY_LEAK, HODGKIN_HUXLEY)  # where the sign of a weight chooses the receptor
DELTA = "IF_curr_delta"
NAMES = {  # NEST's name, and its unit in ours
    "v_rest": ("E_L", 1.0),
    "v_reset": ("V_reset", 1.0),
    "v_thresh": ("V_th", 1.0),
    "tau_m": ("tau_m", 1.0),
    "tau_refrac": ("t_ref", 1.0),
    "tau_syn_E": ("tau_syn_ex", 1.0),
    "tau_syn_I": ("tau_syn_in", 1.0),
    "cm": ("C_m", 1e3),
    "i_offset": ("I_e", 1e3),
    "v": ("V_m", 1.0),
    "e_rev_E": ("E_ex", 1.0),
    "e_rev_I": ("E_in", 1.0),
    "gsyn_exc": ("g_ex", 1e3),
    "gsyn_inh": ("g_in", 1e3),
    "v_spike": ("V_peak", 1.0),
    "delta_T": ("Delta_T", 1.0),
    "tau_w": ("tau_w", 1.0),
    "a": ("a", 1.0),
    "b": ("b", 1e3),
    "w": ("w", 1e3),
    "gbar_Na": ("g_Na", 1e3),
    "gbar_K": ("g_K", 1e3),
    "g_leak": ("g_L", 1e3),
    "v_offset": ("V_T", 1.0),
    "e_rev_Na": ("E_Na", 1.0),
    "e_rev_K": ("E_K", 1.0),
    "e_rev_leak": ("E_L", 1.0),
    "m": ("Act_m", 1.0),
    "h": ("Inact_h", 1.0),
    "n": ("Act_n", 1.0),
}


def main(task: str, path: str, seconds: str) -> None:
    """Build and run."""
    if task != "run":
        raise SystemExit(f"unknown task {task!r}; it is 'run'")
    given = Description(path)
    built = timed(lambda: build(given))
    took = timed(lambda: nest.Run(1000 * float(seconds)))
    nest.Cleanup()
    recorder = nest.GetNodes({"element_type": "recorder"})
    spikes = int(sum(recorder.get("n_events"))) if len(recorder) > 1 else int(recorder.n_events)
    print(json.dumps({**took, "build_s": built["cpu_s"], "peak_mb": peak_mb(), "spikes": spikes}))


def build(given: Description) -> None:
    """Make cells and connections and prepare the run."""
    nest.set_verbosity("M_ERROR")
    nest.SetKernelStatus({"resolution": given.timestep_ms, "local_num_threads": 1, "rng_seed": 1})
    nodes = {}
    for index, population in enumerate(given.populations):
        if population["model"] in MODELS:
            nodes[index] = nest.Create(
                MODELS[population["model"]], population["size"], params=cell_parameters(given, index)
            )
            if population["model"] == HODGKIN_HUXLEY:
                open_at_start(given, index, nodes[index])
    recorder = nest.Create("spike_recorder")
    for index, population in enumerate(given.populations):
        if population["recorded"]:
            nest.Connect(nodes[index], recorder)
    for group, synapses in enumerate(given.synapses):
        if synapses["n"]:
            connect(given, group, nodes)
    nest.Prepare()


def cell_parameters(given: Description, population: int) -> dict[str, Any]:
    """Return NEST's parameters of a population."""
    found = {}
    for name in given.populations[population]["parameters"]:
        theirs, unit = NAMES[name]
        value = given.of_cells(population, name)
        found[theirs] = value * unit
    if given.populations[population]["model"] in BY_LEAK:
        found["g_L"] = found["C_m"] / found.pop("tau_m")
    tau_minus = {s["rule"]["tau_minus"] for s in given.synapses if s["to"] == population and s["rule"]}
    if tau_minus:
        (found["tau_minus"],) = tau_minus
    if given.populations[population]["model"] == HODGKIN_HUXLEY:
        del found["g_ex"], found["g_in"]
    found.setdefault("V_m", found["E_L"])
    return found


def open_at_start(given: Description, population: int, cells: Any) -> None:
    """Open the conductances that cells start with by a spike in the first step, where NEST takes no initial ones."""
    for name, unit in (("gsyn_exc", 1e3), ("gsyn_inh", -1e3)):
        weights = np.broadcast_to(given.of_cells(population, name) * unit, len(cells))
        spike = nest.Create("spike_generator", params={"spike_times": [given.timestep_ms]})
        nest.Connect(spike, cells, "all_to_all", {"weight": weights[:, None], "delay": given.timestep_ms})


def connect(given: Description, group: int, nodes: Mapping[int, Any]) -> None:
    """Make the synapses of a group; sources are made here."""
    s = given.synapses[group]
    source, model = given.populations[s["from"]], given.populations[s["to"]]["model"]
    unit = 1.0 if model == DELTA else 1e3
    if model in CONDUCTANCES and s["receptor"] == "inhibitory":
        unit = -unit
    weight = given.of_synapses(group, "weight") * unit
    delay = given.of_synapses(group, "delay") * given.timestep_ms
    if s["from"] not in nodes and s["n"] == source["size"] == given.populations[s["to"]]["size"]:
        drive = nest.Create("poisson_generator", params={"rate": given.of_cells(s["from"], "rate")})
        nest.Connect(drive, nodes[s["to"]], "all_to_all", {"weight": weight, "delay": delay})
        return
    senders = nodes[s["from"]] if s["from"] in nodes else relayed(given, s["from"])
    pre, post = np.array(senders.tolist()), np.array(nodes[s["to"]].tolist())
    n = s["n"]
    kind = f"synapse_{group}"
    if s["model"] == STDP:
        nest.CopyModel("stdp_synapse", kind, stdp_parameters(s["rule"], unit))
        specification: dict[str, Any] = {"synapse_model": kind, "weight": weight, "delay": each(delay, n)}
    elif isinstance(weight, float):  # all share it: NEST keeps it once
        nest.CopyModel("static_synapse_hom_w", kind, {"weight": weight})
        specification = {"synapse_model": kind, "delay": each(delay, n)}
    else:
        specification = {"synapse_model": "static_synapse", "weight": weight, "delay": each(delay, n)}
    ends = pre[given.of_synapses(group, "pre")], post[given.of_synapses(group, "post")]
    nest.Connect(*ends, "one_to_one", specification)


def stdp_parameters(rule: Mapping[str, float], unit: float) -> dict[str, float]:
    """Return NEST's parameters of additive plasticity with a least weight of 0."""
    return {
        "tau_plus": rule["tau_plus"],
        "lambda": rule["A_plus"],
        "alpha": rule["A_minus"] / rule["A_plus"],
        "mu_plus": 0.0,
        "mu_minus": 0.0,
        "Wmax": rule["w_max"] * unit,
    }


def each(value: float | Array, n: int) -> Array:
    """Return one number a synapse, as NEST wants it beside arrays of cells."""
    return np.full(n, value) if np.ndim(value) == 0 else np.asarray(value)


def relayed(given: Description, population: int) -> Any:
    """Return cells that repeat the spikes of Poisson generators, so that all targets get the same."""
    size = given.populations[population]["size"]
    rates = np.broadcast_to(given.of_cells(population, "rate"), size)
    generators = nest.Create("poisson_generator", size, params={"rate": rates})
    parrots = nest.Create("parrot_neuron", size)
    nest.Connect(generators, parrots, "one_to_one", {"delay": given.timestep_ms})
    return parrots


if __name__ == "__main__":
    main(*sys.argv[1:])
