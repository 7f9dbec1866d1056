"""Connectors that draw a given number of partners, for each cell or in total."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN import connectors
from pyNN.random import RandomDistribution

from neurohw.errors import NetworkError
from neurohw.pynn.connectors.mapped import Mapped, Pairs
from neurohw.pynn.random_stream import alternating_integers, is_numpy

Array = np.ndarray


class _FixedNumber(Mapped):
    """Draws a number of partners for one cell after the other."""

    rng: Any
    n: Any

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

    def _choose(self, projection: Any, n: int, size: int, index: int) -> Array:
        """Return the partners, of ``size`` cells, of the cell ``index`` on the other side."""
        exclude = not self.allow_self_connections and projection.pre == projection.post
        if n > 0 and size - exclude < 1:
            raise NetworkError(
                f"projection {projection.label!r}: {n} connections each, but there is no other cell"
            )
        if self.with_replacement:
            if exclude:
                return self._rng_uniform_int_exclude(n, size, index)
            return self.rng.next(n, "uniform_int", {"low": 0, "high": size})
        cells = np.arange(size)
        if exclude:
            cells = cells[cells != index]
        full_sets, remainder = divmod(n, max(1, cells.size))
        drawn = self.rng.permutation(cells)[:remainder] if remainder > 0 else cells[:0]
        return np.concatenate([np.tile(cells, full_sets), drawn]) if full_sets else drawn

    def _is_one_call(self, projection: Any) -> bool:
        free = self.allow_self_connections or projection.pre != projection.post
        return bool(self.with_replacement and free and is_numpy(self.rng))


class FixedNumberPreConnector(_FixedNumber, connectors.FixedNumberPreConnector):
    __doc__ = connectors.FixedNumberPreConnector.__doc__

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        counts = np.full(n_post, self.n) if isinstance(self.n, int) else np.asarray(self.n.next(n_post))
        post = np.repeat(np.arange(n_post, dtype=np.int32), counts)
        if self._is_one_call(projection):
            return self.rng.next(post.size, "uniform_int", {"low": 0, "high": n_pre}).astype(np.int32), post
        drawn = [self._choose(projection, int(n), n_pre, i) for i, n in enumerate(counts)]
        return np.concatenate(drawn).astype(np.int32), post


class FixedNumberPostConnector(_FixedNumber, connectors.FixedNumberPostConnector):
    __doc__ = connectors.FixedNumberPostConnector.__doc__
    draws_before_parameters = True

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        if isinstance(self.n, int) and self._is_one_call(projection):
            pre = np.repeat(np.arange(n_pre, dtype=np.int32), self.n)
            return _by_target(pre, self.rng.next(pre.size, "uniform_int", {"low": 0, "high": n_post}), n_post)
        drawn = [self._choose(projection, int(self._get_num_post()), n_post, i) for i in range(n_pre)]
        pre = np.repeat(np.arange(n_pre, dtype=np.int32), [len(targets) for targets in drawn])
        return _by_target(pre, np.concatenate(drawn), n_post)


class FixedTotalNumberConnector(_FixedNumber, connectors.FixedTotalNumberConnector):
    __doc__ = connectors.FixedTotalNumberConnector.__doc__
    draws_before_parameters = True

    def _is_fast(self) -> bool:
        return is_numpy(self.rng) and isinstance(self.n, int)

    def _pairs(self, projection: Any) -> Pairs:
        n_pre, n_post = projection.shape
        # PyNN shares the connections out over its processes; with one it still draws how many that one gets
        n = int(RandomDistribution("binomial", [self.n, 1.0], rng=self.rng).next())
        pre, post = alternating_integers(self.rng, n, n_pre, n_post)
        return _by_target(pre, post, n_post)


def _by_target(pre: Array, post: Array, n_post: int) -> Pairs:
    """Sort by target, keeping the order among the sources of each."""
    from neurohw.network.kernels import row_order

    post = np.ascontiguousarray(post, dtype=np.int32)
    _, order = row_order(post, n_post)
    return pre[order], post[order]
