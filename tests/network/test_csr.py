"""Compressed rows against sorting by Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw.network import csr_from_pairs
from tests.examples import examples

PAIRS = st.integers(1, 20).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 9)), max_size=80), st.booleans()
    )
)


@given(PAIRS, st.booleans())
@examples(200)
def test_rows_hold_targets_in_the_order_given(
    case: tuple[int, list[tuple[int, int]], bool], alike: bool
) -> None:
    n_pre, pairs, is_sorted = case
    pairs = sorted(pairs, key=lambda pair: pair[0]) if is_sorted else pairs
    pre, post = np.array(pairs, np.int32).reshape(-1, 2).T
    weight = np.broadcast_to(2.0, pre.shape) if alike else np.arange(pre.size, dtype=float)
    indptr, target, carried = csr_from_pairs(pre, post, n_pre, weight)
    order = sorted(range(len(pairs)), key=lambda i: pairs[i][0])
    np.testing.assert_array_equal(target, [pairs[i][1] for i in order])
    np.testing.assert_array_equal(carried, weight[order])
    np.testing.assert_array_equal(
        np.diff(indptr), [sum(pair[0] == row for pair in pairs) for row in range(n_pre)]
    )
    assert (indptr.dtype, target.dtype) == (np.int64, np.int32)
    assert carried.strides == weight.strides
