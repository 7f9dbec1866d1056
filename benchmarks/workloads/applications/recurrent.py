"""Recurrent applications: reservoirs that follow a heart or a moving target, and digits learnt with STDP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.workloads.applications import stimuli
from benchmarks.workloads.applications.feed_forward import BRIGHTEST_HZ, TIMESTEP_MS, leaky_cells, source
from benchmarks.workloads.applications.rates import TAU_M_MS, THRESHOLD_MV
from benchmarks.workloads.parts import all_spikes, connect, one_to_one
from neurohw.network import SYNAPSE_MODELS, Network, Population, SpikeTrains, Synapses

Array = np.ndarray
Stimulus = Callable[[int, np.random.Generator], SpikeTrains]

# jumps of a cell with a threshold of 1 mV: an input cell that fires brings its targets about half way, and the
# reservoir, four cells that excite to one that inhibits, stays below a rate that feeds itself
_INPUT_MV, _EXCITE_MV, _INHIBIT_MV, _READ_MV = 0.45, 0.12, -0.6, 0.15


@dataclass(frozen=True)
class Reservoir:
    """Input cells drive cells connected at random, four that excite to one that inhibits; others read them all."""

    stimulus: Stimulus
    size: int
    in_degree: int
    n_readers: int
    duration_ms: float = 1000.0

    @property
    def n_ticks(self) -> int:
        """Length of the stimulus in ticks."""
        return round(self.duration_ms / TIMESTEP_MS)

    def network(self, seed: int) -> Network:
        """Return the network with its stimulus; all spikes are recorded."""
        rng = np.random.default_rng(seed)
        inputs = source("input", self.stimulus(self.n_ticks, rng))
        n_exciting = self.size * 4 // 5
        exciting = leaky_cells("exciting", inputs, n_exciting)
        inhibiting = leaky_cells("inhibiting", exciting, self.size - n_exciting)
        readers = leaky_cells("readers", inhibiting, self.n_readers)
        cells = (inputs, exciting, inhibiting, readers)
        from_exciting, from_inhibiting = self.in_degree * 4 // 5, self.in_degree - self.in_degree * 4 // 5
        parts = [
            _random(cells, 0, 1, 4, _INPUT_MV, rng),
            *(_random(cells, 1, post, from_exciting, _EXCITE_MV, rng) for post in (1, 2)),
            *(_random(cells, 2, post, from_inhibiting, _INHIBIT_MV, rng) for post in (1, 2)),
            _random(cells, 1, 3, n_exciting // 4, _READ_MV * 64 / n_exciting, rng),
        ]
        return Network(TIMESTEP_MS, cells, tuple(parts), probes=all_spikes(cells, range(len(cells))))


@dataclass(frozen=True)
class DigitsStdp:
    """The network of Diehl and Cook 2015 (doi:10.3389/fncom.2015.00099): pixels, learning cells, inhibiting partners.

    Each learning cell excites its partner, which inhibits all other learning cells; synapses from pixels learn.
    """

    n_pixels: int = 784
    size: int = 250
    duration_ms: float = 1000.0

    @property
    def n_ticks(self) -> int:
        """Length of the stimulus in ticks."""
        return round(self.duration_ms / TIMESTEP_MS)

    def network(self, seed: int) -> Network:
        """Return the network with its stimulus; all spikes are recorded."""
        rng = np.random.default_rng(seed)
        side = round(self.n_pixels**0.5)
        rates = BRIGHTEST_HZ * stimuli.image((1, side, side), rng)
        inputs = source("pixels", stimuli.poisson_trains(rates, self.n_ticks, TIMESTEP_MS, rng))
        learning = leaky_cells("learning", inputs, self.size)
        partners = leaky_cells("partners", learning, self.size)
        cells = (inputs, learning, partners)
        senders, targets = np.nonzero(~np.eye(self.size, dtype=bool))
        parts = (
            self._learning_synapses(cells, rates, rng),
            connect(cells, 1, 2, "excitatory", one_to_one(self.size), 1.5 * THRESHOLD_MV, 1),
            connect(cells, 2, 1, "inhibitory", (senders, targets), -0.5 * THRESHOLD_MV, 1),
        )
        return Network(TIMESTEP_MS, cells, parts, probes=all_spikes(cells, range(len(cells))))

    def _learning_synapses(
        self, cells: tuple[Population, ...], rates_hz: Array, rng: np.random.Generator
    ) -> Synapses:
        senders, targets = np.indices((self.n_pixels, self.size))
        # mean drive of 3 thresholds, over a membrane of TAU_M_MS
        mean_mv = 3.0 * THRESHOLD_MV / (TAU_M_MS / 1000.0 * rates_hz.sum())
        weights = mean_mv * rng.uniform(0.5, 1.5, self.n_pixels * self.size)
        drawn = connect(cells, 0, 1, "excitatory", (senders.ravel(), targets.ravel()), weights, 1)
        n = drawn.size
        model = SYNAPSE_MODELS["stdp_spike_pair_additive"]
        values = {name: parameter.default for name, parameter in model.parameters.items()}
        values |= {"w_max": 2.0 * mean_mv}
        parameters = {name: np.broadcast_to(float(value), n) for name, value in values.items()}
        return Synapses(
            drawn.name,
            0,
            1,
            "excitatory",
            drawn.indptr,
            drawn.target,
            drawn.weight,
            drawn.delay,
            model,
            parameters,
        )


def _random(
    cells: tuple[Population, ...],
    pre: int,
    post: int,
    in_degree: int,
    weight_mv: float,
    rng: np.random.Generator,
) -> Synapses:
    n_pre, n_post = cells[pre].size, cells[post].size
    senders = rng.integers(0, n_pre, in_degree * n_post)
    targets = np.repeat(np.arange(n_post), in_degree)
    receptor = "excitatory" if weight_mv > 0 else "inhibitory"
    return connect(cells, pre, post, receptor, (senders, targets), weight_mv, 1)
