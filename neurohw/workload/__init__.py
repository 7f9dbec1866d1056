"""What a mapping has to carry: spikes between clusters, and between neurons."""

from neurohw.workload.cluster_graph import ClusterGraph
from neurohw.workload.file import load_workload, save_workload
from neurohw.workload.neuron_graph import NeuronGraph
from neurohw.workload.spikes import MOST_SPIKES

__all__ = ["MOST_SPIKES", "ClusterGraph", "NeuronGraph", "load_workload", "save_workload"]
