"""How much two runs of one network may differ and still count as the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neurohw.analysis.compare import Agreement, PopulationAgreement

KS_ONE_IN_A_THOUSAND = 1.949  # sqrt(-log(0.001 / 2) / 2): Smirnov's asymptotic critical value


@dataclass(frozen=True)
class Tolerance:
    """The limits that ``Agreement.holds`` applies.

    Runs agree when their spikes are identical; or when nearly all spikes stand within one tick of their
    partner; or, for networks whose spikes scatter after the smallest change, when the statistics of every
    population agree.

    Attributes
    ----------
    timing : share of spikes that must have a partner within one tick; 0.999 is what stepped integration of
        conductance synapses reaches at a timestep of 0.1 ms.
    rate : largest relative difference of the mean rate.
    cv : largest difference of the mean coefficient of variation of the interspike intervals.
    ks : largest Kolmogorov-Smirnov distance of the distributions of rates and of CVs over cells. In
        populations so small that chance alone exceeds it, what chance exceeds once in a thousand.
    """

    timing: float = 0.999
    rate: float = 0.05
    cv: float = 0.1
    ks: float = 0.1

    def describe(self) -> str:
        """Return the limits in one sentence."""
        return (
            f"identical, or {self.timing * 100:g} % of the spikes within 1 tick, or in every population the "
            f"mean rate within {self.rate * 100:g} %, the mean CV of intervals within {self.cv:g} and the "
            f"distributions of both over cells within a Kolmogorov-Smirnov distance of {self.ks:g} (small "
            "populations: what chance exceeds once in 1000)"
        )

    def misses(self, agreement: Agreement) -> list[str]:
        """Return what exceeds the limits, one sentence each; empty when the runs agree."""
        if agreement.identical or agreement.share_within_one_tick >= self.timing:
            return []
        return [miss for population in agreement.populations for miss in self._misses(population)]

    def _misses(self, population: PopulationAgreement) -> Iterator[str]:
        where = f"population {population.name!r}"
        tested, reference = population.rate_hz
        if abs(tested - reference) > self.rate * reference:
            change = (tested - reference) / reference if reference else inf
            yield f"{where}: mean rate {tested:.4g} Hz, reference {reference:.4g} Hz ({change:+.1%})"
        tested_cv, reference_cv = population.cv
        if tested_cv is not None and reference_cv is not None and abs(tested_cv - reference_cv) > self.cv:
            yield f"{where}: mean CV of intervals {tested_cv:.3f}, reference {reference_cv:.3f}"
        for what, distance, sizes in (
            ("rates", population.rate_ks, (population.n_cells, population.n_cells)),
            ("CVs of intervals", population.cv_ks, population.cv_cells),
        ):
            limit = self._ks_limit(*sizes)
            if distance > limit:
                yield f"{where}: distributions of {what} are {distance:.3f} apart, allowed {limit:.3f}"

    def _ks_limit(self, left: int, right: int) -> float:
        if not left or not right:
            return inf
        return max(self.ks, KS_ONE_IN_A_THOUSAND * sqrt((left + right) / (left * right)))
