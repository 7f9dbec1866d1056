"""An exponential in plain arithmetic, of which the compiler works on several at a time."""

import numpy as np

from neurohw.jit import inlined

# exp() of more would not be finite, and of less not a normal number
LARGEST_EXPONENT = 700.0
_PER_LN2 = 1.4426950408889634
_LN2 = 0.6931471805599453
# added to a number it leaves the nearest whole one in the lowest bits
_TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52
_BIAS, _MANTISSA_BITS = 1023, 52


@inlined
def exponential(x):
    """Return exp(x), right to 4e-13 of it; of what lies beyond +-``LARGEST_EXPONENT`` that of the limit.

    2^k exp(r), where x is k ln 2 + r and r no more than half of ln 2: the sum of Taylor to order 10, and k written into
    the exponent's bits.
    """
    x = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    shifted = x * _PER_LN2 + _TO_WHOLE
    r = x - (shifted - _TO_WHOLE) * _LN2
    y = 1 / 362880 + r * (1 / 3628800)
    y = 1 / 40320 + r * y
    y = 1 / 5040 + r * y
    y = 1 / 720 + r * y
    y = 1 / 120 + r * y
    y = 1 / 24 + r * y
    y = 1 / 6 + r * y
    y = 0.5 + r * y
    y = 1.0 + r * y
    y = 1.0 + r * y
    bits = (np.float64(shifted).view(np.int64) + _BIAS) << _MANTISSA_BITS
    return y * np.int64(bits).view(np.float64)


@inlined
def rough_logarithm(x):
    """Return ln(x) for x >= 0, wrong by 0.06 at most: a line between powers of two; of 0 and infinity some +-710."""
    bits = np.float64(np.float64(x).view(np.int64))
    return (bits * 2.0**-_MANTISSA_BITS - _BIAS) * _LN2
