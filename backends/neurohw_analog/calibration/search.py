"""Binary search for settings, of all circuits at once, on measurements that carry noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray


def search_settings(bits: int, measure: Callable[[Array], Array], target: Array) -> Array:
    """Return for each circuit the setting whose result is nearest to its target.

    Noise may turn a late decision the wrong way; the settings next to the one found are therefore tried as well, and
    of the three the one that came nearest is taken.

    Parameters
    ----------
    bits : of a setting.
    measure : returns a result for each circuit (any shape) with these settings; results rise with settings.
    target : for each circuit.
    """
    found = np.zeros(target.shape, np.int64)
    for bit in reversed(range(bits)):
        tried = found | (1 << bit)
        found = np.where(measure(tried) <= target, tried, found)
    candidates = np.clip([found, found + 1, found - 1], 0, 2**bits - 1)
    misses = np.array([np.abs(measure(settings) - target) for settings in candidates])
    best = np.argmin(misses, axis=0)
    nearest: Array = np.take_along_axis(candidates, best[None], axis=0)[0]
    return nearest
