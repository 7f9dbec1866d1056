"""Standard spike sources. Those that fire at random are drawn by ``neurohw.network.sources``."""

from __future__ import annotations

from pyNN.standardmodels import cells

from neurohw.network import models
from neurohw.pynn.standardmodels.cells import Cell


class SpikeSourceArray(Cell, cells.SpikeSourceArray):
    model = models.SPIKE_SOURCE_ARRAY


class SpikeSourcePoisson(Cell, cells.SpikeSourcePoisson):
    model = models.SPIKE_SOURCE_POISSON


class SpikeSourcePoissonRefractory(Cell, cells.SpikeSourcePoissonRefractory):
    model = models.SPIKE_SOURCE_POISSON_REFRACTORY


class SpikeSourceGamma(Cell, cells.SpikeSourceGamma):
    # a float: PyNN's default is an int, to which it would cut fractional shapes
    default_parameters = cells.SpikeSourceGamma.default_parameters | {"alpha": 2.0}
    model = models.SPIKE_SOURCE_GAMMA


class SpikeSourceInhGamma(Cell, cells.SpikeSourceInhGamma):
    model = models.SPIKE_SOURCE_INH_GAMMA


NAMES = [cell.__name__ for cell in Cell.__subclasses__() if cell.model.is_source]
