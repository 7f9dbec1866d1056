"""Functions for kernels alone work from Python, too, and the garbage collector is left as it was found."""

import gc

import pytest
from numba.core.errors import NumbaError

from neurohw.jit import inlined, inner, kernel
from neurohw.jit.instruction import count_of_zeros


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


@kernel
def impossible(x):
    return x.no_such_thing


@count_of_zeros("ctlz")
def leading_zeros(word):
    return 64 - int(word).bit_length()


@kernel
def from_instruction(word):
    return leading_zeros(word)


@pytest.mark.parametrize("x", [3, 2.5])
def test_python_and_kernels_get_the_same(x):
    assert doubled(x) == 2 * plus_one(x) == 2 * x + 2
    assert from_kernel(x) == doubled(x) + tripled(x)


def test_an_exception_comes_through():
    with pytest.raises(ValueError, match="below 0"):
        from_refused(-1)
    assert from_refused(1) == 5


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
