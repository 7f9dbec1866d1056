"""The compiled loop that pairs the spikes of two runs."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def match_in_order(left, right, left_indptr, right_indptr, window):
    """Pair the spikes of each cell one to one, in order and within ``window`` ticks, nearer partners first.

    ``left`` and ``right`` are ticks (int64), ascending within a cell; cell ``c`` has
    ``left[left_indptr[c]:left_indptr[c + 1]]``. A spike is passed over when its successor is nearer to the
    candidate. Returns ``partner`` (int64 [left.size]), an index into ``right`` or -1.
    """
    partner = np.full(left.size, -1, np.int64)
    for cell in range(left_indptr.size - 1):
        i, left_stop = left_indptr[cell], left_indptr[cell + 1]
        j, right_stop = right_indptr[cell], right_indptr[cell + 1]
        while i < left_stop and j < right_stop:
            distance = abs(left[i] - right[j])
            if distance > window:
                if left[i] < right[j]:
                    i += 1
                else:
                    j += 1
            elif i + 1 < left_stop and abs(left[i + 1] - right[j]) < distance:
                i += 1
            elif j + 1 < right_stop and abs(left[i] - right[j + 1]) < distance:
                j += 1
            else:
                partner[i] = j
                i += 1
                j += 1
    return partner
