"""Traffic of packets alone, without neurons: patterns of destinations, and the bounds of a topology for them."""
