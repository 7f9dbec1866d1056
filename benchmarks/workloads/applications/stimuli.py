"""Seeded stimuli: images, a beating heart, a target that moves; each as rates or spikes of input cells."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from neurohw.network import SpikeTrains

Array = np.ndarray


def image(shape: tuple[int, int, int], rng: np.random.Generator) -> Array:
    """Return smooth blobs of brightness from 0 to 1, half of the picture dark, as one array of all pixels."""
    channels, height, width = shape
    width_of_blob = max(height, width) / 16
    planes = [gaussian_filter(rng.normal(size=(height, width)), width_of_blob) for _ in range(channels)]
    bright = np.maximum(np.array(planes), 0.0)
    return (bright / bright.max()).ravel()


def poisson_trains(
    rates_hz: Array, n_ticks: int, timestep_ms: float, rng: np.random.Generator
) -> SpikeTrains:
    """Draw spikes of constant rates; a cell fires at most once a tick, and not in tick 0."""
    return spikes_of_chances(
        np.broadcast_to(rates_hz * timestep_ms / 1000.0, (n_ticks - 1, rates_hz.size)), rng
    )


def heartbeats(n_cells: int, n_ticks: int, rng: np.random.Generator, timestep_ms: float) -> SpikeTrains:
    """Return cells tuned to phases of a heart that beats at 60 to 100 a minute, with intervals that vary by 5 %."""
    time_s = np.arange(1, n_ticks) * timestep_ms / 1000.0
    mean_s = 60.0 / rng.uniform(60.0, 100.0)
    beats = np.cumsum(mean_s * rng.normal(1.0, 0.05, int(2 * time_s[-1] / mean_s) + 3)) - mean_s
    phase = np.interp(time_s, beats, np.arange(beats.size)) % 1.0
    preferred = np.arange(n_cells) / n_cells
    apart = np.abs((phase[:, None] - preferred + 0.5) % 1.0 - 0.5)
    return spikes_of_chances(0.1 * timestep_ms * np.exp(-0.5 * (apart / 0.05) ** 2), rng)


def moving_target(
    shape: tuple[int, int], n_ticks: int, rng: np.random.Generator, timestep_ms: float
) -> SpikeTrains:
    """Return the cells of a retina that a spot crosses on a Lissajous curve, one turn a second."""
    height, width = shape
    time_s = np.arange(1, n_ticks) * timestep_ms / 1000.0
    begin = rng.uniform(0.0, 2 * np.pi, 2)
    y = (0.5 + 0.4 * np.sin(2 * np.pi * time_s + begin[0])) * height
    x = (0.5 + 0.4 * np.sin(4 * np.pi * time_s + begin[1])) * width
    rows, columns = np.divmod(np.arange(height * width), width)
    square = (rows - y[:, None]) ** 2 + (columns - x[:, None]) ** 2
    return spikes_of_chances(0.1 * timestep_ms * np.exp(-square / 8.0), rng)


def spikes_of_chances(chances: Array, rng: np.random.Generator) -> SpikeTrains:
    """Draw spikes with the chances ``[ticks, cells]`` of firing in ticks 1, 2, ..."""
    cells, ticks = np.nonzero(rng.random(chances.shape).T < chances.T)
    indptr = np.searchsorted(cells, np.arange(chances.shape[1] + 1))
    return SpikeTrains(indptr, ticks + 1)
