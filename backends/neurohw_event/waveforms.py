"""Waveforms as arrays, and the currents into the cells at a tick."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.network import Network
from neurohw.network.waveforms import table
from neurohw_event.layout import Array


class Waves(NamedTuple):
    """Sine and noise currents, and the cells under them."""

    whole: Array  # int64 [n, 5], see neurohw.network.waveform_kernels
    numbers: Array  # float64 [n, 4]
    value_na: Array  # float64 [n], at the last tick looked at
    cell: Array  # int32 [n_targets], each cell once
    group: Array  # int64 [n_targets]
    waveforms_of_cell: Array  # int64 [n_targets + 1]: run of ``waveform``
    waveform: Array  # int64
    base_na: Array  # float64 [n_targets], the sum of the steps so far


def make_waves(network: Network, group_of_cell: Array, tick: int, seed: int) -> Waves:
    """Return the waveforms with their values just before ``tick``."""
    whole, numbers = table(network.waveforms, network.timestep_ms)
    targets = [np.empty(0, np.int64), *(waveform.neuron for waveform in network.waveforms)]
    waveform = np.repeat(np.arange(-1, len(network.waveforms)), [len(neuron) for neuron in targets])
    neuron = np.concatenate(targets)
    order = np.argsort(neuron, kind="stable")
    cell, first = np.unique(neuron[order], return_index=True)
    return Waves(
        whole=whole,
        numbers=numbers,
        value_na=_values(network, tick - 1, seed),
        cell=cell.astype(np.int32),
        group=group_of_cell[cell].astype(np.int64),
        waveforms_of_cell=np.append(first, len(neuron)).astype(np.int64),
        waveform=waveform[order].astype(np.int64),
        base_na=stepped_na(network, tick)[cell],
    )


def stepped_na(network: Network, tick: int) -> Array:
    """Return the sum of the current steps before ``tick`` (float64 [n_cells])."""
    total = np.zeros(network.n_cells)
    taken = network.currents.tick < tick
    np.add.at(total, network.currents.neuron[taken], network.currents.step_na[taken])
    return total


def injected_na(network: Network, tick: int, seed: int) -> Array:
    """Return the current injected into each cell just before ``tick`` (float64 [n_cells])."""
    total = stepped_na(network, tick)
    for waveform, value in zip(network.waveforms, _values(network, tick - 1, seed), strict=True):
        np.add.at(total, waveform.neuron, value)
    return total


def _values(network: Network, tick: int, seed: int) -> Array:
    at = np.array([tick])
    return np.array([w.currents(at, network.timestep_ms, seed)[0] for w in network.waveforms])
