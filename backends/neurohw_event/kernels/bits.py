"""Numbers of bits in words of 64, each one instruction of the processor."""

from neurohw.jit import inlined
from neurohw.jit.instruction import count_of_zeros


@count_of_zeros("cttz")
def _count_trailing(word):
    return (int(word) & -int(word)).bit_length() - 1


@count_of_zeros("ctlz")
def _count_leading(word):
    return 64 - int(word).bit_length()


@inlined
def lowest_bit(word):
    """Return the number of the lowest bit of a word that has one."""
    return _count_trailing(word)


@inlined
def n_bits(value):
    """Return the number of bits of a whole number above 0."""
    return 64 - _count_leading(value)
