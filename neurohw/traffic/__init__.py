"""Traffic of packets alone, without neurons: patterns of destinations, and what a topology can carry of them."""

from neurohw.traffic.bounds import ideal_saturation, link_loads, mean_hops
from neurohw.traffic.patterns import PATTERNS, Destinations, pattern_destinations

__all__ = ["PATTERNS", "Destinations", "ideal_saturation", "link_loads", "mean_hops", "pattern_destinations"]
