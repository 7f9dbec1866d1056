"""Feed-forward applications: layers with drawn weights, to be simulated or, where too large, with mean rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.workloads.applications import stimuli
from benchmarks.workloads.applications.layers import Connections, Layer, Shape
from benchmarks.workloads.applications.rates import (
    TAU_M_MS,
    TAU_REFRAC_MS,
    THRESHOLD_MV,
    lif_rates_hz,
    scaled_weights,
    summed,
)
from benchmarks.workloads.parts import all_spikes, cells, connect
from neurohw.network import MODELS, Network, Population, SpikeTrains, Synapses

Array = np.ndarray

BRIGHTEST_HZ = 50.0
LAYER_HZ = 10.0
TIMESTEP_MS = 1.0


@dataclass(frozen=True)
class FeedForward:
    """An input of a shape, and the layers behind it."""

    pixels: Shape
    layers: Sequence[Layer]
    duration_ms: float = 1000.0

    @property
    def n_ticks(self) -> int:
        """Length of the stimulus in ticks."""
        return round(self.duration_ms / TIMESTEP_MS)

    def network(self, seed: int) -> Network:
        """Return the network with its stimulus; all spikes are recorded."""
        rng = np.random.default_rng(seed)
        rates_hz = BRIGHTEST_HZ * stimuli.image(self.pixels, rng)
        trains = stimuli.poisson_trains(rates_hz, self.n_ticks, TIMESTEP_MS, rng)
        populations, synapses = [source("input", trains)], []
        for index, (connections, weights, _rates) in enumerate(self._weighted(rates_hz, rng)):
            populations.append(
                leaky_cells(f"layer {index + 1}", populations[-1], len(connections.indptr) - 1)
            )
            synapses += layer_synapses(connections, weights, populations, index)
        return Network(
            TIMESTEP_MS,
            tuple(populations),
            tuple(synapses),
            probes=all_spikes(populations, range(len(populations))),
        )

    def structure(self, seed: int) -> tuple[Array, Array, Array]:
        """Return (indptr, pre, rates_hz): presynaptic cells of each cell, and how often it fires.

        For networks too large to simulate: rates are those of cells under constant drive.
        """
        rng = np.random.default_rng(seed)
        rates_hz = BRIGHTEST_HZ * stimuli.image(self.pixels, rng)
        first, before, rates = 0, 0, [rates_hz]
        indptr, pre = [np.zeros(rates_hz.size + 1, np.int64)], []
        for connections, _weights, rates_of_layer in self._weighted(rates_hz, rng):
            indptr.append(connections.indptr[1:] + before)
            before += int(connections.indptr[-1])
            pre.append(connections.pre + np.int32(first))
            first += len(rates[-1])
            rates.append(rates_of_layer)
        return np.concatenate(indptr), np.concatenate(pre), np.concatenate(rates)

    def _weighted(
        self, rates_hz: Array, rng: np.random.Generator
    ) -> Iterator[tuple[Connections, Array, Array]]:
        shape = self.pixels
        for layer in self.layers:
            connections = layer.connections(shape)
            weights = scaled_weights(connections, rates_hz, LAYER_HZ, rng)
            rates_hz = lif_rates_hz(TAU_M_MS / 1000.0 * summed(connections, weights, rates_hz))
            shape = layer.shape(shape)
            yield connections, weights, rates_hz


def source(name: str, trains: SpikeTrains) -> Population:
    """Return the input population."""
    return Population(name, MODELS["SpikeSourceArray"], 0, len(trains.indptr) - 1, {}, trains=trains)


def leaky_cells(name: str, before: Population, size: int) -> Population:
    """Return leaky cells that follow another population, at rest at 0 mV; spikes are jumps of their potential."""
    values = {
        "v_rest": 0.0,
        "v_reset": 0.0,
        "v_thresh": THRESHOLD_MV,
        "tau_m": TAU_M_MS,
        "tau_refrac": TAU_REFRAC_MS,
        "cm": 1.0,
        "i_offset": 0.0,
    }
    return cells(name, "IF_curr_delta", before.first + before.size, size, values, np.zeros(size))


def layer_synapses(
    connections: Connections, weights: Array, populations: Sequence[Population], pre: int
) -> list[Synapses]:
    """Return the synapses of a layer from the one before, those that excite and those that inhibit apart."""
    post_of = np.repeat(np.arange(len(connections.indptr) - 1), np.diff(connections.indptr))
    weight = weights[connections.weight]
    parts = (("excitatory", weight > 0), ("inhibitory", weight < 0))
    return [
        connect(
            populations, pre, pre + 1, receptor, (connections.pre[chosen], post_of[chosen]), weight[chosen], 1
        )
        for receptor, chosen in parts
        if chosen.any()
    ]
