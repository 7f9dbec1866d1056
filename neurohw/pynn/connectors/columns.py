"""Weights and delays of connections listed target by target, as PyNN's own loop over targets gives them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from pyNN.parameters import LazyArray, ParameterSpace
from pyNN.random import RandomDistribution

from neurohw.pynn.random_stream.drawing import clipped_normals, is_clipped_normal, is_concatenable
from neurohw.pynn.synapses.connections import Value

Array = np.ndarray


def evaluate(parameters: ParameterSpace, pre: Array, post: Array) -> dict[str, Value]:
    """Return each parameter of the connections ``pre[i]`` to ``post[i]``; equal ``post`` stand together.

    Numbers stay numbers. Arrays and random distributions are taken in one go, everything else (functions of
    distance or index, distributions that rarely hit their range) column by column.
    """
    values = {name: _at_once(lazy, pre, post) for name, lazy in parameters.items()}
    slow = [name for name, value in values.items() if value is None]
    if slow:
        values.update(_by_column({name: parameters[name] for name in slow}, pre, post))
    return {name: value for name, value in values.items() if value is not None}


def _at_once(lazy: LazyArray, pre: Array, post: Array) -> Value | None:
    if lazy.is_homogeneous:
        return float(lazy.evaluate(simplify=True))
    if lazy.operations:
        return None
    base: Any = lazy.base_value
    if isinstance(base, np.ndarray):
        return np.asarray(base[pre, post], dtype=float)
    if isinstance(base, RandomDistribution) and is_concatenable(base):
        return np.asarray(base.next(len(pre)), dtype=float)
    if isinstance(base, RandomDistribution) and is_clipped_normal(base):
        return clipped_normals(base, np.diff(_bounds(post)))
    return None


def _bounds(post: Array) -> Array:
    """Return where each target's connections start, and the number of connections."""
    return np.append(np.flatnonzero(np.diff(post, prepend=-1)), len(post))


def _by_column(lazies: dict[str, LazyArray], pre: Array, post: Array) -> dict[str, Array]:
    bounds = _bounds(post).tolist()
    values = {name: np.empty(len(pre)) for name in lazies}
    for start, stop in pairwise(bounds):
        sources, column = pre[start:stop], int(post[start])
        for name, lazy in lazies.items():
            values[name][start:stop] = lazy[sources, column]
    return values
