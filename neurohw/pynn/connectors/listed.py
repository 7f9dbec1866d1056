"""Connectors that take a list of connections, from memory or from a file."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import Any, SupportsFloat

import numpy as np
from pyNN import connectors
from pyNN.parameters import LazyArray
from pyNN.recording.files import StandardTextFile

from neurohw.errors import NetworkError
from neurohw.pynn.connectors.mapped import order_by_target
from neurohw.pynn.errors import InvalidConnectionError, InvalidSizeError, InvalidValueError
from neurohw.wording import shown


class FromListConnector(connectors.FromListConnector):
    __doc__ = connectors.FromListConnector.__doc__

    def __init__(
        self,
        conn_list: Any,
        column_names: Any = None,
        location_selector: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        table = _table(conn_list)
        n_values = table.shape[1] - 2 if table.size else 0
        if column_names is None and n_values not in (0, 2):
            raise InvalidSizeError(
                f"FromListConnector: connections of {table.shape[1]} values need column_names, the names of the last "
                f"{n_values}, such as ['weight', 'delay']"
            )
        super().__init__(table, column_names, location_selector, safe, callback)

    def connect(self, projection: Any) -> None:
        """Connect up a projection.

        Raises
        ------
        InvalidConnectionError
            For an index that is out of range or no whole number.
        """
        if self.conn_list.size == 0:
            return
        for column, end in enumerate(("pre", "post")):
            self._check_indices(projection, column, end)
        given = {name: column for column, name in enumerate(self.column_names, 2)}
        lazies = projection.synapse_type.parameter_space
        names = list(lazies.keys())
        constant = all(name in given or lazies[name].is_homogeneous for name in names)
        if self.location_selector is not None or not constant or not given.keys() <= set(names):
            super().connect(projection)
            return
        pre, post = (self.conn_list[:, column].astype(np.int32) for column in (0, 1))
        order = order_by_target(post, projection.shape[1])
        values = {
            name: self.conn_list[order, given[name]].astype(float, copy=False)
            if name in given
            else float(_constant(lazies[name]))
            for name in names
        }
        projection.add(pre[order], post[order], **values)

    def _check_indices(self, projection: Any, column: int, end: str) -> None:
        indices, size = self.conn_list[:, column], projection.shape[column]
        good = (indices >= 0) & (indices < size) & (indices == np.floor(indices))
        if not good.all():
            row = int(np.argmin(good))
            where = f"projection {projection.label!r}: connection {row} of the list"
            raise InvalidConnectionError(
                f"{where}: {end} index {indices[row]:g} must be a whole number from 0 to {size - 1}"
            )


class FromFileConnector(FromListConnector, connectors.FromFileConnector):
    __doc__ = connectors.FromFileConnector.__doc__

    def __init__(
        self,
        file: Any,
        distributed: bool = False,
        location_selector: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        connectors.FromFileConnector.__init__(self, file, distributed, location_selector, safe, callback)

    def connect(self, projection: Any) -> None:
        """Read the file and connect up a projection; see :class:`FromListConnector` for the errors."""
        if self.distributed:
            self.file.rename(f"{self.file.name}.{projection._simulator.state.mpi_rank}")
        columns = _columns(self.file)
        self.column_names = [name for name in columns if name not in ("i", "j")]
        self.conn_list = np.atleast_2d(self.file.read())
        super().connect(projection)


def _table(conn_list: Any) -> np.ndarray:
    """Return connections as a table of numbers, a row each."""
    is_listed = hasattr(conn_list, "__len__") and hasattr(conn_list, "__getitem__")
    if not is_listed or isinstance(conn_list, str):
        raise InvalidValueError(
            f"FromListConnector: {shown(conn_list)} must be a list of connections (pre, post, ...)"
        )
    if len(conn_list) == 0:
        return np.empty((0, 2))
    try:
        table = np.asarray(conn_list)
    except ValueError:
        table = np.empty(0)
    if table.ndim != 2 or table.shape[1] < 2:
        rows = list(conn_list)
        sizes = [np.shape(row) for row in rows]
        odd = next(
            (i for i, size in enumerate(sizes) if len(size) != 1 or size[0] < 2 or size != sizes[0]), 0
        )
        raise InvalidSizeError(
            f"FromListConnector: connection {odd} of the list = {shown(rows[odd])}, must be (pre, post, ...), with as "
            "many values as the others"
        )
    if table.dtype.kind == "O" and all(isinstance(value, SupportsFloat) for value in table.flat):
        table = table.astype(float)  # numbers of other types, as Fraction is, or of several
    if table.dtype.kind not in "biuf":
        raise InvalidValueError(
            f"FromListConnector: the connections are of type {table.dtype}, must be numbers"
        )
    return table


def _constant(lazy: LazyArray) -> float:
    copy = deepcopy(lazy)
    copy.shape = (1,)
    return copy.evaluate(simplify=True)


def _columns(file: Any) -> list[str]:
    """Return the names of a file's columns; PyNN would execute what stands in the header of a text."""
    if not isinstance(file, StandardTextFile):
        return list(file.get_metadata().get("columns", ("weight", "delay")))
    file._check_open()
    for line in file.fileobj:
        if not line.startswith("#"):
            break
        name, _, value = line[1:].partition("=")
        if name.strip() == "columns":
            file.fileobj.seek(0)
            return _literal(value.strip(), file.name)
    file.fileobj.seek(0)
    return ["weight", "delay"]


def _literal(text: str, name: str) -> list[str]:
    try:
        columns = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        columns = None
    if not isinstance(columns, list | tuple) or not all(isinstance(column, str) for column in columns):
        raise NetworkError(f"connection file {name!r}: columns = {text} must be a list of names in quotes")
    return list(columns)
