"""How a matrix is cut into blocks, and which array takes which block in which run."""

from __future__ import annotations

from dataclasses import dataclass

from neurohw.hardware.analog import AnalogUnit


@dataclass(frozen=True)
class Block:
    """A part of a matrix that one array multiplies in one run."""

    rows: slice
    columns: slice
    array: int  # which array, counted over all chips
    run: int

    @property
    def n_rows(self) -> int:
        """Rows of the block."""
        return int(self.rows.stop - self.rows.start)

    @property
    def n_columns(self) -> int:
        """Columns of the block."""
        return int(self.columns.stop - self.columns.start)


def partition(unit: AnalogUnit, shape: tuple[int, int], n_arrays: int, first_array: int = 0) -> list[Block]:
    """Return the blocks of a matrix, row after row of blocks; each run fills all arrays before the next begins.

    Parameters
    ----------
    shape : rows and columns of the matrix.
    n_arrays : that work in parallel, over all chips.
    first_array : takes the first block.
    """
    (rows, columns), width = shape, unit.matrix_columns
    corners = _corners(unit, shape)
    blocks = []
    for number, (row, column) in enumerate(corners, start=first_array):
        run, array = divmod(number, n_arrays)
        ends = min(row + unit.rows, rows), min(column + width, columns)
        blocks.append(Block(slice(row, ends[0]), slice(column, ends[1]), array, run))
    return blocks


def n_blocks(unit: AnalogUnit, shape: tuple[int, int]) -> int:
    """Return how many blocks a matrix is cut into."""
    return len(_corners(unit, shape))


def _corners(unit: AnalogUnit, shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the first row and column of each block."""
    rows, columns = shape
    return [
        (row, column)
        for row in range(0, rows, unit.rows)
        for column in range(0, columns, unit.matrix_columns)
    ]
