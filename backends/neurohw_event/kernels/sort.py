"""Sorting in place, without allocation."""

from neurohw.jit import leaf


@leaf
def sort_ascending(values):
    """Sort an array of whole numbers by Shell's method with the gaps of Knuth (1973)."""
    gap = 1
    while gap < values.size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, values.size):
            value = values[i]
            j = i
            while j >= gap and values[j - gap] > value:
                values[j] = values[j - gap]
                j -= gap
            values[j] = value
        gap //= 3
