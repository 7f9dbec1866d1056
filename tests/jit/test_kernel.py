"""A kernel returns what the same function of Python returns, whatever it is called with."""

import pickle
from copy import deepcopy
from threading import Thread
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from neurohw.jit import is_disabled, kernel, leaf


class Inner(NamedTuple):
    matrix: np.ndarray
    is_on: bool
    scale: float


class State(NamedTuple):
    counts: np.ndarray
    nothing: None
    inner: Inner


class Result(NamedTuple):
    first: int
    total: float
    nothing: None


@leaf
def weighted(state, factor):
    """Add a matrix row by row."""
    total = 0.0
    for row in range(state.inner.matrix.shape[0]):
        for column in range(state.inner.matrix.shape[1]):
            total += (row + 2 * column) * state.inner.matrix[row, column]
    state.counts[0] += factor
    scaled = total * state.inner.scale if state.inner.is_on else total
    return Result(state.counts[0], scaled, None), state.inner.is_on, state.nothing is None


@kernel
def identity(x):
    return x


@kernel
def plus(x, y):
    return x + y


@kernel
def item(array):
    return array[()]


@leaf
def strided_sum(values):
    total = 0.0
    for value in values.flat:
        total += value
    return total


@kernel
def made(n):
    both = np.zeros((n, 2), np.float32)
    both[:, 1] = 1.5
    return both, both[:, 1], np.arange(n)


@kernel
def part(array):
    return array[1:3]


@kernel
def sum_of_field(records):
    total = 0
    for k in range(records.size):
        total += records[k]["a"] + records[k]["b"]
    return total


@kernel
def refusing(x):
    if x < 0:
        raise ValueError("below 0")
    return x


@leaf
def wait_for(flag, n_seen, limit):
    for _ in range(limit):
        n_seen[0] += 1
        if flag[0] != 0:
            return True
    return False


def plain(function: Any) -> Any:
    return getattr(function, "py_func", function)


MATRIX = np.arange(12.0).reshape(3, 4)
MATRICES = {
    "C": MATRIX,
    "Fortran": np.asfortranarray(MATRIX),
    "part": MATRIX[:, 1:3],
    "reversed": MATRIX[::-1],
    "float32": MATRIX.astype(np.float32),
    "none": MATRIX[:0],
}


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("is_on", [True, np.bool_(False)])
@pytest.mark.parametrize("scale", [0.5, np.float32(0.1), 3, np.int8(-3)])
def test_states_of_any_kind(matrix, is_on, scale):
    def state() -> State:
        return State(np.full(2, 5), None, Inner(matrix, is_on, scale))

    given, expected = state(), state()
    assert weighted(given, 7) == plain(weighted)(expected, 7) == plain(weighted)(state(), np.int64(7))
    assert given.counts[0] == expected.counts[0] == 12
    assert isinstance(weighted(given, 7)[0], Result)


@pytest.mark.parametrize(
    "x",
    [0, -(2**63), 2**63 - 1, 2**64 - 1, True, False, None, -0.0, np.inf, 1j, (), (1, 2.5), (1, (2, None))]
    + [np.dtype(name).type(-1) for name in "bhilqfd"]
    + [np.uint8(255), np.uint32(2**32 - 1), np.uint64(2**64 - 1), np.bool_(True), Result(1, 2.5, None)],
    ids=repr,
)
def test_numbers_come_back_as_they_went(x):
    found = identity(x)
    assert found == x
    assert repr(found) == repr(x) or isinstance(x, np.generic)  # numpy's numbers come back as Python's


def test_types_may_change_from_call_to_call():
    for x, y in [(1, 2), (1.5, 2), (1, 2), (np.ones(2), 1), (np.ones(2, np.float32), np.float32(1))] * 2:
        assert np.array_equal(plus(x, y), x + y)
        assert np.asarray(plus(x, y)).dtype == np.asarray(x + y).dtype


def test_arrays_without_dimensions_and_arrays_that_nobody_may_write():
    locked = np.ones(3)
    locked.flags.writeable = False
    assert item(np.array(2.5)) == 2.5
    assert strided_sum(locked) == strided_sum(np.ones((3, 2))[:, 0]) == 3


def test_subclasses_of_arrays(tmp_path):
    mapped = np.memmap(tmp_path / "values", np.float64, "w+", shape=(3,))
    mapped[:] = 1
    assert strided_sum(mapped) == 3


def test_records_of_equal_and_of_other_types():
    for _ in range(20):  # a type that is made anew each time
        records = np.array([(1, 2), (3, 4)], [("a", np.int32), ("b", np.int64)])
        assert sum_of_field(records) == 10
    assert sum_of_field(np.array([(1, 2.5)], [("a", np.int32), ("b", np.float64)])) == 3.5


def test_arrays_that_a_kernel_makes_live_as_long_as_they_are_used():
    matrix, column, count = made(1000)
    assert matrix.dtype == column.dtype == np.float32
    del matrix
    made(1000)
    assert np.all(column == 1.5)
    assert column.flags.writeable
    assert np.array_equal(count, np.arange(1000))


def test_arrays_that_a_kernel_passes_on_share_their_memory():
    given = np.arange(5)
    assert identity(given) is given
    some = part(given)
    some[0] = 9
    assert given.tolist() == [0, 9, 2, 3, 4]
    del given
    assert some.tolist() == [9, 2]


def test_exceptions_are_raised_and_the_next_call_goes_well():
    for _ in range(2):
        with pytest.raises(ValueError, match="below 0"):
            refusing(-1)
        assert refusing(2) == 2


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_other_threads_run_meanwhile():
    flag, n_seen = np.zeros(1, np.int64), np.zeros(1, np.int64)
    found = []
    thread = Thread(target=lambda: found.append(wait_for(flag, n_seen, 10**11)))
    thread.start()
    while n_seen[0] == 0:
        pass
    assert strided_sum(np.ones(2)) == 2
    flag[0] = 1
    thread.join()
    assert found == [True]


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_as_if_numba_had_called_it():
    rng = np.random.default_rng(1)
    args = State(np.zeros(1, int), None, Inner(rng.random((50, 40)), True, 0.3)), 1
    by_numba = numba.njit(error_model="numpy")(weighted.py_func)
    assert weighted(*args)[0].total.hex() == by_numba(*args)[0].total.hex()


def test_copies_are_the_kernel_itself():
    assert identity(1) == 1
    assert deepcopy(identity) is identity
    assert pickle.loads(pickle.dumps(identity)) is identity


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_signatures_are_those_of_the_calls():
    before = len(plus.signatures)
    plus(np.int16(1), np.int16(2))
    plus(np.int16(3), np.int16(4))
    assert plus.signatures[before:] == [("int16", "int16")]
