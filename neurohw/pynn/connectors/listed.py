"""Connectors that take a list of connections, from memory or from a file."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import Any

import numpy as np
from pyNN import connectors
from pyNN.parameters import LazyArray
from pyNN.recording.files import StandardTextFile

from neurohw.errors import NetworkError
from neurohw.pynn.connectors.mapped import order_by_target
from neurohw.pynn.errors import InvalidConnectionError


class FromListConnector(connectors.FromListConnector):
    __doc__ = connectors.FromListConnector.__doc__

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
