"""Random small spike records for hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from neurohw.result import Spikes
from tests.analysis.synthetic import sorted_spikes

N_CELLS = 4
UNTIL_TICK = 30


def _build(pairs: list[tuple[int, int]]) -> Spikes:
    cells, ticks = zip(*pairs, strict=True) if pairs else ((), ())
    return sorted_spikes(np.array(cells, dtype=np.int64), np.array(ticks, dtype=np.int64))


spikes = st.lists(st.tuples(st.integers(0, N_CELLS - 1), st.integers(0, UNTIL_TICK)), max_size=25).map(_build)

# the first call of a kernel compiles it
compiles = settings(deadline=None)
