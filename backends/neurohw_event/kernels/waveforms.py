"""Sine and noise currents into cells: a new value each time their tables say so, nothing in between."""

from neurohw.jit import inner
from neurohw.network.waveform_kernels import EVERY, START, STOP, current_na
from neurohw_event.kernels.agenda import touch
from neurohw_event.layout import CURRENT, NEVER


@inner
def take_waveforms(waves, steps, cells, groups, tick):
    """Have the cells under waveforms take their currents at ``tick``; to be called after its steps were taken."""
    stepped = steps.done[0] > 0 and steps.tick[steps.done[0] - 1] == tick
    if not (_take_values(waves, cells.seed, tick) or stepped):
        return
    base_na, value_na, waveform = waves.base_na, waves.value_na, waves.waveform
    for i in range(waves.cell.size):
        cell = waves.cell[i]
        base_na[i] += steps.waiting_na[cell]
        total = base_na[i]
        for k in range(waves.waveforms_of_cell[i], waves.waveforms_of_cell[i + 1]):
            total += value_na[waveform[k]]
        # the difference from what the cell has: rounding does not add up over many ticks
        steps.waiting_na[cell] = total - cells.state[cell, CURRENT]
        if steps.waiting_na[cell] != 0.0:
            touch(groups, waves.group[i], cell, tick)


@inner
def next_change(waves, tick):
    """Return the first tick from ``tick`` on at which the current of a waveform may change, NEVER where none does."""
    first = NEVER
    for w in range(waves.value_na.size):
        start, stop, every = waves.whole[w, START], waves.whole[w, STOP], waves.whole[w, EVERY]
        if stop <= start or tick > stop:
            continue
        periods = (tick - start + every - 1) // every if tick > start else 0
        first = min(first, start + periods * every, stop)
    return first


@inner
def _take_values(waves, seed, tick):
    """Compute the value of every waveform; True when one has changed."""
    changed = False
    for w in range(waves.value_na.size):
        value = current_na(waves.whole[w], waves.numbers[w], seed, tick)
        changed = changed or value != waves.value_na[w]
        waves.value_na[w] = value
    return changed
