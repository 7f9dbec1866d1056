"""Traffic of packets alone, without neurons: patterns of destinations, and what a topology can carry of them."""

from neurohw.traffic.bounds import chip_saturation, ideal_saturation, link_loads, mean_hops
from neurohw.traffic.interconnects import interconnect_chip
from neurohw.traffic.load_point import LoadPoint
from neurohw.traffic.packets import RandomPackets, RecordedPackets
from neurohw.traffic.patterns import PATTERNS, Destinations, pattern_destinations

__all__ = [
    "PATTERNS",
    "Destinations",
    "LoadPoint",
    "RandomPackets",
    "RecordedPackets",
    "chip_saturation",
    "ideal_saturation",
    "interconnect_chip",
    "link_loads",
    "mean_hops",
    "pattern_destinations",
]
