"""Kernels on disk: found without numba; whatever is wrong with them, they are compiled anew."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from neurohw.jit import is_disabled
from neurohw.jit.store import Compiled, read, write

pytestmark = pytest.mark.skipif(is_disabled(), reason="the JIT is off")

KERNELS = """
import math
from typing import NamedTuple
import numpy as np
from neurohw.jit import inlined, kernel, leaf

class State(NamedTuple):
    values: np.ndarray
    nothing: None

@inlined
def scaled(x):
    return FACTOR * x

@leaf
def total(state, power):
    result = 0.0
    for value in state.values:
        result += scaled(math.exp(value)) ** power
    return result

@kernel
def doubled(state):
    both = np.empty(state.values.size)
    both[:] = 2 * state.values
    return both, state.values.size

@kernel
def largest(a, b):
    return max(a, b)
"""
SCRIPT = """
import json, sys
import numpy as np
from neurohw.compile_clock import compile_seconds
from trial_kernels import *
state = State(np.array([0.5, 0.25, 1.0]), None)
values, n = doubled(state)
found = {"total": total(state, 2), "doubled": values.tolist(), "n": n, "largest": largest(2, 2.5)}
found |= {"numba": "numba" in sys.modules, "compiled": compile_seconds() > 0}
"""
END = "print(json.dumps(found))"
NUMBA_AFTER_ALL = """
import numba
assert numba.njit(lambda x: np.zeros(x) + 1)(2).tolist() == [1, 1]
assert doubled(state)[0].tolist() == values.tolist()
"""


def run(folder: Path, cache: Path, more: str = "", **settings: str) -> dict:
    environment = {**os.environ, "NEUROHW_CACHE": str(cache), **settings}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + more + END],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """Return the folder of the kernels, that of the cache, and what the first run found."""
    folder = tmp_path_factory.mktemp("trial")
    write_kernels(folder, 3.0)
    return folder, folder / "cache", run(folder, folder / "cache")


def write_kernels(folder: Path, factor: float) -> None:
    Path(folder, "trial_kernels.py").write_text(KERNELS.replace("FACTOR", str(factor)))


def kernels_in(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.kernel"))


def functions_in(cache: Path) -> dict[Path, int]:
    """Return what numba keeps of functions that kernels call, and when it was written."""
    return {path: path.stat().st_mtime_ns for path in sorted(cache.rglob("*.nbc"))}


def test_the_second_run_needs_no_numba(trial):
    folder, cache, first = trial
    assert first["numba"]
    assert first["compiled"]
    second = run(folder, cache)
    assert not second["numba"]
    assert not second["compiled"]
    for name in ("total", "doubled", "n", "largest"):
        assert second[name] == first[name]


def test_another_kernel_takes_what_they_call_from_disk(trial, tmp_path):
    folder, _, first = trial
    cache = copytree(trial[1], tmp_path / "cache")
    kept = functions_in(cache)
    assert any("scaled" in path.name for path in kept)
    with_other_types = "found['total'] = total(state, 2.0)\nfound['numba'] = 'numba' in sys.modules\n"
    again = run(folder, cache, with_other_types)
    assert again["numba"]
    assert again["total"] == pytest.approx(first["total"], rel=1e-14)
    assert functions_in(cache) == kept


def test_numba_may_be_imported_later(trial):
    folder, cache, _ = trial
    assert not run(folder, cache, NUMBA_AFTER_ALL)["numba"]


def test_damaged_files_are_replaced(trial):
    folder, cache, first = trial
    half, bit, nothing = kernels_in(cache)
    half.write_bytes(half.read_bytes()[:-100])
    content = bytearray(bit.read_bytes())
    content[len(content) // 2] ^= 1
    bit.write_bytes(content)
    nothing.write_bytes(b"")
    again = run(folder, cache)
    assert again["compiled"]
    assert again["total"] == first["total"]
    assert not run(folder, cache)["numba"]


def test_other_settings_of_numba_have_kernels_of_their_own(trial):
    folder, cache, first = trial
    checked = run(folder, cache, NUMBA_BOUNDSCHECK="1")
    assert checked["compiled"]
    assert checked["total"] == first["total"]
    plain = run(folder, cache, NUMBA_DISABLE_JIT="1")
    assert not plain["compiled"]
    assert plain["doubled"] == first["doubled"]


def test_a_changed_source_is_compiled(trial, tmp_path):
    _, cache, first = trial
    write_kernels(tmp_path, 6.0)
    changed = run(tmp_path, cache)
    assert changed["compiled"]
    assert changed["total"] == pytest.approx(4 * first["total"])


def test_without_a_folder_kernels_stay_in_memory(trial, tmp_path):
    folder, _, first = trial
    taken = tmp_path / "file"
    taken.touch()
    found = run(folder, taken)
    assert found["compiled"]
    assert found["total"] == first["total"]


FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
found["total"] = total(State(np.float32([0.5, 0.25, 1.0]), None), 2)
"""


def test_on_a_full_disk_kernels_stay_in_memory(trial, tmp_path):
    folder, _, first = trial
    assert run(folder, tmp_path, FULL_DISK)["total"] == pytest.approx(first["total"])


def test_a_folder_that_is_gone_keeps_nothing(tmp_path):
    write(tmp_path / "gone" / "a.kernel", Compiled({}, (b"code",)))
    assert not Path(tmp_path, "gone").exists()


def test_what_is_written_is_read(tmp_path):
    compiled = Compiled({"returned": ["none"]}, (b"\ncode\n", b"", b"more"))
    write(tmp_path / "a.kernel", compiled)
    assert read(tmp_path / "a.kernel") == compiled
    assert read(tmp_path / "b.kernel") is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.kernel"]


SHARED = """
from neurohw.jit import inner, kernel

@inner
def root(values, at):
    if values[at] < 0:
        raise ValueError("below 0")
    return values[at] ** 0.5

@inner
def first(values):
    return values[0]

@kernel
def one(values):
    return root(values, 1) + first(values)

@kernel
def other(values):
    return first(values) - root(values, 1)
"""


def test_another_kernel_takes_functions_from_disk(tmp_path):
    Path(tmp_path, "shared_kernels.py").write_text(SHARED)
    environment = {**os.environ, "NEUROHW_CACHE": str(tmp_path / "cache")}
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), environment.get("PYTHONPATH", "")])
    printed = []
    for name in ("one", "other"):
        script = f"""
import numpy as np
from shared_kernels import {name}, root
print({name}(np.array([2.0, 9.0])), sum(root._callee.stats.cache_hits.values()))
try:
    {name}(np.array([2.0, -9.0]))
except ValueError as error:
    print(error)
"""
        command = [sys.executable, "-c", script]
        printed.append(
            subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        )
    assert printed == ["5.0 0\nbelow 0\n", "-1.0 1\nbelow 0\n"]
