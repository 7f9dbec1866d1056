"""The standard models of PyNN that neurohw has: each class names its model of ``neurohw.network``."""

from neurohw.pynn.standardmodels import cells, sources

CELL_NAMES = [*cells.NAMES, *sources.NAMES]
