"""Analog products on one thread: the chip with noise beside the bare float32 product of the same numbers.

    python -m benchmarks.vmm [--aihwkit-python .venv-aihwkit/bin/python] [--repeats 7] [--json]

GMAC/s are the multiplications of the matrix product, divided by the time of everything that is done: the processor's
time of the one thread, so that other programs disturb less. Timed in turn, medians: numpy's product; the chip with
the noise of its columns (``brainscales2``), without and with a fixed pattern, its checks of inputs and weights
included; the chip with noise in every cell, drawn per column from the product of squares; the same noise drawn cell
by cell with numpy, on fewer vectors. With aihwkit (Rasch et al. 2021, doi:10.1109/AICAS51828.2021.9458494), in a
process of its own, also torch's product and aihwkit's torch tile: the same output noise, resolution and range, layers
cut into tiles of the same size.

Mean and variance of the results around the exact product tell whether all did the same: floor takes 0.5 LSB from each
block of rows, aihwkit's rounding nothing, and the variance is known.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from benchmarks.vmm.runs import CELL_BY_CELL, CHIP_CELLS, Found, run_all

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
GOALS = {"of_product": 0.25, "times_cell_by_cell": 100.0}


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--aihwkit-python", help="interpreter with aihwkit (pip install aihwkit==1.1.0 torch)"
    )
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # libraries read these when they are loaded
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **ONE_THREAD})
    found = run_all(options.repeats, options.aihwkit_python)
    if options.json:
        print(json.dumps({"goals": GOALS, "workloads": [item.to_dict() for item in found]}))
        return
    for item in found:
        show(item)
    print("to be reached: a quarter of the product's speed, 100x that of noise cell by cell")


def show(found: Found) -> None:
    """Print a workload's table."""
    vectors, rows, columns = found.shape
    print(f"{found.name}: {vectors} vectors x {rows} x {columns}")
    print(f"{'':24s}{'GMAC/s':>9s}{'of the product':>16s}{'mean':>9s}{'variance':>10s}{'expected':>10s}")
    for name in found.seconds:
        line = f"{name:24s}{found.gmacs(name):9.2f}{found.of_product(name):16.3f}"
        if name in found.statistics:
            seen = found.statistics[name]
            line += f"{seen['mean']:9.3f}{seen['variance']:10.3f}{seen['expected']:10.3f}"
        print(line)
    cell_by_cell = found.gmacs(CHIP_CELLS) / found.gmacs(CELL_BY_CELL)
    print(f"noise of all cells: {cell_by_cell:.0f}x as fast as cell by cell\n")


if __name__ == "__main__":
    main()
