"""Schedules: a mapped network as a dataflow graph, a chip as the platform it runs on, and what throughput is sure."""

from neurohw.compiler.schedule.chip_platform import chip_platform, tile_name
from neurohw.compiler.schedule.duplicate import Duplicated, duplicate_bottlenecks
from neurohw.compiler.schedule.explain import explain
from neurohw.compiler.schedule.longest_tick import longest_tick
from neurohw.compiler.schedule.mapped import INPUT, cluster_name, mapped_graph
from neurohw.compiler.schedule.program import crossbar_demand, guarantee_program, program_platform
from neurohw.compiler.schedule.throughput import MappedThroughput, throughput_of_program

__all__ = [
    "INPUT",
    "Duplicated",
    "MappedThroughput",
    "chip_platform",
    "cluster_name",
    "crossbar_demand",
    "duplicate_bottlenecks",
    "explain",
    "guarantee_program",
    "longest_tick",
    "mapped_graph",
    "program_platform",
    "throughput_of_program",
    "tile_name",
]
