"""Standard cell types. A new one is a class with its ``model``; names and units are PyNN's on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pyNN.standardmodels import StandardCellType, cells

from neurohw.errors import NetworkError
from neurohw.network import CellModel, models
from neurohw.pynn.standardmodels.translations import adopt, naming
from neurohw.pynn.values import rows_as_lists

Array = np.ndarray


class Cell(StandardCellType):
    """A cell type backed by a model of the network: the same parameters, recording all of its state."""

    model: CellModel
    array_sizes: ClassVar[Mapping[str, int]] = {}  # parameters that are an array of so many numbers

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        adopt(cls)
        cls.recordable = ["spikes", *cls.model.variables]
        cls.receptor_types = cls.model.receptor_names

    def __init__(self, **parameters: Any) -> None:
        with naming(type(self), parameters):
            super().__init__(**rows_as_lists(self.get_schema(), parameters))

    def network_parameters(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters of ``model``, one number a cell, from those that PyNN's users set."""
        return {name: values[name] for name in self.model.parameters}


class IF_curr_delta(Cell, cells.IF_curr_delta):
    model = models.IF_CURR_DELTA


class IF_curr_exp(Cell, cells.IF_curr_exp):
    model = models.IF_CURR_EXP


class IF_curr_alpha(Cell, cells.IF_curr_alpha):
    model = models.IF_CURR_ALPHA


class IF_cond_exp(Cell, cells.IF_cond_exp):
    model = models.IF_COND_EXP


class IF_cond_alpha(Cell, cells.IF_cond_alpha):
    model = models.IF_COND_ALPHA


class IF_cond_exp_gsfa_grr(Cell, cells.IF_cond_exp_gsfa_grr):
    model = models.IF_COND_EXP_GSFA_GRR


class EIF_cond_exp_isfa_ista(Cell, cells.EIF_cond_exp_isfa_ista):
    model = models.EIF_COND_EXP_ISFA_ISTA


class EIF_cond_alpha_isfa_ista(Cell, cells.EIF_cond_alpha_isfa_ista):
    model = models.EIF_COND_ALPHA_ISFA_ISTA


class Izhikevich(Cell, cells.Izhikevich):
    model = models.IZHIKEVICH


class HH_cond_exp(Cell, cells.HH_cond_exp):
    model = models.HH_COND_EXP


class GIF_cond_exp(Cell, cells.GIF_cond_exp):
    model = models.GIF_COND_EXP
    array_sizes: ClassVar = {"tau_eta": 3, "tau_gamma": 3, "a_eta": 3, "a_gamma": 3}

    def network_parameters(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters of ``model``; element k of ``tau_eta`` is its ``tau_eta{k}``."""
        numbers = {name: array for name, array in values.items() if name not in self.array_sizes}
        for name, size in self.array_sizes.items():
            table = np.array([array.value for array in values[name]], dtype=float).reshape(-1, size)
            numbers |= {f"{name}{k + 1}": table[:, k] for k in range(size)}
        return super().network_parameters(numbers)


class IF_facets_hardware1(Cell, cells.IF_facets_hardware1):
    model = models.IF_COND_EXP

    # what PyNN's description of the cell type says of the hardware: nF, ms, mV; it has no offset current
    _FIXED: ClassVar = {"cm": 0.2, "tau_refrac": 1.0, "e_rev_E": 0.0, "i_offset": 0.0}

    def network_parameters(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters of ``model``: what the hardware fixes, and the membrane's leak as ``tau_m``."""
        g_leak = values["g_leak"]
        if not (g_leak > 0).all():
            raise NetworkError(f"IF_facets_hardware1: g_leak = {g_leak.min():g} nS, must be above 0")
        fixed = {name: np.full(g_leak.shape, value) for name, value in self._FIXED.items()}
        tau_m_ms = 1e3 * self._FIXED["cm"] / g_leak  # nF / nS = s
        return super().network_parameters({**values, **fixed, "tau_m": tau_m_ms})


NAMES = [cell.__name__ for cell in Cell.__subclasses__()]
