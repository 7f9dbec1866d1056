"""The resistance of an array's wires: conductances that its inputs and columns see through them.

Rows carry input voltages, columns are held at ground at their ends, and every cell joins its row to its column. Both
wires have a resistance from cell to cell. The circuit is linear: Kirchhoff's laws give one matrix of effective
conductances, found with one sparse factorisation for all inputs.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray


def through_wires(unit: AnalogUnit, cells: Array) -> Array:
    """Return the weights (weight steps, [rows, columns]) that remain of cells behind wires of ``unit.wire_ohm``.

    Rows are driven at their first column, columns are read at their last row.
    """
    if not unit.wire_ohm:
        return cells
    siemens_per_step = unit.cell_us * 1e-6 / unit.cell_max
    conductance = effective_conductance(cells * siemens_per_step, unit.wire_ohm)
    return np.maximum(conductance / siemens_per_step, 0.0)


def effective_conductance(conductance: Array, wire_ohm: float) -> Array:
    """Return the current into each column's end for 1 V at each row's end, [rows, columns] in siemens."""
    rows, columns = conductance.shape
    wire = 1.0 / wire_ohm
    row_node = np.arange(rows * columns).reshape(rows, columns)
    column_node = row_node + rows * columns
    n = 2 * rows * columns
    joined = [
        (row_node, column_node, conductance),
        (row_node[:, :-1], row_node[:, 1:], np.full((rows, columns - 1), wire)),
        (column_node[:-1], column_node[1:], np.full((rows - 1, columns), wire)),
    ]
    first = np.concatenate([a.ravel() for a, _, _ in joined])
    second = np.concatenate([b.ravel() for _, b, _ in joined])
    value = np.concatenate([g.ravel() for _, _, g in joined])
    to_ends = np.zeros(n)
    to_ends[row_node[:, 0]] = wire
    to_ends[column_node[-1]] = wire
    diagonal = np.bincount(first, value, n) + np.bincount(second, value, n) + to_ends
    everything = np.arange(n)
    laplacian = coo_array(
        (
            np.concatenate([diagonal, -value, -value]),
            (np.concatenate([everything, first, second]), np.concatenate([everything, second, first])),
        ),
        shape=(n, n),
    ).tocsc()
    solve = splu(laplacian).solve
    effective = np.empty((rows, columns))
    for row in range(rows):
        injected = np.zeros(n)
        injected[row_node[row, 0]] = wire
        effective[row] = wire * solve(injected)[column_node[-1]]
    return effective
