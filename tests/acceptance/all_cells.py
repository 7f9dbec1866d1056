"""A PyNN script with every cell type: coupled populations under noise and currents, in two parts."""

import pyNN.neurohw as sim
from pyNN.random import NumpyRNG, RandomDistribution

TYPES = (sim.IF_curr_delta, sim.IF_curr_exp, sim.IF_curr_alpha, sim.IF_cond_exp)
UNIT = {"IF_curr_delta": 1.6, "IF_curr_exp": 0.35, "IF_curr_alpha": 0.3, "IF_cond_exp": 0.006}

sim.setup(timestep=0.1, seed=3)
rng = NumpyRNG(seed=42)
delay = RandomDistribution("uniform", (0.1, 5.0), rng=rng)
noise = sim.Population(40, sim.SpikeSourcePoisson(rate=80.0, start=5.0), label="noise")
clock = sim.Population(2, sim.SpikeSourceArray(spike_times=[0.0, 20.0, 20.0, 120.3]), label="clock")
layers = [sim.Population(40, cell(tau_refrac=2.0), label=cell.__name__) for cell in TYPES]
for cells in layers:
    unit = UNIT[cells.label]
    weight = RandomDistribution("uniform", (unit, 2 * unit), rng=rng)
    inhibition = unit if cells.label == "IF_cond_exp" else -unit
    excite = sim.StaticSynapse(weight=weight, delay=delay)
    sim.Projection(noise, cells, sim.FixedProbabilityConnector(0.3, rng=rng), excite)
    sim.Projection(clock, cells[:20], sim.AllToAllConnector(), excite)
    sim.Projection(cells, cells, sim.FixedNumberPreConnector(4, rng=rng, allow_self_connections=True), excite)
    sim.Projection(
        cells[10:],
        cells,
        sim.FixedProbabilityConnector(0.1, rng=rng),
        sim.StaticSynapse(weight=inhibition, delay=1.0),
        receptor_type="inhibitory",
    )
    cells.record("spikes")
    cells[::10].record("v")
for pre, post in zip(layers, layers[1:] + layers[:1], strict=True):
    synapse = sim.StaticSynapse(weight=UNIT[post.label], delay=0.7)
    sim.Projection(pre, post, sim.OneToOneConnector(), synapse)
current = sim.DCSource(amplitude=0.5, start=30.0, stop=90.0)
current.inject_into(layers[1][:10])

sim.run(100.0)
layers[2].set(i_offset=0.4)
noise.set(rate=120.0)
sim.run(100.0)
sim.end()
