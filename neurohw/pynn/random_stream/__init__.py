"""PyNN's random numbers, drawn many at once: a seed builds the same network as on any other simulator.

- ``drawing``: what connectors ask for
- ``mersenne``: numpy's generator, compiled
- ``kernels``: compiled loops that draw from it
"""
