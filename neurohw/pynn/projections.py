"""Projection and Connection."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from pyNN import common, errors
from pyNN.common.populations import BasePopulation
from pyNN.parameters import ParameterSpace
from pyNN.random import RandomDistribution
from pyNN.space import Space

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network import Synapses
from neurohw.network.csr import is_constant
from neurohw.pynn import simulator
from neurohw.pynn.connections import Collector, Connections, Value
from neurohw.pynn.errors import InvalidConnectionError
from neurohw.pynn.matrices import MERGE
from neurohw.pynn.standardmodels.synapses import NAMES as SYNAPSE_NAMES
from neurohw.pynn.standardmodels.synapses import StaticSynapse

Array = np.ndarray
ATTRIBUTES = ("weight", "delay")


class Connection(common.Connection):
    """One synapse of a projection; ``weight`` and ``delay`` can be read and set."""

    def __init__(self, projection: Projection, index: int) -> None:
        self._projection, self._index = projection, index

    @property
    def presynaptic_index(self) -> int:
        """Index within the presynaptic cells."""
        return int(self._projection.connections_table.pre[self._index])

    @property
    def postsynaptic_index(self) -> int:
        """Index within the postsynaptic cells."""
        return int(self._projection.connections_table.post[self._index])

    @property
    def presynaptic_cell(self) -> Any:
        """The presynaptic cell."""
        return self._projection.pre[self.presynaptic_index]

    @property
    def postsynaptic_cell(self) -> Any:
        """The postsynaptic cell."""
        return self._projection.post[self.postsynaptic_index]

    @property
    def weight(self) -> float:
        """Weight in the unit of the target."""
        return float(self._projection.connections_table.weight[self._index])

    @weight.setter
    def weight(self, value: float) -> None:
        self._projection.set_one("weight", self._index, value)

    @property
    def delay(self) -> float:
        """Delay in ms."""
        return float(self._projection.connections_table.delay[self._index])

    @delay.setter
    def delay(self, value: float) -> None:
        self._projection.set_one("delay", self._index, value)

    def as_tuple(self, *attribute_names: str) -> tuple[Any, ...]:
        """Return the values of some attributes."""
        return tuple(getattr(self, name) for name in attribute_names)


class Projection(common.Projection):
    __doc__ = common.Projection.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_population: Any,
        postsynaptic_population: Any,
        connector: Any,
        synapse_type: Any = None,
        source: str | None = None,
        receptor_type: str | None = None,
        space: Space | None = None,
        label: str | None = None,
    ) -> None:
        name = "a projection" if label is None else f"projection {label!r}"
        simulator.state.refuse_growth(name)
        for cells in (presynaptic_population, postsynaptic_population):
            _check_current(name, cells)
        _check_target(name, postsynaptic_population)
        _check_synapse_type(name, synapse_type)
        with simulator.state.building():
            super().__init__(
                presynaptic_population,
                postsynaptic_population,
                connector,
                synapse_type,
                source,
                receptor_type,
                space or Space(),
                label,
            )
            self.lowered: tuple[Synapses, ...] | None = None
            self._collector = Collector()
            connector.connect(self)
            self.connections_table: Connections = self._collector.join()
            del self._collector
            for attribute in ("weight", "delay"):
                self.check(attribute, getattr(self.connections_table, attribute))
        simulator.state.projections.append(self)
        simulator.state.changed()

    def __len__(self) -> int:
        return len(self.connections_table)

    def __getitem__(self, index: Any) -> Any:
        """Return one connection, or a list of them for a slice."""
        if isinstance(index, slice):
            return [Connection(self, i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"projection {self.label!r}: connection {index}, it has {len(self)}")
        return Connection(self, int(index) % len(self))

    @property
    def connections(self) -> list[Connection]:
        """All connections, as PyNN's own code names them."""
        return list(self)

    # --- connecting ----------------------------------------------------------

    def add(self, pre: Array, post: Array, weight: Value, delay: Value) -> None:
        """Take a block of connections from a connector; weight and delay may be one number for all."""
        self._collector.add(pre, post, weight, delay)

    def _convergent_connect(
        self,
        presynaptic_indices: Array,
        postsynaptic_index: int,
        location_selector: Any = None,
        **connection_parameters: Any,
    ) -> None:
        """Take the connections onto one cell, as PyNN's own connectors give them."""
        if location_selector is not None:
            raise UnsupportedError(f"projection {self.label!r}: location_selector: the cells are points")
        pre = np.asarray(presynaptic_indices, dtype=np.int32)
        weight, delay = connection_parameters["weight"], connection_parameters["delay"]
        self._collector.add(pre, int(postsynaptic_index), weight, delay)

    # --- attributes ----------------------------------------------------------

    def set(self, **attributes: Any) -> None:
        """Set weights or delays of all connections.

        A value is a number, a ``RandomDistribution``, an array [pre, post] or one number a connection (in the
        order of the connectivity matrix, row by row), or a function of the distance.

        Raises
        ------
        NetworkError
            For values that are not finite, or delays below the timestep.
        """
        values = {
            self._attribute(name): float(value) if isinstance(value, Real) else self._evaluate(name, value)
            for name, value in attributes.items()
        }
        for name, new in values.items():
            self.check(name, np.atleast_1d(new))
        for name, new in values.items():
            self.connections_table.assign(name, new)
        self._changed()

    def set_one(self, name: str, index: int, value: float) -> None:
        """Set the weight or delay of one connection."""
        self.check(name, np.array([value], dtype=float), index)
        self.connections_table.assign_one(name, index, float(value))
        self._changed()

    def _changed(self) -> None:
        self.lowered = None
        simulator.state.changed()

    def _evaluate(self, name: str, value: Any) -> Array:
        """Return one value for each connection; a random distribution is drawn once a pair, as in PyNN."""
        table = self.connections_table
        if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1):
            value = self._value_list_to_array({name: np.asarray(value, dtype=float)})[name]
        space = ParameterSpace({name: value}, self.synapse_type.get_schema(), self.shape)
        if not isinstance(value, RandomDistribution):
            space = self._handle_distance_expressions(space)
        matrix = np.broadcast_to(self.synapse_type.translate(space)[name].evaluate(), self.shape)
        return np.array(matrix[table.pre, table.post], dtype=float)

    def check(self, name: str, values: Array, first: int = 0) -> None:
        """Refuse weights that are not finite and delays that no tick can hold."""
        distinct = values[:1] if is_constant(values) else values
        if name == "weight":
            good, limit = np.isfinite(distinct), "a finite number"
        else:
            settings = simulator.state.settings
            shortest, longest = settings.shortest_delay, settings.longest_delay
            good = (distinct >= shortest * (1 - 1e-9)) & (distinct <= longest * (1 + 1e-9))
            least = "the timestep" if settings.min_delay == "auto" else "min_delay of setup()"
            limit = f"at least {least}, {shortest} ms, and at most {longest:g} ms"
        if not good.all():
            index = int(np.argmin(good))
            raise NetworkError(
                f"projection {self.label!r}: {name}[{first + index}] = {distinct[index]}, must be {limit}"
            )

    def get(self, attribute_names: Any, format: str, *arguments: Any, **options: Any) -> Any:
        """Return weights or delays; see PyNN's :meth:`pyNN.common.Projection.get`.

        Raises
        ------
        NonExistentParameterError
            For another attribute.
        """
        for name in [attribute_names] if isinstance(attribute_names, str) else attribute_names:
            self._attribute(name)
        return super().get(attribute_names, format, *arguments, **options)

    def _get_attributes_as_list(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        table = self.connections_table
        columns = {"presynaptic_index": table.pre, "postsynaptic_index": table.post}
        for name in names:
            if name not in columns:
                columns[name] = getattr(table, self._attribute(name))
        return list(zip(*(columns[name].tolist() for name in names), strict=True))

    def _get_attributes_as_arrays(self, names: Sequence[str], multiple_synapses: str = "sum") -> list[Array]:
        table = self.connections_table
        connected = np.zeros(self.shape, bool)
        connected[table.pre, table.post] = True
        merge = MERGE[multiple_synapses]
        values = []
        for name in names:
            matrix = merge(table.pre, table.post, getattr(table, self._attribute(name)), self.shape)
            matrix[~connected] = np.nan
            values.append(matrix)
        return values

    def _attribute(self, name: str) -> str:
        if name not in ATTRIBUTES:
            kind = type(self.synapse_type).__name__
            raise errors.NonExistentParameterError(name, kind, list(ATTRIBUTES))
        return name


def _check_current(name: str, cells: Any) -> None:
    members = getattr(cells, "populations", [cells])
    for member in members:
        if not isinstance(member, BasePopulation):
            return  # PyNN's own error says which argument it is
        if not any(member.root is population for population in simulator.state.populations):
            raise NetworkError(f"{name}: population {member.label!r} was made before the last setup()")


def _check_target(name: str, cells: Any) -> None:
    for member in getattr(cells, "populations", [cells]):
        if isinstance(member, BasePopulation) and not member.celltype.receptor_types:
            kind = type(member.celltype).__name__
            raise InvalidConnectionError(
                f"{name}: population {member.label!r} is a {kind}, which takes no input"
            )


def _check_synapse_type(name: str, synapse_type: Any) -> None:
    if synapse_type is not None and not isinstance(synapse_type, StaticSynapse):
        if isinstance(synapse_type, type):
            return  # PyNN's own error says that an instance is needed
        raise UnsupportedError(
            f"{name}: no synapse type {type(synapse_type).__name__}; there are {', '.join(SYNAPSE_NAMES)}"
        )
