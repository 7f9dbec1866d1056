"""The common way of the vectorised connectors: all pairs at once, then their weights and delays."""

from __future__ import annotations

import math
from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
from pyNN.common import Population
from pyNN.connectors import MapConnector

from neurohw.errors import UnsupportedError
from neurohw.network import csr_from_pairs
from neurohw.pynn.connectors.arguments import CHECKS
from neurohw.pynn.connectors.columns import evaluate

Array = np.ndarray
Pairs = tuple[Array, Array]
MOST_CALLS = 100  # of a connector's callback, which shows progress


class Mapped(MapConnector):
    """A connector that PyNN describes by a map of columns; ``_pairs`` gives all of them at once."""

    draws_before_parameters = (
        False  # does PyNN draw the pairs before it copies the generators of the weights?
    )

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        pynn = next(base for base in cls.__mro__ if base.__module__ == MapConnector.__module__)
        cls.__signature__ = signature(pynn)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        try:
            bound = signature(super().__init__).bind(*arguments, **options)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}: {error}") from None
        for name, value in bound.arguments.items():
            if name in CHECKS:
                bound.arguments[name] = CHECKS[name](f"{type(self).__name__}: {name}", value)
        super().__init__(*bound.args, **bound.kwargs)

    def connect(self, projection: Any) -> None:
        """Connect up a projection."""
        if self.location_selector is not None or not self._is_fast():
            super().connect(projection)
            return
        if self.draws_before_parameters:
            pre, post = self._pairs(projection)
            parameters = self._parameters_from_synapse_type(projection)
        else:
            parameters = self._parameters_from_synapse_type(projection)
            pre, post = self._pairs(projection)
        values = evaluate(parameters, pre, post)
        if self.safe and len(pre):
            for name, check in projection.synapse_type.parameter_checks.items():
                check(values[name], projection)
        projection.add(pre, post, **values)
        if self.callback is not None:
            targets = np.unique(post)
            for target in targets[:: math.ceil(len(targets) / MOST_CALLS) or 1].tolist():
                self.callback(target / projection.post.size)

    def _is_fast(self) -> bool:
        return True

    def _pairs(self, projection: Any) -> Pairs:
        """Return (pre, post) of all connections, target by target."""
        raise NotImplementedError

    def _standard_connect(
        self, projection: Any, connection_map_generator: Callable[..., Any], distance_map: Any = None
    ) -> None:
        def columns(mask: Any = None) -> Any:
            for column in connection_map_generator(*(() if mask is None else (mask,))):
                # PyNN squeezes the column of a single presynaptic cell and then fails with numpy >= 2.1
                yield column if column is True else np.atleast_1d(column)

        super()._standard_connect(projection, columns, distance_map)

    def _without_self(self, projection: Any, pre: Array, post: Array) -> Pairs:
        """Leave out connections that ``allow_self_connections`` forbids."""
        same = isinstance(projection.pre, Population) and projection.pre == projection.post
        if self.allow_self_connections == "NoMutual":
            if not same:
                raise UnsupportedError(
                    f"projection {projection.label!r}: allow_self_connections='NoMutual' needs a "
                    "population that is connected to itself"
                )
            kept = pre > post
        elif self.allow_self_connections:
            return pre, post
        elif same:
            kept = pre != post
        else:
            kept = _ids(projection.pre)[pre] != _ids(projection.post)[post]
        return pre[kept], post[kept]


def order_by_target(post: Array, n_post: int) -> Array:
    """Return the order that puts connections target by target, keeping the order among the sources of each."""
    from neurohw.network.kernels import row_order

    return np.asarray(row_order(post, n_post)[1])


def by_target(pre: Array, post: Array, n_post: int) -> Pairs:
    """Return connections in the order of ``order_by_target``; what the caller does not keep is freed on the way."""
    indptr, sorted_pre = csr_from_pairs(post, pre, n_post)
    del pre, post
    return sorted_pre, np.repeat(np.arange(n_post, dtype=np.int32), np.diff(indptr))


def _ids(cells: Any) -> Array:
    return np.array([int(cell) for cell in cells.all_cells], dtype=np.int64)
