"""Connectors without a number of partners: all to all, one to one, by a probability, by a matrix."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from pyNN import connectors

from neurohw.pynn.connectors.mapped import Mapped, Pairs
from neurohw.pynn.errors import InvalidConnectionError
from neurohw.pynn.random_stream.drawing import is_numpy, pairs_below, pairs_below_map


class AllToAllConnector(Mapped, connectors.AllToAllConnector):
    __doc__ = connectors.AllToAllConnector.__doc__

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        pre = np.tile(np.arange(n_pre, dtype=np.int32), n_post)
        return self._without_self(projection, pre, np.repeat(np.arange(n_post, dtype=np.int32), n_pre))


class OneToOneConnector(Mapped, connectors.OneToOneConnector):
    __doc__ = connectors.OneToOneConnector.__doc__

    def _pairs(self, projection: Any) -> Pairs:
        index = np.arange(min(projection.shape), dtype=np.int32)
        return index, index


class FixedProbabilityConnector(Mapped, connectors.FixedProbabilityConnector):
    __doc__ = connectors.FixedProbabilityConnector.__doc__

    def _is_fast(self) -> bool:
        return is_numpy(self.rng)

    def _pairs(self, projection: Any) -> Pairs:
        rng = deepcopy(
            self.rng
        )  # PyNN draws from a copy: a connector used twice draws the same numbers twice
        blocks = [
            self._without_self(projection, pre, post)
            for pre, post in pairs_below(rng, self.p_connect, *projection.shape)
        ]
        return np.concatenate([pre for pre, _ in blocks]), np.concatenate([post for _, post in blocks])


class DistanceDependentProbabilityConnector(Mapped, connectors.DistanceDependentProbabilityConnector):
    __doc__ = connectors.DistanceDependentProbabilityConnector.__doc__

    def _is_fast(self) -> bool:
        return is_numpy(self.rng)

    def _pairs(self, projection: Any) -> Pairs:
        probability = self.distance_function(self._generate_distance_map(projection))
        rng = deepcopy(self.rng)
        blocks = [
            self._without_self(projection, pre, post)
            for pre, post in pairs_below_map(rng, probability, *projection.shape)
        ]
        return np.concatenate([pre for pre, _ in blocks]), np.concatenate([post for _, post in blocks])


class ArrayConnector(Mapped, connectors.ArrayConnector):
    __doc__ = connectors.ArrayConnector.__doc__

    def _pairs(self, projection: Any) -> Pairs:
        array = np.asarray(self.array)
        where = f"projection {projection.label!r}: ArrayConnector: the array"
        if array.shape != projection.shape:
            raise InvalidConnectionError(
                f"{where} has shape {array.shape}, the projection {projection.shape}"
            )
        if array.dtype != bool:
            raise InvalidConnectionError(
                f"{where} is of type {array.dtype}, must be bool: array.astype(bool)"
            )
        post, pre = np.nonzero(array.T)
        return pre.astype(np.int32), post.astype(np.int32)
