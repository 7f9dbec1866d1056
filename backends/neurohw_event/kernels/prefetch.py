"""Fetching memory into the second cache before it is needed."""

from neurohw.jit import inlined
from neurohw.jit.instruction import prefetching

LINE = 64  # bytes of a line of a cache


@prefetching
def prefetch(array, index):
    """Have an entry of an array fetched while work goes on; in Python nothing."""


@inlined
def prefetch_lines(array, first, end):
    """Have the lines fetched that hold the entries from ``first`` to before ``end``, and perhaps the one behind."""
    n_in_line = LINE // array.itemsize
    for at in range(first, end + n_in_line, n_in_line):
        prefetch(array, at)
