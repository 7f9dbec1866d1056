"""Fetching memory into the second cache before it is needed."""

from neurohw.jit import inlined
from neurohw.jit.instruction import prefetching

LINE = 64  # bytes of a line of a cache


@prefetching
def prefetch(array, index):
    """Have an entry of an array fetched while work goes on; in Python nothing."""


@inlined
def prefetch_lines(array, first, end):
    """Have the lines fetched that hold the entries from ``first`` to before ``end``, one at least."""
    for at in range(first, end - 1, LINE // array.itemsize):
        prefetch(array, at)
    prefetch(array, end - 1)
