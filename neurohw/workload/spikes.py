"""Numbers of spikes whose sums are exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurohw.errors import SettingError

Array = np.ndarray

MOST_SPIKES = 2**53  # over all edges together: up to here sums in float64 are exact, too


def whole_spikes(spikes: Any, name: Callable[[int], str]) -> Array:
    """Return numbers of spikes as int64, in memory of their own.

    Parameters
    ----------
    name : of what one of them belongs to, for messages.

    Raises
    ------
    SettingError
        For what is no whole number from 0 to ``MOST_SPIKES``.
    """
    count = np.asarray(spikes)
    if count.dtype.kind not in "biuf":
        raise SettingError(f"spikes of type {count.dtype} must be whole numbers")
    good = (count >= 0) & (count <= MOST_SPIKES)
    if count.dtype.kind == "f":
        good &= count == np.trunc(count)
    wrong = np.flatnonzero(~good)
    if wrong.size:
        raise SettingError(
            f"{name(int(wrong[0]))}: spikes = {count.flat[wrong[0]]}, must be a whole number from 0 to {MOST_SPIKES:,}"
        )
    return count.astype(np.int64)


def check_total(carried: Array, name: Callable[[int], str]) -> None:
    """Refuse spikes that are too many together.

    Parameters
    ----------
    carried : float64 [n], spikes over all edges of each.
    name : of what one of them belongs to, for messages.

    Raises
    ------
    SettingError
        Naming what has the most.
    """
    total = carried.sum()
    if total > MOST_SPIKES:
        worst = int(np.argmax(carried))
        raise SettingError(
            f"{name(worst)}: {carried[worst]:,.0f} spikes over its edges; all together are {total:,.0f}, "
            f"at most {MOST_SPIKES:,} can be counted"
        )


def check_synapse_spikes(pre: Array, spikes: Array) -> None:
    """Refuse spikes that are too many together when each counts once for every synapse that it reaches.

    Parameters
    ----------
    pre : int [n_synapses], presynaptic cells.
    spikes : int64 [n_cells], each from 0 to ``MOST_SPIKES``.

    Raises
    ------
    SettingError
        Naming the cell that has the most.
    """
    if int(spikes.max(initial=0)) * max(spikes.size, pre.size) <= MOST_SPIKES:
        return  # without a look at the synapses
    n_synapses = np.bincount(pre, minlength=spikes.size)
    check_total(spikes * np.maximum(1.0, n_synapses), "cell {}".format)
