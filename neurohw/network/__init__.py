"""What to run: a frozen description of a spiking network on an integer time grid."""

from neurohw.network.csr import csr_from_pairs
from neurohw.network.models import MODELS, CellModel
from neurohw.network.network import CurrentSteps, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.network.verify import verify

__all__ = [
    "MODELS",
    "CellModel",
    "CurrentSteps",
    "Network",
    "Population",
    "Probe",
    "SpikeTrains",
    "Synapses",
    "csr_from_pairs",
    "verify",
]
