"""Many draws at once from PyNN's random number generators, with the numbers that single draws would give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pyNN.random import NumpyRNG, RandomDistribution

Array = np.ndarray
BLOCK = 1 << 20

# distributions whose draws do not depend on how many are asked for in one call
CONCATENABLE = {
    "uniform",
    "normal",
    "lognormal",
    "exponential",
    "gamma",
    "poisson",
    "binomial",
    "uniform_int",
}


def is_concatenable(distribution: RandomDistribution) -> bool:
    """True when n + m draws are n draws followed by m draws."""
    return is_numpy(distribution.rng) and distribution.name in CONCATENABLE


def is_numpy(rng: Any) -> bool:
    """True for PyNN's default generator (a subclass may draw as it likes)."""
    return type(rng) is NumpyRNG


def pairs_below(rng: NumpyRNG, p: float, n_pre: int, n_post: int) -> Iterator[tuple[Array, Array]]:
    """Yield blocks of (pre, post) whose uniform number, drawn post by post, is below ``p``."""
    n_columns = max(1, BLOCK // n_pre)
    for first in range(0, n_post, n_columns):
        n = min(n_columns, n_post - first) * n_pre
        hits = np.flatnonzero(rng.next(n, "uniform", {"low": 0, "high": 1}) < p)
        post, pre = np.divmod(hits, n_pre)
        yield pre.astype(np.int32), (post + first).astype(np.int32)


def alternating_integers(rng: NumpyRNG, n: int, n_a: int, n_b: int) -> tuple[Array, Array]:
    """Draw ``n`` times an integer below ``n_a``, then one below ``n_b``."""
    from neurohw.pynn.kernels import alternate_draws

    a, b = np.empty(n, np.int32), np.empty(n, np.int32)
    before = rng.rng.get_state()
    n_words, done, used = 3 * n + 64, -1, 0
    while done < n:
        rng.rng.set_state(before)
        words = rng.rng.randint(0, 2**32, size=n_words, dtype=np.uint32).astype(np.int64)
        done, used = alternate_draws(words, n_a, n_b, a, b)
        n_words *= 2
    rng.rng.set_state(before)
    rng.rng.randint(0, 2**32, size=used, dtype=np.uint32)  # leave the generator where single draws would have
    return a, b
