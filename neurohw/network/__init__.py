"""What to run: a frozen description of a spiking network on an integer time grid."""

from neurohw.network.csr import csr_from_pairs
from neurohw.network.declarations import CellModel, Parameter, Receptor, SynapseModel
from neurohw.network.models import MODELS
from neurohw.network.network import (
    MOST_CELLS,
    CurrentSteps,
    Histograms,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
)
from neurohw.network.synapse_models import SYNAPSE_MODELS
from neurohw.network.verify import verify
from neurohw.network.waveforms import Waveform

__all__ = [
    "MODELS",
    "MOST_CELLS",
    "SYNAPSE_MODELS",
    "CellModel",
    "CurrentSteps",
    "Histograms",
    "Network",
    "Parameter",
    "Population",
    "Probe",
    "Receptor",
    "SpikeTrains",
    "SynapseModel",
    "Synapses",
    "Waveform",
    "csr_from_pairs",
    "verify",
]
