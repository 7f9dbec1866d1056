"""Standard spike sources. Those that fire at random are drawn by ``neurohw.network.sources``."""

from __future__ import annotations

from pyNN.standardmodels import cells

from neurohw.network import models
from neurohw.pynn.standardmodels.cells import _Cell


class SpikeSourceArray(_Cell, cells.SpikeSourceArray):
    model = models.SPIKE_SOURCE_ARRAY


class SpikeSourcePoisson(_Cell, cells.SpikeSourcePoisson):
    model = models.SPIKE_SOURCE_POISSON


class SpikeSourcePoissonRefractory(_Cell, cells.SpikeSourcePoissonRefractory):
    model = models.SPIKE_SOURCE_POISSON_REFRACTORY


class SpikeSourceGamma(_Cell, cells.SpikeSourceGamma):
    model = models.SPIKE_SOURCE_GAMMA


class SpikeSourceInhGamma(_Cell, cells.SpikeSourceInhGamma):
    model = models.SPIKE_SOURCE_INH_GAMMA


NAMES = [cell.__name__ for cell in _Cell.__subclasses__() if cell.model.is_source]
