"""The ten applications as something to map: network, how often each cell fires, and a mesh that is large enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from benchmarks.workloads.applications import APPLICATIONS
from benchmarks.workloads.applications.feed_forward import FeedForward
from neurohw.capture import capture
from neurohw.hardware import Chip, load_chip
from neurohw.network import Network
from neurohw.workload import NeuronGraph

Array = np.ndarray

STRUCTURE_ONLY = ("heartbeat_cnn", "alexnet", "vgg16")  # spikes drawn around mean rates
NOT_SIMULATED = "structure with mean rates: no energy, throughput or simulation, and links loaded by unicast"
_ROOM = 2.0  # times the tiles that full columns would need, as rows may be used up before


@dataclass(frozen=True)
class Mappable:
    """An application to map."""

    name: str
    graph: NeuronGraph
    chip: Chip
    network: Network | None  # None: too large to be simulated here
    duration_ms: float


def mappable(name: str, rows: int, columns: int, seed: int = 0) -> Mappable:
    """Return an application, simulated without a chip where that is possible.

    Parameters
    ----------
    rows : of a crossbar; as many as the neuron with most inputs needs, if these are more.
    """
    application = APPLICATIONS[name]
    network = None
    if name in STRUCTURE_ONLY and isinstance(application, FeedForward):
        indptr, pre, spikes = application.structure(seed)
        graph = NeuronGraph(indptr, pre, np.diff(indptr) > 0, spikes.astype(np.int64))
    else:
        network = application.network(seed)
        graph = capture(network, application.duration_ms, seed=seed)
    needed = max(rows, int(np.diff(graph.indptr).max()))
    side = ceil((_ROOM * graph.n_neurons / columns + 1) ** 0.5)
    chip = load_chip("mesh").replace(rows=needed, columns=columns, width=side, height=side)
    return Mappable(name, graph, chip, network, application.duration_ms)
