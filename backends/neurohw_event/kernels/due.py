"""What is due in a tick: taken from the wheel of segments, put in order and looked up."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.sort import sort_by_digits
from neurohw_event.layout import LONGEST_RUN, RUN_BITS


@inlined
def list_due(pending, slot, at):
    """Empty a slot: write its segments to the first row of ``due`` from ``at`` on, in ascending order.

    Returns how many they are.
    """
    n_runs = _list_entries(pending, slot, at)
    return _expand(pending, n_runs, at)


@inlined
def list_runs(pending, slot, at):
    """Empty a slot: write its runs of segments to the first row of ``due`` from ``at`` on, in ascending order.

    Returns how many they are. None begins before the one ahead of it has ended: where the same segments come more than
    once, each is a run.
    """
    n_runs = _list_entries(pending, slot, at)
    runs, due = pending.due[1, at:], pending.due[0, at:]
    behind, overlap = np.int64(0), False
    for index in range(n_runs):
        run = runs[index]
        overlap |= (run >> RUN_BITS) < behind
        behind = end_of(run)
        due[index] = run
    if not overlap:
        return n_runs
    n_due = _expand(pending, n_runs, at)
    for index in range(n_due):
        due[index] = due[index] << RUN_BITS | 1
    return n_due


@inlined
def _list_entries(pending, slot, at):
    """Empty a slot: write its runs to the second row of ``due`` from ``at`` on, sorted; returns how many they are."""
    if pending.head[slot] < 0:
        return 0
    runs, n_runs, n_due = pending.due[1, at:], 0, np.int64(0)
    entry = pending.head[slot]
    while entry >= 0:
        run = pending.run[entry]
        runs[n_runs] = run
        n_runs += 1
        n_due += run & LONGEST_RUN
        entry = pending.next[entry]
    sort_by_digits(runs[:n_runs], pending.due[0, at : at + n_runs], pending.digits)
    pending.free[1] += n_due
    pending.next[pending.tail[slot]] = pending.free[0]
    pending.free[0] = pending.head[slot]
    pending.head[slot] = -1
    return n_runs


@inlined
def _expand(pending, n_runs, at):
    """Write the segments of sorted runs to the first row of ``due``, in ascending order; returns how many they are."""
    due, runs = pending.due[0, at:], pending.due[1, at:]
    n_due = index = 0
    behind, overlap = np.int64(0), False
    while index < n_runs:
        times = 1  # a source may fire several times in a tick
        while index + times < n_runs and runs[index + times] == runs[index]:
            times += 1
        first = runs[index] >> RUN_BITS
        overlap |= first < behind
        behind = end_of(runs[index])
        for segment in range(first, behind):
            for _ in range(times):
                due[n_due] = segment
                n_due += 1
        index += times
    if overlap:  # packets of one sender overtook each other
        sort_by_digits(due[:n_due], pending.due[1, at : at + n_due], pending.digits)
    return n_due


@inlined
def find_synapses(wiring, due, places, begins, ends):
    """Write down where segments go and where their synapses stand."""
    for index in range(due.size):
        segment = np.uint64(due[index])
        places[index] = wiring.place[segment]
        begins[index] = wiring.synapses_of_segment[segment]
        ends[index] = wiring.synapses_of_segment[segment + np.uint64(1)]


@inlined
def look_up_runs(wiring, runs, begins, ends):
    """Write down where the synapses of runs stand."""
    for index in range(runs.size):
        begins[index] = wiring.synapses_of_segment[np.uint64(runs[index] >> RUN_BITS)]
        ends[index] = wiring.synapses_of_segment[np.uint64(end_of(runs[index]))]


@inlined
def read_runs(wiring, runs, begins):
    """Read what is to be known of runs, for nothing but that it comes from memory; returns what must be used.

    Short segments lie far apart. In loops as short as this the processor fetches many of them at once, and with them
    the first synapses.
    """
    fetched = np.int64(0)
    for index in range(runs.size):
        segment, first = np.uint64(runs[index] >> RUN_BITS), np.uint64(begins[index])
        fetched += np.int64(wiring.target[first]) + wiring.place[segment] + np.int64(wiring.alike[segment])
        if wiring.weight_at.size > 0:
            fetched += wiring.weight_at[segment]
        else:
            fetched += np.int64(wiring.weight[first] > 0.0)
    return fetched


@inlined
def end_of(run):
    """Return the segment behind a run."""
    return (run >> RUN_BITS) + (run & LONGEST_RUN)
