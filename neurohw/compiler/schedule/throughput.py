"""The throughput of a mapped network, guaranteed and simulated."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from neurohw.compiler.schedule.mapped import mapped_graph, mapping_of
from neurohw.compiler.schedule.program import guarantee_program, program_platform
from neurohw.dataflow import Certificate, Platform, late_starts, period_of, simulate
from neurohw.errors import GraphError
from neurohw.program import Program

Array = np.ndarray

MOST_CONNECTIONS = 100_000  # some 40 s
ITERATIONS, LEAST_ITERATIONS = 64, 4
MOST_STEPS = 30_000_000  # of packets over links, some 2 s, unless the least iterations take more
STEPS_OF_ITERATION = 30_000_000


@dataclass(frozen=True)
class MappedThroughput:
    """How fast a mapped network runs when clusters start as soon as packets and room are there."""

    certificate: Certificate  # of the guarantee; times are hardware cycles
    simulated_period: Fraction | None  # hardware cycles per iteration; None for the reason in not_simulated
    cycle_ns: float
    not_simulated: str | None = None

    @property
    def guaranteed_hz(self) -> float | None:
        """Iterations per s of the chip's time, at least; None where nothing limits them."""
        return self._rate(self.certificate.period)

    @property
    def simulated_hz(self) -> float | None:
        """Iterations per s of the chip's time in a self-timed execution with links that are really shared."""
        return None if self.simulated_period is None else self._rate(self.simulated_period)

    def _rate(self, period: Fraction) -> float | None:
        return 1e9 / (float(period) * self.cycle_ns) if period else None


def throughput_of_program(
    program: Program, spikes: Array, most_steps: int = STEPS_OF_ITERATION
) -> MappedThroughput:
    """Return the throughput that a mapped network has at least, and that of an execution with the longest times.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires in an iteration, at most.
    most_steps : of packets over links in an iteration; where there are more, nothing is simulated.

    Raises
    ------
    MappingError
        For a program without a chip.
    SettingError
        For spikes that are negative or not one number for each cell.
    GraphError
        For more than 100,000 pairs of clusters with spikes between them; should an execution ever be behind its
        guarantee.
    """
    chip, _, _ = mapping_of(program)
    n_connections = len(mapped_graph(program, spikes).channels)
    if n_connections > MOST_CONNECTIONS:
        raise GraphError(
            f"{n_connections:,} pairs of clusters with spikes between them; a throughput is guaranteed for "
            f"{MOST_CONNECTIONS:,} at most"
        )
    certificate = guarantee_program(program, spikes)
    platform = program_platform(program, certificate.pairs())
    steps = _steps(certificate, platform)
    if steps <= most_steps:
        return MappedThroughput(certificate, _simulated(certificate, platform, steps), chip.cycle_ns)
    reason = f"an iteration has {steps:,} steps of packets over links; at most {most_steps:,} are simulated"
    return MappedThroughput(certificate, None, chip.cycle_ns, reason)


def _simulated(certificate: Certificate, platform: Platform, steps: int) -> Fraction:
    n_iterations = max(LEAST_ITERATIONS, min(ITERATIONS, MOST_STEPS // max(1, steps)))
    starts = simulate(certificate, platform, n_iterations)
    late = late_starts(certificate, starts)
    if late:
        raise GraphError(f"a simulated execution is behind its guarantee, which must not be: {late[0]}")
    # nothing is late, and yet while buffers fill a mean may lie above what no execution exceeds in the long run
    return min(period_of(starts, n_iterations), certificate.period)


def _steps(certificate: Certificate, platform: Platform) -> int:
    """Return how many links packets take in an iteration."""
    tile = certificate.tile_of_actor
    pairs = ((c.production, (tile[c.source], tile[c.target])) for c in certificate.graph.channels)
    return sum(
        packets * (2 + len(platform.routes.get(pair, ()))) for packets, pair in pairs if pair[0] != pair[1]
    )
