"""Many draws at once from PyNN's random number generators, with the numbers that single draws would give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from lazyarray import larray
from pyNN.random import NumpyRNG, RandomDistribution

if TYPE_CHECKING:
    from neurohw.pynn.random_stream.mersenne import Words

Array = np.ndarray
BLOCK = 1 << 20
MAP_BLOCK = 1 << 16  # pairs with some float64 each: in cache
FEWEST_KEPT = 0.05  # share of a clipped distribution below which PyNN's own redrawing is left to itself

# distributions whose draws do not depend on how many are asked for in one call
CONCATENABLE = {
    "uniform",
    "normal",
    "normal_clipped_to_boundary",
    "lognormal",
    "exponential",
    "gamma",
    "poisson",
    "binomial",
    "uniform_int",
    "vonmises",
}


def is_concatenable(distribution: RandomDistribution) -> bool:
    """True when n + m draws are n draws followed by m draws."""
    return is_numpy(distribution.rng) and distribution.name in CONCATENABLE


def is_numpy(rng: Any) -> bool:
    """True for PyNN's default generator (a subclass, or another generator put into it, may draw as it likes)."""
    return type(rng) is NumpyRNG and rng.rng.get_state(legacy=False)["bit_generator"] == "MT19937"


@contextmanager
def words_of(rng: NumpyRNG) -> Iterator[Words]:
    """Give the generator's 32-bit words to compiled loops; it then goes on behind the last one taken."""
    from neurohw.pynn.random_stream.mersenne import LENGTH, Words, temper

    state = rng.rng.get_state(legacy=False)
    before = state["state"]
    words = Words(before["key"].copy(), np.empty(LENGTH, np.uint32), np.array([before["pos"]]))
    temper(words)
    yield words
    state["state"] = {"key": words.key, "pos": int(words.position[0])}
    rng.rng.set_state(state)


def pairs_below(rng: NumpyRNG, p: float, n_pre: int, n_post: int) -> Iterator[tuple[Array, Array]]:
    """Yield blocks of (pre, post) whose uniform number, drawn post by post, is below ``p``."""
    from neurohw.pynn.random_stream.kernels import split_hits, uniforms_below

    n_columns = max(1, BLOCK // max(1, n_pre))
    hits = np.empty(min(n_columns, n_post) * n_pre + 1, np.int32)
    bound = math.ceil(min(max(p, 0.0), 1.0) * 2.0**53)
    with words_of(rng) as words:
        for first in range(0, n_post, n_columns):
            n = min(n_columns, n_post - first) * n_pre
            found = uniforms_below(words, bound, n, hits)
            pre, post = np.empty(found, np.int32), np.empty(found, np.int32)
            split_hits(hits[:found], n_pre, first, pre, post)
            yield pre, post


def pairs_below_map(rng: NumpyRNG, p: Any, n_pre: int, n_post: int) -> Iterator[tuple[Array, Array]]:
    """Yield blocks of (pre, post) whose uniform number is below a lazy array of probabilities [pre, post]."""
    n_columns = max(1, MAP_BLOCK // max(1, n_pre))
    for first in range(0, n_post, n_columns):
        columns = slice(first, min(first + n_columns, n_post))
        limit = np.transpose(p[:, columns]) if isinstance(p, larray) else p
        n = columns.stop - first
        uniform = rng.next(n * n_pre, "uniform", {"low": 0, "high": 1}).reshape(n, n_pre)
        post, pre = np.nonzero(uniform < limit)
        yield pre.astype(np.int32), (post + first).astype(np.int32)


def alternating_integers(rng: NumpyRNG, n: int, n_a: int, n_b: int) -> tuple[Array, Array]:
    """Draw ``n`` times an integer below ``n_a``, then one below ``n_b``."""
    from neurohw.pynn.random_stream.kernels import alternate_draws

    a, b = np.empty(n, np.int32), np.empty(n, np.int32)
    with words_of(rng) as words:
        alternate_draws(words, n_a, n_b, a, b)
    return a, b


def distinct_cells(rng: NumpyRNG, counts: Array, n_cells: int, exclude_self: bool) -> Array:
    """Draw ``counts[i]`` of ``n_cells`` cells for each cell ``i``, none twice before all are taken once."""
    from neurohw.pynn.random_stream.kernels import draw_distinct

    drawn = np.empty(int(counts.sum()), np.int32)
    with words_of(rng) as words:
        draw_distinct(words, counts, n_cells, exclude_self, drawn)
    return drawn


def other_cells(rng: NumpyRNG, counts: Array, n_cells: int) -> Array:
    """Draw ``counts[i]`` of ``n_cells`` cells for each cell ``i``, with replacement, but never ``i``."""
    from neurohw.pynn.random_stream.kernels import draw_others

    drawn = np.empty(int(counts.sum()), np.int32)
    with words_of(rng) as words:
        draw_others(words, counts, n_cells, drawn)
    return drawn


def is_clipped_normal(distribution: RandomDistribution) -> bool:
    """True for a normal distribution of which numbers out of range, not too many, are drawn again."""
    if distribution.name != "normal_clipped" or not is_numpy(distribution.rng):
        return False
    mu, sigma, low, high = (distribution.parameters[name] for name in ("mu", "sigma", "low", "high"))
    if not sigma > 0:
        return False
    below, above = (0.5 * math.erfc((mu - end) / (sigma * math.sqrt(2))) for end in (low, high))
    return above - below >= FEWEST_KEPT


def clipped_normals(distribution: RandomDistribution, counts: Array) -> Array:
    """Draw ``counts[i]`` numbers after one another, each time those out of range again until all are in it."""
    from neurohw.pynn.random_stream.kernels import redraw_outside

    generator = distribution.rng.rng
    mu, sigma, low, high = (distribution.parameters[name] for name in ("mu", "sigma", "low", "high"))
    values = np.empty(int(counts.sum()))
    before, n_numbers, used = generator.get_state(legacy=False), values.size, -1
    while used < 0:
        generator.set_state(before)
        numbers = generator.normal(mu, sigma, n_numbers)
        used = redraw_outside(numbers, counts, low, high, values)
        n_numbers += max(64, n_numbers // 16)
    if used < numbers.size:
        generator.set_state(before)
        generator.normal(mu, sigma, used)
    return values
