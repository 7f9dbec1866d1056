"""Numbers of bits in words of 64, each one instruction of the processor."""

from numba import types
from numba.core import config
from numba.extending import intrinsic

from neurohw.jit import inlined


def _count_trailing(word):
    return (int(word) & -int(word)).bit_length() - 1


def _count_leading(word):
    return 64 - int(word).bit_length()


if not config.DISABLE_JIT:

    @intrinsic
    def _count_trailing(typing, word):
        def generate(context, builder, signature, words):
            return builder.cttz(words[0], context.get_constant(types.boolean, _IS_NOT_0))

        return types.int64(types.uint64), generate

    @intrinsic
    def _count_leading(typing, word):
        def generate(context, builder, signature, words):
            return builder.ctlz(words[0], context.get_constant(types.boolean, _IS_NOT_0))

        return types.int64(types.uint64), generate


_IS_NOT_0 = True  # what the instructions do with a word of no bits does not matter


@inlined
def lowest_bit(word):
    """Return the number of the lowest bit of a word that has one."""
    return _count_trailing(word)


@inlined
def n_bits(value):
    """Return the number of bits of a whole number above 0."""
    return 64 - _count_leading(value)
