"""A small PyNN network, a plain-Python model of every value in it, and the steps that a script may take with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pyNN.neurohw as sim
from pyNN.parameters import Sequence

DT = 0.1
SIZES = {"source": 3, "population": 4, "other population": 2}
# a name a way to address the six cells, as PyNN has them: which they are
TARGETS = {
    "population": [0, 1, 2, 3],
    "view": [1, 2],
    "picked view": [0, 3],
    "other population": [4, 5],
    "assembly": [0, 1, 2, 3, 4, 5],
    "cell": [2],
}
CELLS = {"population": range(4), "other population": range(4, 6)}
ENDS = {
    "input": ("source", "population"),
    "recurrent": ("population", "other population"),
    "learning": ("source", "population"),
}
PAIRS = {
    "input": [(0, 0), (2, 0), (1, 1), (0, 3), (2, 3)],
    "recurrent": [(0, 0), (3, 0), (1, 1)],
    "learning": [(0, 0), (1, 0), (2, 2), (1, 3)],
}
DEFAULTS = {
    "input": {"weight": 0.5, "delay": 1.5},
    "recurrent": {"weight": 0.5, "delay": 1.5},
    "learning": {"weight": 0.5, "delay": 1.5, "tau_plus": 20.0},
}
W_MAX = 3.0


@dataclass
class Model:
    """What every value is; which cells of a population (0, 1, ...) are recorded, and every how many ticks."""

    cells: dict[str, list[float]]
    v: list[float]
    spike_times: list[list[float]]
    links: dict[str, dict[str, list[float]]]
    positions: dict[str, np.ndarray]  # [3, cells]
    recorded: dict[str, dict[str, set[int]]]
    every: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CELLS, 1))

    @classmethod
    def default(cls):
        """Return a network that fires, and so learns, within a few ms."""
        values = {"tau_m": 10.0, "i_offset": 2.0, "v_thresh": -58.0, "tau_refrac": 0.1}
        return cls(
            {name: [value] * 6 for name, value in values.items()},
            [-60.0] * 6,
            [[0.5 + 1.5 * k + 0.2 * source for k in range(20)] for source in range(3)],
            {
                link: {name: [value] * len(PAIRS[link]) for name, value in values.items()}
                for link, values in DEFAULTS.items()
            },
            {name: np.array([np.arange(n), np.zeros(n), np.zeros(n)]) for name, n in SIZES.items()},
            {
                name: {"v": set(range(len(ids))), "spikes": set(range(len(ids)))}
                for name, ids in CELLS.items()
            },
        )

    def distances(self, link):
        """Return the distance of each pair of a link."""
        pre, post = (self.positions[end] for end in ENDS[link])
        return [np.sqrt(((pre[:, i] - post[:, j]) ** 2).sum()) for i, j in PAIRS[link]]


def build(model):
    """Make the network of a model's values."""
    sim.setup(timestep=DT, min_delay="auto")
    sources = sim.SpikeSourceArray(spike_times=[Sequence(times) for times in model.spike_times])
    net = SimpleNamespace(source=sim.Population(3, sources, label="source"), targets={})
    for name, ids in CELLS.items():
        chosen = slice(ids.start, ids.stop)
        cell = sim.IF_curr_exp(**{key: values[chosen] for key, values in model.cells.items()})
        initial = {"v": np.array(model.v[chosen])}
        net.targets[name] = sim.Population(len(ids), cell, initial_values=initial, label=name)
    net.populations = {"source": net.source, **net.targets}
    cells, others = net.targets.values()
    net.targets |= {
        "view": cells[1:3],
        "picked view": cells[[0, 3]],
        "assembly": cells + others,
        "cell": cells[2],
    }
    for name, positions in model.positions.items():
        set_positions(net, name, positions)
    net.links = {link: _connect(net, link, values) for link, values in model.links.items()}
    net.network = sim.Network(*net.populations.values(), *net.links.values())
    for name in CELLS:
        net.targets[name].record("spikes", sampling_interval=model.every[name] * DT)
        stop_recording(net, name)
        for variable, chosen in model.recorded[name].items():
            net.targets[name][sorted(chosen)].record(variable)
    return net


def _connect(net, link, values):
    rows = [(*pair, *row) for pair, *row in zip(PAIRS[link], *values.values(), strict=True)]
    rule = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.05, A_minus=0.02), sim.AdditiveWeightDependence(w_max=W_MAX)
    )
    return sim.Projection(
        *(net.populations[end] for end in ENDS[link]),
        sim.FromListConnector(rows, column_names=[*values]),
        rule if link == "learning" else sim.StaticSynapse(),
        label=link,
    )


# --- steps ------------------------------------------------------------------------


def set_cells(net, target, name, value):
    if target == "cell":
        setattr(net.targets[target], name, value)
    else:
        net.targets[target].set(**{name: value})


def set_times(net, trains):
    net.source.set(spike_times=[Sequence(times) for times in trains])


def set_positions(net, name, positions):
    net.populations[name].positions = positions.copy()


def start_at(net, target, value):
    if target == "cell":
        net.targets[target].set_initial_value("v", value)
    else:
        net.targets[target].initialize(v=value)


def set_links(net, link, name, values):
    net.links[link].set(**{name: values})


def set_link(net, link, index, name, value):
    setattr(net.links[link][index], name, value)


def record(net, target, variables, every=None):
    net.targets[target].record(variables, sampling_interval=None if every is None else every * DT)


def record_spikes_of_all(net):
    net.network.record("spikes", include_spike_source=False)


def stop_recording(net, name):
    net.targets[name].record(None)


def run(net, ticks):
    sim.run(ticks * DT)


# --- what came of it --------------------------------------------------------------


def data_of(net, since=0):
    """Return the samples, spike times and learnt weights of the segment that runs, from a tick on."""
    found = {("learning", "weight"): np.array(net.links["learning"].get("weight", format="list"))}
    for name in CELLS:
        segment = net.targets[name].get_data().segments[-1]
        for signal in segment.analogsignals:
            ticks = np.rint(signal.times.magnitude / DT)
            found[name, signal.name] = signal.magnitude[ticks >= since]
        for train in segment.spiketrains:
            times = train.magnitude
            found[name, int(train.annotations["source_index"])] = (
                times[times > since * DT + 1e-9] if since else times
            )
    return {key: values for key, values in found.items() if values.size}
