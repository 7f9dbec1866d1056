"""Functions for kernels alone work from Python, too, and the garbage collector is left as it was found."""

import gc
import os
import time
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from numba.core.errors import NumbaError

from neurohw.jit import inlined, inner, is_disabled, kernel
from neurohw.jit.instruction import count_of_zeros, fusing, sleeping


@inlined
def plus_one(x):
    return x + 1


@inner
def doubled(x):
    return 2 * plus_one(x)


@kernel
def tripled(x):
    return 3 * x


@kernel
def from_kernel(x):
    return doubled(x) + tripled(x)


@inner
def refused(x):
    if x < 0:
        raise ValueError("below 0")
    return doubled(x)


@kernel
def from_refused(x):
    return refused(x) + 1


class Part(NamedTuple):
    values: np.ndarray  # float64 [n, 2]
    flags: np.ndarray  # bool [n]
    nothing: None


class Whole(NamedTuple):
    part: Part
    scale: float
    shift: int


@inner
def of_part(part, row, is_twice):
    if part.nothing is not None:
        raise ValueError("something")
    part.values[row, 1] += 1.0
    total = part.values[row, 0] if part.flags[row] else -part.values[row, 0]
    return 2 * total if is_twice else total


@inlined
def of_whole(whole, row, step):
    return whole.scale * of_part(whole.part, row, True) + whole.shift * step, row + step


@kernel
def from_tuples(whole, rows):
    total = 0.0
    for i in range(rows.size):
        value, following = of_whole(whole, rows[i], 1)
        total += value + of_part(whole.part, following, False)
        total += of_whole(whole, i, rows[i])[0]
    return total


@kernel
def impossible(x):
    return x.no_such_thing


@count_of_zeros("ctlz")
def leading_zeros(word):
    return 64 - int(word).bit_length()


@kernel
def from_instruction(word):
    return leading_zeros(word)


@fusing
def multiply_add(a, b, c):
    return a * b + c


@kernel
def multiply_add_all(a, b, c, out):
    for i in range(out.size):
        out[i] = multiply_add(a[i], b[i], c[i])


@sleeping
def sleep():
    time.sleep(1e-6)


@kernel
def sleep_often(n):
    for _ in range(n):
        sleep()


@pytest.mark.skipif(os.name != "posix", reason="kernels sleep on POSIX alone")
def test_who_sleeps_does_not_use_the_processor():
    sleep_often(1)
    wall_s, own_s = time.perf_counter(), time.thread_time()
    sleep_often(1000)
    wall_s, own_s = time.perf_counter() - wall_s, time.thread_time() - own_s
    assert wall_s >= 1e-3  # at least a microsecond each
    assert own_s < wall_s


@pytest.mark.parametrize("x", [3, 2.5])
def test_python_and_kernels_get_the_same(x):
    assert doubled(x) == 2 * plus_one(x) == 2 * x + 2
    assert from_kernel(x) == doubled(x) + tripled(x)


def test_an_exception_comes_through():
    with pytest.raises(ValueError, match="below 0"):
        from_refused(-1)
    assert from_refused(1) == 5


def test_tuples_of_arrays_are_handed_through():
    def whole():
        part = Part(np.arange(10.0).reshape(5, 2), np.array([True, False, True, True, False]), None)
        return Whole(part, 0.5, 3)

    in_python = getattr(from_tuples, "py_func", from_tuples)
    rows = np.array([0, 2, 3], np.int32)
    given, expected = whole(), whole()
    assert from_tuples(given, rows) == in_python(expected, rows)
    np.testing.assert_array_equal(given.part.values, expected.part.values)


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
@pytest.mark.parametrize("function", [of_part, of_whole])
def test_constants_and_short_numbers_make_no_versions(function):
    from_tuples(Whole(Part(np.ones((2, 2)), np.ones(2, bool), None), 1.0, 1), np.zeros(1, np.int32))
    assert len(function._callee.overloads) == 1


@pytest.mark.parametrize("word", [1, 2, 3, 2**40, 2**62 + 5])
def test_an_instruction_is_what_python_defines(word):
    assert from_instruction(word) == leading_zeros(word)


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_left_as_it_was(was_on):
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises((NumbaError, AttributeError)):
            impossible(1.0)
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_arguments_with_defaults_are_refused():
    def added(a, b=1):
        return a + b

    with pytest.raises(TypeError, match=r"added: a function for kernels has an argument with a default"):
        inner(added)


def test_products_are_added_alike_in_loops_of_all_lengths():
    """Rounded once, or twice where the processor has no such instruction: never now so and now so."""
    n = 70
    a, b, c = np.random.default_rng(1).normal(size=(3, n))
    twice = a * b + c
    once = np.array([float(Fraction(x) * Fraction(y) + Fraction(z)) for x, y, z in zip(a, b, c, strict=True)])
    alone = np.empty(1)
    multiply_add_all(a[:1], b[:1], c[:1], alone)
    for length in range(n + 1):
        out = np.empty(length)
        multiply_add_all(a[:length], b[:length], c[:length], out)
        assert (out == once[:length]).all() or (out == twice[:length]).all()
        np.testing.assert_array_equal(out[:1], alone[:length])
    assert (once != twice).any()
