"""Kernels that look alike are told apart, and what another process could not run is not kept for it."""

import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from neurohw.jit import is_disabled, kernel

AB = namedtuple("Pair", "a b")
BA = namedtuple("Pair", "b a")
AT_START = """
import numpy as np
from neurohw.jit import kernel

LARGE = np.arange(200_000.0)

@kernel
def number(k):
    return {0}

print(number(3))
"""


@kernel
def a_of(pair):
    return pair.a


@kernel
def the_same(x):
    return x


def run(file: Path | str, cache: Path, script: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, str(file)],
        env={**os.environ, "NEUROHW_CACHE": str(cache)},
        input=script,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def test_tuples_of_one_name_with_their_fields_in_another_order():
    assert a_of(AB(1, 2)) == a_of(BA(b=2, a=1)) == 1


def test_tuples_of_a_class_that_no_module_has():
    pair = AB(1, 2.5)
    assert the_same(pair) == pair
    assert type(the_same(pair)) is AB


def test_functions_on_one_line():
    plus_1, plus_2 = kernel(lambda x: x + 1), kernel(lambda x: x + 2)
    assert plus_1(0) == 1
    assert plus_2(0) == 2


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_what_is_typed_in_is_not_kept(tmp_path):
    for what in ("k + 1", "k + 2"):
        assert run("-", tmp_path, AT_START.format(what)) == str(eval(what, {"k": 3}))


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_addresses_in_this_process_are_not_kept(tmp_path):
    script = tmp_path / "large.py"
    script.write_text(AT_START.format("LARGE[k]"))
    assert [run(script, tmp_path / "cache") for _ in range(2)] == ["3.0", "3.0"]


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_a_kernel_may_print(tmp_path):
    script = tmp_path / "printing.py"
    script.write_text(AT_START.format("print(k)"))
    assert [run(script, tmp_path / "cache") for _ in range(2)] == ["3\nNone", "3\nNone"]
