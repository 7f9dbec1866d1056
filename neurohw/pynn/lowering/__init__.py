"""What a script has built to a :class:`neurohw.network.Network`.

- ``network``: the whole: populations, spike trains, probes
- ``synapses``: projections to synapses in compressed rows
- ``currents``: current sources to steps and waveforms
- ``histograms``: the time histograms of ``SpikeSourceInhGamma``
"""
