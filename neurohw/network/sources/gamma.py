"""The gamma distribution of scale 1, compiled: deviates by counters, and the hazard for thinning."""

from __future__ import annotations

import math

from neurohw.jit import inner
from neurohw.network.kernels import STREAM_TRAIN, uniform

PRECISION = 1e-15
MAX_TERMS = 10_000  # the series needs about 8 sqrt(shape) terms


@inner
def gamma_deviate(seed, cell, count, shape):
    """Return (deviate, new count): exact, by Marsaglia and Tsang 2000 (doi:10.1145/358407.358414).

    Of a shape below 1 it is the deviate of shape + 1, times a uniform number to the power of 1 / shape.
    """
    factor = 1.0
    if shape < 1.0:
        factor = (1.0 - uniform(seed, STREAM_TRAIN, cell, count)) ** (1.0 / shape)
        count += 1
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        radius = math.sqrt(-2.0 * math.log1p(-uniform(seed, STREAM_TRAIN, cell, count)))
        normal = radius * math.cos(2.0 * math.pi * uniform(seed, STREAM_TRAIN, cell, count + 1))
        log_u = math.log1p(-uniform(seed, STREAM_TRAIN, cell, count + 2))
        count += 3
        root = 1.0 + c * normal
        v = root * root * root
        if v > 0.0 and log_u < 0.5 * normal * normal + d - d * v + d * math.log(v):
            return d * v * factor, count


@inner
def gamma_hazard(shape, x):
    """Return density over survival at ``x``; 1 for large ``x``, infinite at 0 for a shape below 1.

    The incomplete gamma function is a series below ``shape + 1`` and a continued fraction above
    (Press et al., Numerical Recipes, section 6.2).
    """
    if x <= 0.0:
        if shape > 1.0:
            return 0.0
        return 1.0 if shape == 1.0 else math.inf
    if x < shape + 1.0:
        log_density = (shape - 1.0) * math.log(x) - x - math.lgamma(shape)
        term = 1.0 / shape
        series = term
        for n in range(1, MAX_TERMS):
            term *= x / (shape + n)
            series += term
            if term < series * PRECISION:
                break
        density = math.exp(log_density)
        return density / (1.0 - x * density * series)
    return 1.0 / (x * _continued_fraction(shape, x))


@inner
def _continued_fraction(shape, x):
    """Return the upper incomplete gamma function over exp(-x) x^shape, by Lentz's method; ``x`` above ``shape``."""
    b = x + 1.0 - shape
    c = math.inf
    d = 1.0 / b
    fraction = d
    for n in range(1, MAX_TERMS):
        a = -n * (n - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        fraction *= c * d
        if abs(c * d - 1.0) < PRECISION:
            break
    return fraction
