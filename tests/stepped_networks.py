"""Small networks of cells without a closed form: one model a network, all receptors, all variables recorded."""

from __future__ import annotations

import numpy as np

from neurohw.network import (
    MODELS,
    CellModel,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    csr_from_pairs,
    verify,
)
from neurohw.network.models import point_neuron

UNTIL_TICK = 120
SHAPES = ("curr_exp", "curr_alpha", "cond_exp", "cond_alpha", "cond_beta")
STEPPED = tuple(
    name
    for name, model in MODELS.items()
    if not model.is_source and name not in ("IF_curr_delta", "IF_curr_exp", "IF_curr_alpha", "IF_cond_exp")
)
POINT_NEURONS = {
    "lif of all shapes": point_neuron("lif", {shape: shape for shape in SHAPES}),
    "lif of two currents": point_neuron("lif", {"one": "curr_alpha", "two": "curr_alpha"}),
    "lif of one current": point_neuron("lif", {"one": "curr_exp"}),
    "adexp of all shapes": point_neuron("adexp", {shape: shape for shape in SHAPES}),
    "lif of no receptor": point_neuron("lif", {}),
}
ALL = {name: MODELS[name] for name in STEPPED} | POINT_NEURONS
# a bias (nA) and a weight (its unit) that make a cell of these parameters fire within some ms
DRIVE = {
    "PointNeuron": (3.0, 0.05),
    "Izhikevich": (0.02, 4.0),
    "HH_cond_exp": (1.0, 0.1),
    "GIF_cond_exp": (2.0, 0.05),
}


def small_network(model: CellModel, seed: int, timestep_ms: float = 0.1, size: int = 3) -> Network:
    """Return a few cells of one model, each with other parameters, a source, all receptors, a current step."""
    rng = np.random.default_rng(seed)
    bias, weight = DRIVE.get(model.name, (1.0, 0.05))
    p = {name: np.full(size, declared.default) for name, declared in model.parameters.items()}
    for name in p:
        if name.startswith(("tau", "cm")) or ".tau" in name:
            p[name] = p[name] * rng.uniform(0.7, 1.4, size)
    p["i_offset"] = bias * rng.uniform(0.5, 1.5, size)
    if "tau_refrac" in p:
        p["tau_refrac"] = rng.uniform(0, 2, size)
    if model.membrane == "gif":
        p["lambda0"] = np.full(size, 100.0)
    cells = Population("cells", model, 0, size, p, {"v": rng.uniform(-70, -55, size)})
    trains = SpikeTrains.from_lists([np.sort(rng.integers(0, UNTIL_TICK, 6)) for _ in range(2)])
    source = Population("source", MODELS["SpikeSourceArray"], size, 2, {}, trains=trains)
    synapses = []
    for pre, n_pre in ((1, 2), (0, size)):
        for r in model.receptors:
            n = 4
            pairs = rng.integers(0, n_pre, n), rng.integers(0, size, n)
            scale = -weight if "inh" in r.name and not r.shape.startswith("cond") else weight
            sizes = scale * rng.uniform(0.5, 2, n) * (10 if r.shape.startswith("curr") else 1)
            rows = csr_from_pairs(*pairs, n_pre, sizes, rng.integers(1, 30, n))
            synapses.append(Synapses(f"{pre} {r.name}", pre, 0, r.name, *rows))
    currents = CurrentSteps(np.array([0, 1]), np.array([20, 40]), np.array([bias, -bias]))
    probes = [Probe(0, "spikes", np.arange(size))]
    probes += [Probe(0, variable, np.arange(size), 1 + i) for i, variable in enumerate(model.variables)]
    network = Network(timestep_ms, (cells, source), tuple(synapses), currents, tuple(probes))
    verify(network)
    return network


def lone_cell(model: CellModel, initial=None, **parameters: float) -> Network:
    p = {name: np.full(1, declared.default) for name, declared in model.parameters.items()}
    p |= {name: np.full(1, float(value)) for name, value in parameters.items()}
    cells = Population("cell", model, 0, 1, p, {k: np.full(1, v) for k, v in (initial or {}).items()})
    probes = tuple(Probe(0, variable, np.array([0])) for variable in ("spikes", *model.variables))
    return Network(0.1, (cells,), (), CurrentSteps.none(), probes)
