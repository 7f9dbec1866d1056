"""Standard cell types. A new one is a class with its ``model``; names and units are PyNN's on both sides."""

from __future__ import annotations

from pyNN.standardmodels import StandardCellType, build_translations, cells

from neurohw.network import CellModel, models


class _Cell(StandardCellType):
    """A cell type backed by a model of the network: the same parameters, recording all of its state."""

    model: CellModel

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = cls.__bases__[1].__doc__
        cls.translations = build_translations(*((name, name) for name in cls.default_parameters))
        cls.recordable = ["spikes", *cls.model.variables]


class IF_curr_delta(_Cell, cells.IF_curr_delta):
    model = models.IF_CURR_DELTA


class IF_curr_exp(_Cell, cells.IF_curr_exp):
    model = models.IF_CURR_EXP


class IF_curr_alpha(_Cell, cells.IF_curr_alpha):
    model = models.IF_CURR_ALPHA


class IF_cond_exp(_Cell, cells.IF_cond_exp):
    model = models.IF_COND_EXP


NAMES = [cell.__name__ for cell in _Cell.__subclasses__()]
