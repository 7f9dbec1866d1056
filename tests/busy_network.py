"""A network that loads the interconnect of a small chip."""

from __future__ import annotations

import numpy as np

from neurohw.network import MODELS, Network, Population, Probe, Synapses, csr_from_pairs


def busy_network() -> Network:
    """Return noise that drives cells which excite each other, enough of both to load a small mesh."""
    noise, cells = MODELS["SpikeSourcePoisson"], MODELS["IF_curr_exp"]
    random = np.random.default_rng(1)
    rates = {name: np.full(60, parameter.default) for name, parameter in noise.parameters.items()}
    values = {name: np.full(300, parameter.default) for name, parameter in cells.parameters.items()}
    populations = (
        Population("noise <1>", noise, 0, 60, rates | {"rate": np.full(60, 400.0)}),
        Population("cells", cells, 60, 300, values),
    )
    synapses = []
    for name, pre, weight in (("noise <1>→cells", 0, 1.5), ("cells→cells", 1, 0.4)):
        size = populations[pre].size
        pairs = random.integers(0, (size, 300), (3000, 2))
        columns = csr_from_pairs(pairs[:, 0], pairs[:, 1], size, np.full(3000, weight), np.full(3000, 2))
        synapses.append(Synapses(name, pre, 1, "excitatory", *columns))
    return Network(0.1, populations, tuple(synapses), probes=(Probe(1, "spikes", np.arange(300)),))
