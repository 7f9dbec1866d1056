"""Synchronous dataflow graphs, and how fast they run."""

from neurohw.dataflow.admission import Admission, Occupancy, admit, near_tiles
from neurohw.dataflow.application import Application, prepare
from neurohw.dataflow.balance import Weights, balance
from neurohw.dataflow.binding import bind, load_bound
from neurohw.dataflow.capacities import with_capacities
from neurohw.dataflow.certificate_check import certificate_problems, transit_problems
from neurohw.dataflow.certificate_premises import graph_problems, platform_problems
from neurohw.dataflow.execution import execute, mean_period
from neurohw.dataflow.graph import Actor, Channel, Graph, with_self_edges
from neurohw.dataflow.guarantee import Certificate, Wait, guarantee
from neurohw.dataflow.homogeneous import homogeneous
from neurohw.dataflow.improve import Improved, improve
from neurohw.dataflow.orders import buffers_of, double_buffers, project, single_tile_order
from neurohw.dataflow.platform import Link, Platform, PlatformTile
from neurohw.dataflow.repetition import repetition_vector
from neurohw.dataflow.resources import Demand
from neurohw.dataflow.schedule import PeriodicSchedule, latency, periodic_schedule
from neurohw.dataflow.simulation import late_starts, period_of, simulate, simulated_period
from neurohw.dataflow.storage import StoragePoint, storage_front
from neurohw.dataflow.throughput import Throughput, throughput
from neurohw.dataflow.unfold import unfold

__all__ = [
    "Actor",
    "Admission",
    "Application",
    "Certificate",
    "Channel",
    "Demand",
    "Graph",
    "Improved",
    "Link",
    "Occupancy",
    "PeriodicSchedule",
    "Platform",
    "PlatformTile",
    "StoragePoint",
    "Throughput",
    "Wait",
    "Weights",
    "admit",
    "balance",
    "bind",
    "buffers_of",
    "certificate_problems",
    "double_buffers",
    "execute",
    "graph_problems",
    "guarantee",
    "homogeneous",
    "improve",
    "late_starts",
    "latency",
    "load_bound",
    "mean_period",
    "near_tiles",
    "period_of",
    "periodic_schedule",
    "platform_problems",
    "prepare",
    "project",
    "repetition_vector",
    "simulate",
    "simulated_period",
    "single_tile_order",
    "storage_front",
    "throughput",
    "transit_problems",
    "unfold",
    "with_capacities",
    "with_self_edges",
]
