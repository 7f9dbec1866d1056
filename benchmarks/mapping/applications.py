"""The ten applications as something to map: network, how often each cell fires, and a mesh that is large enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from benchmarks.mapping.replay import driven_cells
from benchmarks.workloads.applications import APPLICATIONS
from benchmarks.workloads.applications.feed_forward import FeedForward
from neurohw.capture import capture, record
from neurohw.hardware import Chip, load_chip
from neurohw.network import Network
from neurohw.workload import NeuronGraph

Array = np.ndarray

STRUCTURE_ONLY = ("heartbeat_cnn", "alexnet", "vgg16")  # cells fire at modelled rates
_ROOM = 2.0  # times the tiles that full columns would need, as rows may be used up before


@dataclass(frozen=True)
class Mappable:
    """An application to map."""

    name: str
    graph: NeuronGraph
    chip: Chip
    network: Network
    is_driven: (
        bool  # the network has no synapses, but cells that fire by themselves (benchmarks.mapping.replay)
    )
    duration_ms: float


def mappable(name: str, rows: int, columns: int, seed: int = 0) -> Mappable:
    """Return an application, simulated without a chip: the whole of it, or cells that fire at modelled rates.

    Parameters
    ----------
    rows : of a crossbar; as many as the neuron with most inputs needs, if these are more.
    """
    application = APPLICATIONS[name]
    if name in STRUCTURE_ONLY and isinstance(application, FeedForward):
        indptr, pre, rates_hz = application.structure(seed)
        n_inputs = int(np.prod(application.pixels))
        network = driven_cells(rates_hz, n_inputs, application.duration_ms, seed)
        fired = record(network, application.duration_ms)
        spikes = np.bincount(fired.ids, minlength=rates_hz.size)
        graph = NeuronGraph(indptr, pre, np.arange(rates_hz.size) >= n_inputs, spikes)
    else:
        network = application.network(seed)
        graph = capture(network, application.duration_ms, seed=seed)
    needed = max(rows, int(np.diff(graph.indptr).max()))
    side = ceil((_ROOM * graph.n_neurons / columns + 1) ** 0.5)
    chip = load_chip("mesh").replace(rows=needed, columns=columns, width=side, height=side)
    return Mappable(name, graph, chip, network, name in STRUCTURE_ONLY, application.duration_ms)
