"""Population, PopulationView and Assembly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray, ParameterSpace, simplify

from neurohw.errors import NetworkError, did_you_mean
from neurohw.pynn import simulator
from neurohw.pynn.cell_arguments import (
    check_celltype,
    check_index,
    check_lengths,
    check_space,
    check_structure,
    checked_size,
)
from neurohw.pynn.data.access import RecordedAssembly, RecordedCells
from neurohw.pynn.errors import InvalidValueError, NoSuchCellError
from neurohw.pynn.recording import Recorder
from neurohw.pynn.standardmodels.translations import naming
from neurohw.pynn.values import rows_as_lists, values_of_cells
from neurohw.wording import shown

Array = np.ndarray
logger = logging.getLogger("neurohw")


class Assembly(RecordedAssembly, common.Assembly):
    __doc__ = common.Assembly.__doc__
    _simulator = simulator

    def _insert(self, element: Any) -> None:
        if isinstance(element, _Cells):  # PyNN's own error says what else it may be
            simulator.state.refuse_forgotten(element, "an assembly")
        super()._insert(element)

    @property
    def receptor_types(self) -> list[str]:
        """Receptors that all populations have, in the order of the first (in PyNN: of the hash seed)."""
        if not self.populations:
            return []
        first, *others = (population.celltype.receptor_types for population in self.populations)
        return [receptor for receptor in first if all(receptor in other for other in others)]

    @property
    def position_generator(self) -> Callable[[Any], Array]:
        """A function from indices to positions [cells, 3], as populations have (PyNN's own is transposed).

        They are worked out when first asked for: most connectors never do.
        """
        positions = cache(lambda: self.positions.T)

        def position(index: Any) -> Array:
            chosen: Array = positions()[index]
            return chosen

        return position


class _Cells(RecordedCells):
    """What a population and its views share: parameters and initial values lie with the population."""

    size: int
    local_size: int
    label: str
    _mask_local: Array
    celltype: Any

    @property
    def root(self) -> Population:
        """The population that the cells belong to."""
        raise NotImplementedError

    @property
    def index_in_root(self) -> Array | None:
        """Index of each cell in ``root``; None for all in order."""
        raise NotImplementedError

    @property
    def _chosen(self) -> Any:
        index = self.index_in_root
        return slice(None) if index is None else index

    def _get_parameters(self, *names: str) -> ParameterSpace:
        return self._get_native_parameters(*names)

    @property
    def _chosen_here(self) -> Any:
        """Index in ``root`` of the cells of this rank: all, unless a script says that it is one of several."""
        if simulator.state.num_processes == 1:
            return self._chosen
        return np.arange(self.root.size)[self._chosen][self._mask_local]

    def _get_native_parameters(self, *names: str) -> ParameterSpace:
        values = self.root.native_values
        for name in names:
            if name not in values:
                raise errors.NonExistentParameterError(name, type(self.celltype).__name__, list(values))
        chosen = {name: simplify(values[name][self._chosen_here]) for name in names}
        return ParameterSpace(chosen, schema=self.celltype.get_schema(), shape=(self.local_size,))

    def set(self, **parameters: Any) -> None:
        """Set parameters of all cells, in PyNN's units; see PyNN's :meth:`pyNN.common.Population.set`.

        A value is a number, one number a cell, a ``RandomDistribution`` or a function of the index; where a
        parameter is an array (spike times), one array for all cells, or one a cell (a list, or the rows of a matrix).

        Raises
        ------
        InvalidValueError
            For values that no cell can have.
        NetworkError
            For a population made before the last ``setup()``.
        """
        simulator.state.refuse_forgotten(self)
        schema = self.celltype.get_schema()
        check_lengths(f"population {self.label!r}", schema, parameters, self.size)
        with naming(type(self.celltype), parameters):
            super().set(**rows_as_lists(schema, parameters))  # type: ignore[misc]

    def _set_parameters(self, parameter_space: ParameterSpace) -> None:
        mask = None if self.local_size == self.size else self._mask_local
        for name, values in values_of_cells(self.label, self.celltype, parameter_space, mask).items():
            self.root.native_values[name][self._chosen_here] = values
            if name == "spike_times" and simulator.state.running:
                self.root.spike_times_set_at = simulator.state.tick
        simulator.state.changed()

    def initialize(self, **initial_values: Any) -> None:
        """Set initial values of state variables, in PyNN's units.

        A value is a number, one number a cell, a ``RandomDistribution`` or a function of the index.
        During a run they are taken up by the next ``reset()``.

        Raises
        ------
        NetworkError
            For a variable that the cells do not have, and a population made before the last ``setup()``.
        """
        simulator.state.refuse_forgotten(self)
        known = self.root.initial_values
        evaluated = {variable: self._evaluated(variable, value) for variable, value in initial_values.items()}
        for variable, values in evaluated.items():
            whole = self.root.initial_array(variable) if variable in known else np.empty(self.root.size)
            whole[self._chosen] = values
            known[variable] = LazyArray(simplify(whole), shape=(self.root.size,), dtype=float)
        if simulator.state.running:
            logger.warning("population %r: the new initial values hold from the next reset() on", self.label)
        simulator.state.changed()

    def _evaluated(self, variable: str, value: Any) -> Array:
        """Return an initial value for each cell."""
        names = list(self.celltype.default_initial_values)
        if variable not in names:
            raise NetworkError(
                f"population {self.label!r}: {type(self.celltype).__name__} has no state variable "
                f"{variable!r}{did_you_mean(variable, names)} it has {', '.join(names) or 'none'}"
            )
        check_lengths(
            f"population {self.label!r}, initial values", {variable: float}, {variable: value}, self.size
        )
        try:
            lazy = LazyArray(value, shape=(self.size,), dtype=float)
            return np.broadcast_to(np.asarray(lazy.evaluate(), dtype=float), (self.size,))
        except (ValueError, TypeError) as error:
            limit = "must be a number, an array, a distribution or a function"
            raise InvalidValueError(
                f"population {self.label!r}: initial {variable} = {shown(value)} {limit}"
            ) from error

    def __getitem__(self, index: Any) -> Any:
        """Return the cell with an index, or a view of several."""
        if isinstance(index, int | np.integer) and not -self.size <= index < self.size:
            raise NoSuchCellError(f"population {self.label!r}: no cell {index}, it has {self.size}")
        return super().__getitem__(index)  # type: ignore[misc]

    def _get_view(self, selector: Any, label: str | None = None) -> PopulationView:
        return PopulationView(self, selector, label)


class PopulationView(_Cells, common.PopulationView):
    __doc__ = common.PopulationView.__doc__
    _assembly_class = Assembly
    _simulator = simulator

    def __init__(self, parent: Any, selector: Any, label: str | None = None) -> None:
        check_index(f"population {parent.label!r}", parent.size, selector)
        super().__init__(parent, selector, label)
        self._index = self.index_in_grandparent(np.arange(self.size))

    @property
    def root(self) -> Population:
        """The population that the cells belong to."""
        population: Population = self.grandparent
        return population

    @property
    def index_in_root(self) -> Array:
        """Index of each cell in ``root``."""
        return self._index

    @property
    def initial_values(self) -> dict[str, LazyArray]:
        """Initial values of the state variables (a copy; change them with ``initialize``)."""
        names = self.root.initial_values
        return {
            name: LazyArray(self.root.initial_array(name)[self._index], shape=(self.size,)) for name in names
        }


class Population(_Cells, common.Population):
    __doc__ = common.Population.__doc__
    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly

    def __init__(
        self,
        size: int | tuple[int, ...],
        cellclass: Any,
        cellparams: dict[str, Any] | None = None,
        structure: Any = None,
        initial_values: dict[str, Any] | None = None,
        label: str | None = None,
    ) -> None:
        name = "a population" if label is None else f"population {label!r}"
        simulator.state.refuse_growth(name)
        size = checked_size(name, size)
        check_celltype(name, cellclass)
        check_structure(name, structure)
        if cellparams is None and isinstance(cellclass, type):
            cellparams = {}
        self.made_in_setup = simulator.state.n_setups
        with simulator.state.building(), self._all_or_nothing():
            super().__init__(size, cellclass, cellparams, structure, initial_values or {}, label)
        simulator.state.populations.append(self)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Take back the numbers of the cells, and the recorder, of a population that cannot be made."""
        state = simulator.state
        first = state.id_counter
        try:
            yield
        except BaseException:
            state.id_counter = first
            state.recorders.discard(getattr(self, "recorder", None))
            raise

    @property
    def root(self) -> Population:
        """The population itself."""
        return self

    @property
    def index_in_root(self) -> None:
        """None: all cells in order."""
        return

    def initial_array(self, variable: str) -> Array:
        """Return the initial value of each cell."""
        value = self.initial_values[variable].evaluate()
        return np.array(np.broadcast_to(value, (self.size,)), dtype=float)

    def _create_cells(self) -> None:
        state = simulator.state
        first = state.id_counter
        self.all_cells = np.array(
            [simulator.ID(i) for i in range(first, first + self.size)], dtype=simulator.ID
        )
        self._mask_local = np.arange(first, first + self.size) % state.num_processes == state.mpi_rank
        for cell in self.all_cells:
            cell.parent = self
        parameters = self.celltype.native_parameters
        check_space(f"population {self.label!r}", parameters, self.size)
        parameters.shape = (self.size,)
        self.native_values = values_of_cells(self.label, self.celltype, parameters)
        self.spike_times_set_at = -1  # tick; later ones are on a tick after it
        state.id_counter += self.size
