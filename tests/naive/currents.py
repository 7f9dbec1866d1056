"""Injected currents, straight from their definition."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Waveform
from neurohw.network.kernels import STREAM_CURRENT, uniform


def injected_na(network: Network, index: int, tick: int, seed: int) -> np.ndarray:
    """Return the currents in nA into the cells of a population from ``tick`` to the next one, without offsets."""
    ids, steps = network.populations[index].ids, network.currents
    current = np.zeros(len(ids))
    for neuron, when, step in zip(steps.neuron, steps.tick, steps.step_na, strict=True):
        if when <= tick and neuron in ids:
            current[neuron - ids.start] += step
    for waveform in network.waveforms:
        value = waveform_na(waveform, tick, network.timestep_ms, seed)
        for neuron in waveform.neuron:
            if neuron in ids:
                current[neuron - ids.start] += value
    return current


def waveform_na(waveform: Waveform, tick: int, timestep_ms: float, seed: int) -> float:
    """Return the current in nA that flows from ``tick`` to the next one."""
    if not waveform.start <= tick < waveform.stop:
        return 0.0
    draw = (tick - waveform.start) // waveform.every
    if waveform.shape == "noise":
        u, angle = (uniform(seed, STREAM_CURRENT, waveform.stream, 2 * draw + i) for i in (0, 1))
        deviate = np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * angle)
    else:
        seconds = draw * waveform.every * timestep_ms / 1000
        deviate = np.sin(np.deg2rad(waveform.phase_deg + 360 * waveform.frequency_hz * seconds))
    return waveform.level_na + waveform.size_na * deviate
