"""Standard current sources. A new one is a class that says its current as steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.parameters import ParameterSpace
from pyNN.standardmodels import StandardCurrentSource, build_translations, electrodes

from neurohw.errors import NetworkError

Array = np.ndarray


class CurrentSource(StandardCurrentSource):
    """A current into cells; parameters may be changed between runs."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._values: dict[str, Any] = {}
        self._targets: list[Array] = []
        space = self.translate(self.parameter_space)
        space.shape = (1,)
        self.set_native_parameters(space)

    def inject_into(self, cells: Any, location: str | None = None) -> None:
        """Inject the current into a population, a view, an assembly or a list of cells.

        Raises
        ------
        TypeError
            For spike sources.
        """
        if location is not None:
            raise NetworkError(
                f"{type(self).__name__}: location {location!r}: the cells are points without locations"
            )
        if not all(cell.celltype.injectable for cell in _representatives(cells)):
            raise TypeError("Can't inject current into a spike source.")
        all_cells = cells.all_cells if hasattr(cells, "all_cells") else list(cells)
        self._targets.append(np.array([int(cell) for cell in all_cells], dtype=np.int64))
        self._register()

    def cells(self) -> Array:
        """Return the global ids of the cells; one that was given twice stands twice."""
        return np.concatenate(self._targets)

    def steps(self) -> tuple[Array, Array]:
        """Return the times in ms at which the current changes, and by how many nA."""
        raise NotImplementedError

    def set_native_parameters(self, parameters: ParameterSpace) -> None:
        """Take the values of a space of shape (1,)."""
        parameters.evaluate(simplify=True)
        values = {name: float(np.asarray(value)) for name, value in parameters.items()}
        for name, value in values.items():
            if not np.isfinite(value):
                raise NetworkError(f"{type(self).__name__}: {name} = {value} must be a finite number")
        self._values.update(values)
        _state().changed()

    def get_native_parameters(self) -> ParameterSpace:
        """Return the values as a space of shape (1,)."""
        return ParameterSpace(dict(self._values), shape=(1,))

    def get_parameters(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return dict(self._values)

    def _register(self) -> None:
        sources = _state().current_sources
        if not any(source is self for source in sources):
            sources.append(self)
        _state().changed()


class DCSource(CurrentSource, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__

    translations = build_translations(("amplitude", "amplitude"), ("start", "start"), ("stop", "stop"))

    def steps(self) -> tuple[Array, Array]:
        """Return the two steps of the pulse; none where it ends before it begins."""
        values = self._values
        start, stop = max(0.0, values["start"]), values["stop"]
        if stop <= start:
            return np.empty(0), np.empty(0)
        return np.array([start, stop]), np.array([values["amplitude"], -values["amplitude"]])


NAMES = [source.__name__ for source in CurrentSource.__subclasses__()]


def _representatives(cells: Any) -> list[Any]:
    if hasattr(cells, "populations"):
        return list(cells.populations)
    return [cells] if hasattr(cells, "celltype") else list(cells)


def _state() -> Any:
    from neurohw.pynn.simulator import state

    return state
