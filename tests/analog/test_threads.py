"""Results of chips in processes with one and with more threads."""

from __future__ import annotations

import os
import subprocess
import sys

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SCRIPT = """
import hashlib
import numpy as np
from neurohw.backend import load_matrix
from neurohw.hardware.analog import AnalogUnit

rng = np.random.default_rng(0)
inputs, weights = rng.integers(0, 32, (600, 300)), rng.integers(-63, 64, (300, 300))
digest = hashlib.sha256()
for unit in ("brainscales2", AnalogUnit(cell_noise=0.1, column_gain_spread=0.1), AnalogUnit(tau_mem_us=20.0)):
    digest.update(load_matrix("analog").chip(unit, 1).multiply(inputs, weights, noise_seed=2).tobytes())
print(digest.hexdigest())
"""


def digest(threads):
    """Return a digest of results computed in a process with so many threads."""
    environment = {**os.environ, **dict.fromkeys(THREADS, str(threads))}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_results_do_not_depend_on_the_number_of_threads():
    assert digest(1) == digest(2)
