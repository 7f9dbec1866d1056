"""What a mapping has to carry: spikes between clusters, and between neurons."""

from neurohw.workload.cluster_graph import ClusterGraph
from neurohw.workload.file import load_workload, save_workload
from neurohw.workload.neuron_graph import NeuronGraph

__all__ = ["ClusterGraph", "NeuronGraph", "load_workload", "save_workload"]
