"""Fetching memory into the second cache before it is needed."""

from neurohw.jit.instruction import prefetching


@prefetching
def prefetch(array, index):
    """Have an entry of an array fetched while work goes on; in Python nothing."""
