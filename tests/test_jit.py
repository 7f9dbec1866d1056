"""Functions for kernels alone work from Python, too, and the garbage collector is left as it was found."""

import gc

import pytest
from numba.core.errors import NumbaError

from neurohw.jit import inlined, inner, kernel


@inlined
def plus_one(x):
    return x + 1


@inner
def doubled(x):
    return 2 * plus_one(x)


@kernel
def from_kernel(x):
    return doubled(x)


@kernel
def impossible(x):
    return x.no_such_thing


for _dispatcher in (from_kernel, impossible):
    getattr(_dispatcher, "py_func", _dispatcher).__module__ = "neurohw.trial"


@pytest.mark.parametrize("x", [3, 2.5])
def test_python_and_kernels_get_the_same(x):
    assert from_kernel(x) == doubled(x) == 2 * plus_one(x)


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
