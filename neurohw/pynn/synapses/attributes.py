"""Reading and changing what the synapses of a projection have: weights, delays and parameters."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from pyNN import common, errors
from pyNN.parameters import ParameterSpace
from pyNN.random import RandomDistribution

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network.csr import is_constant
from neurohw.pynn import simulator
from neurohw.pynn.errors import InvalidSizeError
from neurohw.pynn.standardmodels.translations import naming
from neurohw.pynn.synapses.matrices import MERGE

if TYPE_CHECKING:
    from neurohw.pynn.lowering.synapses import Lowered
    from neurohw.pynn.synapses.connections import Connections
    from neurohw.pynn.synapses.evolved import Evolved

Array = np.ndarray
logger = logging.getLogger("neurohw")
TOLERANCE = 1e-9  # of a delay: rounding


class Attributes(common.Projection):
    """The part of a projection that gets and sets; the connections stand in ``connections_table``.

    ``connections_table`` holds what the script declared, and what ``reset()`` goes back to; ``evolved`` the
    weights that a learning rule has made of it since.
    """

    connections_table: Connections
    lowered: Lowered | None
    evolved: Evolved
    _has_warned = False  # of delays that setup() was not told of

    def set(self, **attributes: Any) -> None:
        """Set weights, delays or parameters of all connections.

        A value is a number, a ``RandomDistribution``, an array [pre, post] or one number a connection (in the
        order of the connectivity matrix, row by row), or a function of the distance. During a run, a weight that
        is set is the current one, and the one that ``reset()`` goes back to.

        Raises
        ------
        NetworkError
            For values that are not finite, delays below the timestep, and a projection made before the last
            ``setup()``.
        pyNN.errors.ConnectionError
            For weights of the wrong sign.
        """
        simulator.state.refuse_forgotten(self.post, f"projection {self.label!r}")
        with naming(type(self.synapse_type), attributes):
            values = {
                self._attribute(name): float(value)
                if isinstance(value, Real)
                else self._evaluate(name, value)
                for name, value in attributes.items()
            }
        for name, new in values.items():
            self._check_change(name, np.atleast_1d(new))
        self.evolved.refresh(self)
        for name, new in values.items():
            self.connections_table.assign(name, new)
        if "weight" in values:
            self.evolved.assign(self.connections_table.weight)
        self._changed()

    def set_one(self, name: str, index: int, value: float) -> None:
        """Set an attribute of one connection."""
        simulator.state.refuse_forgotten(self.post, f"projection {self.label!r}")
        self._check_change(self._attribute(name), np.array([value], dtype=float), index)
        self.evolved.refresh(self)
        self.connections_table.assign_one(name, index, float(value))
        if name == "weight":
            self.evolved.assign_one(index, float(value))
        self._changed()

    def initialize(self, **initial_values: Any) -> None:
        """Refuse: synapses begin at rest.

        Raises
        ------
        UnsupportedError
            Always.
        """
        names = ", ".join(initial_values)
        raise UnsupportedError(
            f"projection {self.label!r}: initialize({names}): plastic synapses always begin at rest; "
            "set(weight=...) gives their initial weights"
        )

    def _changed(self) -> None:
        self.lowered = None
        simulator.state.changed()

    def _evaluate(self, name: str, value: Any) -> Array:
        """Return one value for each connection; a random distribution is drawn once a pair, as in PyNN."""
        table = self.connections_table
        if isinstance(value, np.ndarray) and value.ndim > 1:
            refuse_shape(f"projection {self.label!r}", name, value, self.shape)
        if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1):
            value = self._by_pair(name, np.asarray(value, dtype=float))
        space = ParameterSpace({name: value}, self.synapse_type.get_schema(), self.shape)
        if not isinstance(value, RandomDistribution):
            space = self._handle_distance_expressions(space)
        matrix = np.broadcast_to(space[name].evaluate(), self.shape)
        return np.array(matrix[table.pre, table.post], dtype=float)

    def _by_pair(self, name: str, values: Array) -> Array:
        """Return a matrix from one number for each connected pair, row by row."""
        connected = self._connected()
        n_pairs = np.count_nonzero(connected)
        if values.shape != (n_pairs,):
            given = f"a list of shape {values.shape}"
            raise NetworkError(f"projection {self.label!r}: {name}: {given} for {n_pairs} connected pairs")
        matrix = np.full(self.shape, np.nan)
        matrix[connected] = values
        return matrix

    def _connected(self) -> Array:
        connected = np.zeros(self.shape, bool)
        connected[self.connections_table.pre, self.connections_table.post] = True
        return connected

    def _check_change(self, name: str, values: Array, first: int = 0) -> None:
        """Refuse what ``check`` does, then what the synapse type refuses when a connector makes it."""
        self.check(name, values, first)
        refuse = self.synapse_type.parameter_checks.get(name)
        if refuse is not None:
            refuse(values, self)

    def check(self, name: str, values: Array, first: int = 0) -> None:
        """Refuse what is not finite, and delays that ticks cannot hold.

        The ranges of a model's parameters are checked when the whole network is, as those of cells are.
        """
        distinct = values[:1] if is_constant(values) else values
        good, limit = np.isfinite(distinct), "a finite number"
        if name == "delay":
            good, limit = _is_possible(distinct)
        if not good.all():
            index = int(np.argmin(good))
            raise NetworkError(
                f"projection {self.label!r}: {name}[{first + index}] = {distinct[index]}, must be {limit}"
            )
        if name == "delay":
            self._note_unexpected(distinct)

    def _note_unexpected(self, delays: Array) -> None:
        """Say once that delays are outside of what setup() was told; nothing here depends on that."""
        settings = simulator.state.settings
        low, high = settings.expected_delays
        outside = (delays < low * (1 - TOLERANCE)) | (delays > high * (1 + TOLERANCE))
        if outside.any() and not self._has_warned:
            self._has_warned = True
            logger.warning(
                "projection %r: a delay of %g ms, though setup() was given min_delay = %s and max_delay = %s; "
                "it is simulated as it is",
                self.label,
                delays[outside][0],
                settings.min_delay,
                settings.max_delay,
            )

    def get(self, attribute_names: Any, format: str, *arguments: Any, **options: Any) -> Any:
        """Return weights, delays or parameters; see PyNN's :meth:`pyNN.common.Projection.get`.

        Weights are the current ones, as a learning rule has made them.

        Raises
        ------
        NonExistentParameterError
            For another attribute.
        """
        for name in [attribute_names] if isinstance(attribute_names, str) else attribute_names:
            self._attribute(name)
        return super().get(attribute_names, format, *arguments, **options)

    def column(self, name: str) -> Array:
        """Return an attribute of each connection, in the order of the table; weights as they are now."""
        if name == "weight":
            return self.evolved.weights(self)
        return self.connections_table[name]

    def _get_attributes_as_list(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        table = self.connections_table
        columns = {"presynaptic_index": table.pre, "postsynaptic_index": table.post}
        for name in names:
            if name not in columns:
                columns[name] = self.column(name)
        return list(zip(*(columns[name].tolist() for name in names), strict=True))

    def _get_attributes_as_arrays(self, names: Sequence[str], multiple_synapses: str = "sum") -> list[Array]:
        table = self.connections_table
        connected = self._connected()
        merge = MERGE[multiple_synapses]
        values = []
        for name in names:
            matrix = merge(table.pre, table.post, self.column(name), self.shape)
            matrix[~connected] = np.nan
            values.append(matrix)
        return values

    def _attribute(self, name: str) -> str:
        known = self.synapse_type.get_parameter_names()
        if name not in known:
            raise errors.NonExistentParameterError(name, type(self.synapse_type).__name__, known)
        return name


def _is_possible(delays: Array) -> tuple[Array, str]:
    """Return which delays a count of ticks can hold, and what they must be."""
    settings = simulator.state.settings
    shortest, longest = settings.timestep, settings.longest_delay
    good = (delays >= shortest * (1 - TOLERANCE)) & (delays <= longest)
    return good, f"at least the timestep, {shortest} ms, and at most {longest:g} ms"


def refuse_shape(where: str, name: str, values: Array, shape: tuple[int, int]) -> None:
    """Refuse an array that is not one value for each pair of cells.

    Raises
    ------
    InvalidSizeError
        With both shapes.
    """
    if values.shape != shape:
        raise InvalidSizeError(
            f"{where}: {name} has shape {values.shape}, must be one number, or {shape}: one for each pair [pre, post]"
        )
