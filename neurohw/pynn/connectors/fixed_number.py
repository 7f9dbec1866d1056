"""Connectors that draw a given number of partners, for each cell or in total."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN import connectors
from pyNN.random import RandomDistribution

from neurohw.errors import NetworkError
from neurohw.pynn.connectors.mapped import Mapped, Pairs, by_target
from neurohw.pynn.random_stream.drawing import (
    alternating_integers,
    distinct_cells,
    is_concatenable,
    is_numpy,
    other_cells,
)

Array = np.ndarray


class _FixedNumber(Mapped):
    """Draws a number of partners for one cell after the other."""

    rng: Any
    n: Any

    def _is_fast(self) -> bool:
        return is_numpy(self.rng)

    def _rng_uniform_int_exclude(self, n: int, size: int, exclude: int) -> Array:
        """Draw ``n`` integers below ``size``, those equal to ``exclude`` again.

        PyNN's own loses track when the second draw hits ``exclude`` too.
        """
        drawn: Array = self.rng.next(n, "uniform_int", {"low": 0, "high": size})
        again = np.flatnonzero(drawn == exclude)
        while again.size:
            drawn[again] = self.rng.next(again.size, "uniform_int", {"low": 0, "high": size})
            again = again[drawn[again] == exclude]
        return drawn

    def _counts(self, projection: Any, n_cells: int) -> Array:
        """Return how many partners each of ``n_cells`` cells gets."""
        if isinstance(self.n, int):
            return np.full(n_cells, self.n)
        counts = np.asarray(self.n.next(n_cells))
        good = (counts >= 0) & (counts == np.floor(counts))
        if not good.all():
            raise NetworkError(
                f"projection {projection.label!r}: n = {counts[np.argmin(good)]} connections, "
                "must be a whole number, 0 or more"
            )
        return counts.astype(np.int64)

    def _partners(self, projection: Any, counts: Array, size: int) -> Array:
        """Return the partners, of ``size`` cells, of each cell of the other side, after one another."""
        exclude = not self.allow_self_connections and projection.pre == projection.post
        if counts.any() and size - exclude < 1:
            raise NetworkError(
                f"projection {projection.label!r}: {counts.max()} connections each, but there is no other cell"
            )
        if not self.with_replacement:
            return distinct_cells(self.rng, counts, size, exclude)
        if exclude:
            return other_cells(self.rng, counts, size)
        drawn = self.rng.next(int(counts.sum()), "uniform_int", {"low": 0, "high": size})
        return np.asarray(drawn, dtype=np.int32)


class FixedNumberPreConnector(_FixedNumber, connectors.FixedNumberPreConnector):
    __doc__ = connectors.FixedNumberPreConnector.__doc__

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        counts = self._counts(projection, n_post)
        post = np.repeat(np.arange(n_post, dtype=np.int32), counts)
        return self._partners(projection, counts, n_pre), post


class FixedNumberPostConnector(_FixedNumber, connectors.FixedNumberPostConnector):
    __doc__ = connectors.FixedNumberPostConnector.__doc__
    draws_before_parameters = True

    def _is_fast(self) -> bool:
        in_turn = isinstance(self.n, RandomDistribution) and (
            self.n.rng is self.rng or not is_concatenable(self.n)
        )  # then the numbers of partners and the partners have to be drawn in turn
        return super()._is_fast() and not in_turn

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        counts = self._counts(projection, n_pre)
        return by_target(
            np.repeat(np.arange(n_pre, dtype=np.int32), counts),
            self._partners(projection, counts, n_post),
            n_post,
        )


class FixedTotalNumberConnector(_FixedNumber, connectors.FixedTotalNumberConnector):
    __doc__ = connectors.FixedTotalNumberConnector.__doc__
    draws_before_parameters = True

    def _is_fast(self) -> bool:
        return super()._is_fast() and isinstance(self.n, int)

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        # PyNN shares the connections out over its processes; with one it still draws how many that one gets
        n = int(RandomDistribution("binomial", [self.n, 1.0], rng=self.rng).next())
        return by_target(*alternating_integers(self.rng, n, n_pre, n_post), n_post)
