"""Numbers of bits in words of 64, each one instruction of the processor."""

from llvmlite import ir
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
        return types.int64(types.uint64), lambda context, builder, signature, words: _count(
            builder.cttz, words[0]
        )

    @intrinsic
    def _count_leading(typing, word):
        return types.int64(types.uint64), lambda context, builder, signature, words: _count(
            builder.ctlz, words[0]
        )


def _count(instruction, word):
    return instruction(word, ir.Constant(ir.IntType(1), 1))  # no word is 0


@inlined
def lowest_bit(word):
    """Return the number of the lowest bit of a word that has one."""
    return _count_trailing(word)


@inlined
def n_bits(value):
    """Return the number of the highest bit of a whole number above 0, and one more."""
    return 64 - _count_leading(value)
