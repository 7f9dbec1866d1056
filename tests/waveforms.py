"""Random waveforms for the random networks of ``tests.networks``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neurohw.backend import load
from neurohw.network import Network, Waveform, verify
from neurohw.program import Program
from tests.networks import UNTIL_TICK


def waved(network: Network, seed: int) -> Network:
    """Return the network with up to four waveforms into some of its neurons, several into one cell among them."""
    rng = np.random.default_rng(seed)
    neurons = np.concatenate([list(p.ids) for p in network.populations if not p.model.is_source])
    waveforms = tuple(_waveform(rng, neurons, stream) for stream in range(rng.integers(1, 5)))
    changed = replace(network, waveforms=waveforms)
    verify(changed)
    return changed


def _waveform(rng: np.random.Generator, neurons: np.ndarray, stream: int) -> Waveform:
    start = int(rng.integers(-5, UNTIL_TICK))
    return Waveform(
        neuron=rng.choice(neurons, rng.integers(0, 6)),
        shape=str(rng.choice(["sine", "noise"])),
        start=start,
        stop=int(rng.choice([start, start + 1, start + 80, 2**60])),
        level_na=float(rng.uniform(-0.3, 0.6)),
        size_na=float(rng.uniform(0, 0.8)),
        every=int(rng.choice([1, 1, 3, 10])),
        frequency_hz=float(rng.uniform(0, 200)),
        phase_deg=float(rng.uniform(-400, 400)),
        stream=stream,
    )


def run(network: Network, *stops: int, seed: int = 0, changes=None, backend: str = "event"):
    """Return the result of a run in parts; ``changes`` maps stops to the networks to go on with."""
    with load(backend).open(Program(network), seed=seed) as session:
        for stop in stops:
            session.advance(stop)
            if changes and stop in changes:
                session.set(Program(changes[stop]))
        return session.result()


def assert_same(result, oracle, atol: float = 1e-8) -> None:
    """Spikes are identical, samples within ``atol``."""
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    for key, samples in oracle.traces.items():
        np.testing.assert_allclose(result.traces[key], samples, rtol=0, atol=atol, err_msg=str(key))
