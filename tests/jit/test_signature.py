"""What has one signature here has one type in numba, so that no machine code is called with what it is not for."""

from typing import NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.jit.signature import UnknownTypeError, named, signature


class Pair(NamedTuple):
    first: object
    second: object


class Couple(NamedTuple):
    first: object
    second: object


RECORDS = (
    np.dtype([("a", np.int32), ("b", np.float64)]),
    np.dtype([("a", np.int32), ("b", np.float64)], align=True),
    np.dtype([("a", np.int32), ("c", np.float64)]),
)
DTYPES = st.sampled_from([*"?bhilqBHILQfdFD", *RECORDS])


@st.composite
def arrays(draw):
    shape = draw(st.lists(st.integers(1, 3), max_size=3))
    array = np.zeros([2 * n for n in shape], draw(DTYPES), order=draw(st.sampled_from("CF")))
    if shape and draw(st.booleans()):
        array = array[tuple(slice(None, None, 2) for _ in shape)]
    array.flags.writeable = draw(st.booleans())
    return array


NUMBERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.sampled_from([np.dtype(name).type(1) for name in "?bhilqBHILQfd"]),
)
VALUES = st.recursive(
    st.one_of(arrays(), NUMBERS),
    lambda parts: st.one_of(
        st.builds(Pair, parts, parts), st.builds(Couple, parts, parts), st.tuples(parts, parts)
    ),
    max_leaves=4,
)


@given(st.lists(VALUES, min_size=8, max_size=16))
def test_equal_signatures_are_equal_types(values):
    found = {}
    for value in values:
        key = repr((signature((value,)), named((value,))))
        assert found.setdefault(key, numba.typeof(value)) == numba.typeof(value)


@pytest.mark.parametrize(
    "unknown", [2**63, "text", 1j, [1], np.array(["text"]), np.zeros(2, ">f8"), np.zeros(2, "f2")]
)
def test_what_only_numba_may_know_is_refused(unknown):
    with pytest.raises(UnknownTypeError):
        signature(((1, unknown),))
