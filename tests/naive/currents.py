"""Sine and noise currents, straight from their definition."""

from __future__ import annotations

import numpy as np

from neurohw.network import Waveform
from neurohw.network.kernels import STREAM_CURRENT, uniform


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
