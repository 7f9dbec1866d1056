"""GeNN's side: its backend for one thread of a CPU, float64, compiled with optimisation before the run.

    python -m benchmarks.speed.genn_side run FILE SECONDS

Prints a JSON object. Steps are taken from Python, as GeNN's users take them; spikes are recorded in GeNN's own buffers.
"""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

import numpy as np
import pygenn

from benchmarks.speed.clock import children_s, peak_mb, timed
from benchmarks.speed.description import STDP, Array, Description
from benchmarks.speed.genn_models import DRIVE, MODELS, SOURCE, STDP_RULE

CURRENTS, DELTA = "IF_curr_exp", "IF_curr_delta"
CELLS = (CURRENTS, DELTA)
TAU_SYN = {"excitatory": "tau_syn_E", "inhibitory": "tau_syn_I"}
NOTHING: dict[str, Any] = {}


def main(task: str, path: str, seconds: str) -> None:
    """Build and run."""
    if task != "run":
        raise SystemExit(f"unknown task {task!r}; it is 'run'")
    given = Description(path)
    steps = round(1000 * float(seconds) / given.timestep_ms)
    with tempfile.TemporaryDirectory() as folder:
        made: list[Any] = []
        built = timed(lambda: made.append(build(given, folder, steps)))
        model = made[0]

        def run() -> None:
            for _ in range(steps):
                model.step_time()

        took = timed(run)
        model.pull_recording_buffers_from_device()
        spikes = sum(
            len(population.spike_recording_data[0][0])
            for population in model.neuron_populations.values()
            if population.spike_recording_enabled
        )
    build_s = built["cpu_s"] + children_s()
    print(json.dumps({**took, "build_s": build_s, "peak_mb": peak_mb(), "spikes": spikes}))


def build(given: Description, folder: str, steps: int) -> Any:
    """Make cells and connections, compile them, and set up the run."""
    model = pygenn.GeNNModel("double", "speed", backend="single_threaded_cpu", optimize_code=True)
    model.dt = given.timestep_ms
    model.seed = 1
    model.fuse_postsynaptic_models = True
    model.default_narrow_sparse_ind_enabled = True
    populations = [population(model, given, index) for index in range(len(given.populations))]
    for group, synapses in enumerate(given.synapses):
        if synapses["n"]:
            connect(model, given, group, populations)
    model.build(folder)
    model.load(num_recording_timesteps=steps)
    return model


def population(model: Any, given: Description, index: int) -> Any:
    """Make the cells of a population; sources with a synapse each are made with that, and None here."""
    described = given.populations[index]
    size = described["size"]
    if described["model"] in CELLS:
        value = {name: number(given, index, name) for name in described["parameters"] if name != "v"}
        parameters = {
            "C": value["cm"],
            "TauM": value["tau_m"],
            "Vrest": value["v_rest"],
            "Vreset": value["v_reset"],
            "Vthresh": value["v_thresh"],
            "Ioffset": value["i_offset"],
            "TauRefrac": value["tau_refrac"] - given.timestep_ms / 2,  # whole steps, however they are rounded
        }
        start = given.of_cells(index, "v" if "v" in described["parameters"] else "v_rest")
        cells = model.add_neuron_population(
            f"p{index}", size, "LIF", parameters, {"V": start, "RefracTime": 0.0}
        )
        cells.spike_recording_enabled = described["recorded"]
        return cells
    if described["model"] in MODELS:
        return with_conductances(model, given, index)
    if any(is_drive(given, s) for s in given.synapses if s["from"] == index):
        return None
    interval = np.broadcast_to(1000 / given.of_cells(index, "rate") / given.timestep_ms, size)
    wait = interval * np.random.default_rng(index).exponential(size=size)
    return model.add_neuron_population(
        f"p{index}", size, SOURCE, NOTHING, {"interval": interval, "wait": wait}
    )


def with_conductances(model: Any, given: Description, index: int) -> Any:
    """Make cells with conductances, whose model is written here."""
    described = given.populations[index]
    of = MODELS[described["model"]]
    parameters = {name: number(given, index, name) for name in of.params}
    if "tau_refrac" in parameters:
        parameters["tau_refrac"] -= given.timestep_ms / 2
    variables = {variable.name: 0.0 for variable in of.model.get_vars()}
    for variable, name in of.start.items():
        if name in described["parameters"]:
            variables[variable] = given.of_cells(index, name)
    cells = model.add_neuron_population(f"p{index}", described["size"], of.model, parameters, variables)
    cells.spike_recording_enabled = described["recorded"]
    return cells


def connect(model: Any, given: Description, group: int, populations: list[Any]) -> None:
    """Make the synapses of a group."""
    s = given.synapses[group]
    post = populations[s["to"]]
    if is_drive(given, s):
        add_drive(model, given, group, post)
        return
    weight, delay = (given.of_synapses(group, name) for name in ("weight", "delay"))
    pre, post_of = given.of_synapses(group, "pre"), given.of_synapses(group, "post")
    unit = current_of_weight(given, s["to"])
    is_dense = is_all_to_all(populations[s["from"]].num_neurons, post.num_neurons, post_of)
    synapses = model.add_synapse_population(
        f"s{group}",
        "DENSE" if is_dense else "SPARSE",
        populations[s["from"]],
        post,
        learning(s, weight) if s["model"] == STDP else weight_update(weight * unit, delay, s["n"]),
        current_model(given, group),
    )
    if given.populations[s["to"]]["model"] in MODELS and s["receptor"] == "inhibitory":
        synapses.post_target_var = "InInh"
    if not is_dense:
        synapses.set_sparse_connections(pre, post_of)
    if np.ndim(delay):
        synapses.max_dendritic_delay_timesteps = int(delay.max())
    else:
        synapses.axonal_delay_steps = int(delay) - 1  # GeNN's own step is one more


def is_all_to_all(n_pre: int, n_post: int, post: Array) -> bool:
    """Return whether each cell sends to all others in their order, which GeNN keeps as a matrix."""
    return len(post) == n_pre * n_post and bool((post.reshape(n_pre, n_post) == np.arange(n_post)).all())


def weight_update(current_na: float | Array, delay: float | Array, n: int) -> Any:
    """Return what a spike does: GeNN keeps one weight for all, one for each, or with a delay for each."""
    if np.ndim(delay):
        each = {"g": np.broadcast_to(current_na, n), "d": delay - 1}
        return pygenn.init_weight_update("StaticPulseDendriticDelay", NOTHING, each)
    if np.ndim(current_na):
        return pygenn.init_weight_update("StaticPulse", NOTHING, {"g": current_na})
    return pygenn.init_weight_update("StaticPulseConstantWeight", {"g": current_na})


def learning(synapses: dict[str, Any], weight: float | Array) -> Any:
    """Return additive plasticity, of currents in nA or conductances in uS."""
    rule = synapses["rule"]
    parameters = {
        "tau_plus": rule["tau_plus"],
        "tau_minus": rule["tau_minus"],
        "rise": rule["A_plus"] * rule["w_max"],
        "fall": rule["A_minus"] * rule["w_max"],
        "lowest": rule["w_min"],
        "highest": rule["w_max"],
    }
    return pygenn.init_weight_update(STDP_RULE, parameters, {"g": weight}, {"before": 0.0}, {"after": 0.0})


def add_drive(model: Any, given: Description, group: int, post: Any) -> None:
    """Give each cell Poisson input of its own, which GeNN draws without synapses."""
    s = given.synapses[group]
    rate_hz, weight = number(given, s["from"], "rate"), given.of_synapses(group, "weight")
    act, keep = 1.0, 0.0  # a pulse of one step
    if given.populations[s["to"]]["model"] != DELTA:
        tau_ms = number(given, s["to"], TAU_SYN[s["receptor"]])
        keep = float(np.exp(-given.timestep_ms / tau_ms))
        act = tau_ms * (1 - keep) / given.timestep_ms
    parameters = {
        "none": float(np.exp(-rate_hz * given.timestep_ms / 1000)),
        "jump": weight * current_of_weight(given, s["to"]),
        "act": act,
        "keep": keep,
    }
    model.add_current_source(f"d{group}", DRIVE, post, parameters, {"current": 0.0})


def current_model(given: Description, group: int) -> Any:
    """Return what becomes of the current of a synapse: it decays, or it is a pulse of one step."""
    s = given.synapses[group]
    if given.populations[s["to"]]["model"] != CURRENTS:  # cells let conductances decay themselves
        return pygenn.init_postsynaptic("DeltaCurr")
    return pygenn.init_postsynaptic("ExpCurr", {"tau": number(given, s["to"], TAU_SYN[s["receptor"]])})


def current_of_weight(given: Description, population: int) -> float:
    """Return the nA that a weight of 1 is: for a jump of 1 mV, those that make it within one step."""
    if given.populations[population]["model"] != DELTA:
        return 1.0
    tau_ms, cm_nf = number(given, population, "tau_m"), number(given, population, "cm")
    return float(cm_nf / tau_ms / -np.expm1(-given.timestep_ms / tau_ms))


def is_drive(given: Description, synapses: dict[str, Any]) -> bool:
    """Return whether each cell has a Poisson source of its own."""
    source, target = given.populations[synapses["from"]], given.populations[synapses["to"]]
    return source["model"] not in (*CELLS, *MODELS) and synapses["n"] == source["size"] == target["size"]


def number(given: Description, population: int, name: str) -> float:
    """Return a parameter that all cells share."""
    value: float | Array = given.of_cells(population, name)
    if np.ndim(value):
        raise SystemExit(
            f"population {population}: {name} differs from cell to cell, which is not built here"
        )
    return float(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
