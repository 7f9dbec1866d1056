"""Numbers of bits in words against Python's own."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from neurohw_event.kernels.bits import lowest_bit, n_bits


@given(st.integers(1, 2**64 - 1))
@example(2**63)
def test_the_lowest_bit_of_a_word(word: int) -> None:
    assert lowest_bit(np.uint64(word)) == f"{word:b}"[::-1].index("1")


@given(st.integers(1, 2**63 - 1))
def test_the_bits_of_a_whole_number(value: int) -> None:
    assert n_bits(value) == len(f"{value:b}")
