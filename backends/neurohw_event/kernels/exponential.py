"""An exponential in plain arithmetic, of which the compiler works on several at a time."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.fused import fma

# exp() of more would not be finite, and of less not a normal number
LARGEST_EXPONENT = 700.0
_PER_LN2 = 1.4426950408889634
_LN2 = 0.6931471805599453
# added to a number it leaves the nearest whole one in the lowest bits
_TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52
_BIAS, _MANTISSA_BITS = 1023, 52
# of the polynomial of order 9 with the least relative error, 1.6e-14, for numbers up to half of ln 2
_C0, _C1, _C2 = 1.000000000000011, 0.9999999999998961, 0.4999999999945953
_C3, _C4, _C5 = 0.16666666667806068, 0.041666667032143466, 0.008333333008823435
_C6, _C7 = 0.0013888802889756556, 0.00019841590077912308
_C8, _C9 = 2.4883984157286985e-05, 2.7484398189872576e-06


@inlined
def exponential(x):
    """Return exp(x), right to 2e-13 of it; of what lies beyond +-``LARGEST_EXPONENT`` that of the limit.

    2^k exp(r), where x is k ln 2 + r and r no more than half of ln 2: a polynomial, and k added to the exponent's bits.
    """
    x = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    shifted = fma(x, _PER_LN2, _TO_WHOLE)
    r = fma(shifted - _TO_WHOLE, -_LN2, x)
    square = r * r
    fourth = square * square
    # in pairs, and pairs of those: a chain of products would be waited for
    low = fma(square, fma(_C3, r, _C2), fma(_C1, r, _C0))
    high = fma(square, fma(_C7, r, _C6), fma(_C5, r, _C4))
    y = fma(fourth * fourth, fma(_C9, r, _C8), fma(fourth, high, low))
    bits = np.float64(y).view(np.int64) + (np.float64(shifted).view(np.int64) << _MANTISSA_BITS)
    return np.int64(bits).view(np.float64)


@inlined
def rough_logarithm(x):
    """Return ln(x) for x >= 0, wrong by 0.06 at most: a line between powers of two; of 0 and infinity some +-710."""
    bits = np.float64(np.float64(x).view(np.int64))
    return (bits * 2.0**-_MANTISSA_BITS - _BIAS) * _LN2
