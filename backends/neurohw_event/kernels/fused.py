"""A product and a sum in one instruction: half of what polynomials and weighted sums would take."""

from neurohw.jit.instruction import fusing


@fusing
def fma(a, b, c):
    """Return a b + c; in kernels it is rounded once, where the processor can."""
    return a * b + c
