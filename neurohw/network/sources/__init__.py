"""Spike sources that fire at random: renewal processes, the same trains on every backend for one seed.

What a source does depends on the time since its last spike and on nothing earlier; ``start`` counts as a spike.
New parameters hold from the moment of a change on, at the time that has then passed since the last spike: a dead
time is kept over a change, and changing often does not slow a source down. The spike stands on the first tick not
before its time. Random numbers are functions of (seed, global id, count), so trains do not know in how many runs a
simulation is cut.

``SpikeSourcePoisson``
    ``rate`` in Hz. Where that is 0.05 to 1,000 spikes a tick, the number of spikes in each tick is drawn instead of the
    intervals; it is then a function of (seed, global id, tick) and of the parameters that hold in that tick.
``SpikeSourcePoissonRefractory``
    The dead time ``tau_refrac``, then an exponential interval. ``rate`` is the mean rate, dead time included, as PyNN's
    NEURON and NEST backends have it: the mean interval is 1000 / rate ms.
``SpikeSourceGamma``
    Intervals of shape ``alpha`` and rate ``beta`` in Hz; their mean is ``alpha / beta`` s.
``SpikeSourceInhGamma``
    Shape ``a`` and scale ``b`` in s, constant from one of the times ``tbins`` to the next; silent before the first,
    and the last pair holds on. By thinning (Muller et al. 2007, doi:10.1162/neco.2007.19.11.2958).
"""

from neurohw.network.sources.columns import PROCESS_OF_MODEL, Bins, CountTables, Process
from neurohw.network.sources.counting import lay_out_counts
from neurohw.network.sources.trains import SourceTrains, has_memory, is_restarted, lay_out_bins, start_sources

__all__ = [
    "PROCESS_OF_MODEL",
    "Bins",
    "CountTables",
    "Process",
    "SourceTrains",
    "has_memory",
    "is_restarted",
    "lay_out_bins",
    "lay_out_counts",
    "start_sources",
]
