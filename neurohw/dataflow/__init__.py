"""Synchronous dataflow graphs, and how fast they run."""

from neurohw.dataflow.binding import bind, double_buffers, load_bound
from neurohw.dataflow.capacities import with_capacities
from neurohw.dataflow.graph import Actor, Channel, Graph, with_self_edges
from neurohw.dataflow.homogeneous import homogeneous
from neurohw.dataflow.platform import Platform, PlatformTile
from neurohw.dataflow.repetition import repetition_vector
from neurohw.dataflow.schedule import PeriodicSchedule, latency, periodic_schedule
from neurohw.dataflow.storage import StoragePoint, storage_front
from neurohw.dataflow.throughput import Throughput, throughput

__all__ = [
    "Actor",
    "Channel",
    "Graph",
    "PeriodicSchedule",
    "Platform",
    "PlatformTile",
    "StoragePoint",
    "Throughput",
    "bind",
    "double_buffers",
    "homogeneous",
    "latency",
    "load_bound",
    "periodic_schedule",
    "repetition_vector",
    "storage_front",
    "throughput",
    "with_capacities",
    "with_self_edges",
]
