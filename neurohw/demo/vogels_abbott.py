"""The CUBA benchmark of Vogels and Abbott as a PyNN script.

Sparse random network of integrate-and-fire neurons with exponential current synapses, 80 % excitatory, that
keeps itself active: T. P. Vogels and L. F. Abbott, J. Neurosci. 25:10786 (2005),
doi:10.1523/JNEUROSCI.3508-05.2005, in the form of benchmark 2 of R. Brette et al., J. Comput. Neurosci.
23:349 (2007), doi:10.1007/s10827-007-0038-6.

Any PyNN backend runs it: replace ``pyNN.neurohw`` by ``pyNN.nest`` to see.
"""

from argparse import ArgumentParser

import pyNN.neurohw as sim
from pyNN.random import NumpyRNG, RandomDistribution

parser = ArgumentParser(description="Vogels-Abbott CUBA benchmark")
parser.add_argument("--neurons", type=int, default=4000, help="four fifths of them excitatory")
parser.add_argument("--duration", type=float, default=1000.0, help="ms")
parser.add_argument("--seed", type=int, default=1, help="of connections and initial potentials")
args = parser.parse_args()

N_EXC = args.neurons * 4 // 5
N_INH = args.neurons - N_EXC
CM_NF = 0.2
TAU_M_MS = 20.0
# the benchmark gives weights as voltages, which a current of w * cm / tau_m stands for
W_EXC_NA = 1.62 * CM_NF / TAU_M_MS
W_INH_NA = -9.0 * CM_NF / TAU_M_MS

sim.setup(timestep=0.1, min_delay=0.1)
rng = NumpyRNG(seed=args.seed)

cell = sim.IF_curr_exp(
    cm=CM_NF,
    tau_m=TAU_M_MS,
    tau_syn_E=5.0,
    tau_syn_I=10.0,
    tau_refrac=5.0,
    v_rest=-49.0,
    v_thresh=-50.0,
    v_reset=-60.0,
)
exc = sim.Population(N_EXC, cell, label="excitatory")
inh = sim.Population(N_INH, cell, label="inhibitory")
for cells in (exc, inh):
    cells.initialize(v=RandomDistribution("uniform", (-60.0, -50.0), rng=rng))
    cells.record("spikes")

# one generator each: PyNN's connectors copy the one they are given, and would draw the same connections again
seeds = iter(range(1000 * args.seed, 1000 * args.seed + 4))
for pre, weight, receptor in ((exc, W_EXC_NA, "excitatory"), (inh, W_INH_NA, "inhibitory")):
    for post in (exc, inh):
        connector = sim.FixedProbabilityConnector(0.02, rng=NumpyRNG(seed=next(seeds)))
        synapse = sim.StaticSynapse(weight=weight, delay=0.1)
        sim.Projection(pre, post, connector, synapse, receptor_type=receptor)

sim.run(args.duration)

for cells in (exc, inh):
    print(f"{cells.label}: {cells.mean_spike_count() / (args.duration * 1e-3):.2f} Hz")
sim.end()
