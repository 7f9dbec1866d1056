"""Kernels of traffic without neurons: who sends what, what has arrived, and a driver for each fidelity."""
