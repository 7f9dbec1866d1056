"""Random spike sources: the distribution of their intervals, dead times, windows, changes, and chunks of a run."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from neurohw.errors import NetworkError
from neurohw.network import MODELS, Histograms, Network, Population, verify
from neurohw.network.sources import SourceTrains, is_restarted
from neurohw.network.sources.gamma import gamma_deviate, gamma_hazard
from neurohw.network.sources.processes import poisson_next, spike_tick
from tests.examples import examples
from tests.naive.sources import Stretch, source_ticks

TIMESTEP_MS = 1e-3  # fine, so that intervals are not quantised
FOREVER_MS = 1e10
SIGNIFICANT = 1e-4  # p of the fixed seeds lies well above
POISSON_OF_SEED_5 = [(1, 80), (0, 186), (0, 246), (0, 303)]


def source(model: str, size: int = 1, first: int = 7, histogram=None, **parameters: float) -> Population:
    values = {"start": 0.0, "duration": FOREVER_MS, **parameters}
    arrays = {name: np.full(size, value) for name, value in values.items()}
    histograms = None
    if histogram is not None:
        tbins, a, b = (np.tile(column, size) for column in histogram)
        histograms = Histograms(np.arange(size + 1) * len(histogram[0]), tbins, a, b)
    return Population("source", MODELS[model], first, size, arrays, histograms=histograms)


def spike_times(population: Population, until_ms: float, seed: int = 3) -> list[np.ndarray]:
    cells, ticks = SourceTrains(population, TIMESTEP_MS, seed).advance(round(until_ms / TIMESTEP_MS))
    return [ticks[cells == cell] * TIMESTEP_MS for cell in range(population.size)]


def intervals(population: Population, until_ms: float) -> np.ndarray:
    return np.concatenate([np.diff(times, prepend=0.0) for times in spike_times(population, until_ms)])


def test_poisson_spikes_stay_what_they_were() -> None:
    """Fixed numbers: a train is a function of the seed, in every version."""
    cells, ticks = SourceTrains(source("SpikeSourcePoisson", 2, rate=50.0), 0.1, 5).advance(400)
    assert list(zip(cells.tolist(), ticks.tolist(), strict=True)) == POISSON_OF_SEED_5


@pytest.mark.parametrize("shape", [0.05, 0.3, 0.999, 1.0, 2.0, 7.5, 150.0])
def test_the_hazard_is_density_over_survival(shape: float) -> None:
    x = np.concatenate([np.geomspace(1e-6, 1, 40), shape * np.linspace(0.2, 1.5, 40) + 1])
    expected = np.exp(stats.gamma.logpdf(x, shape) - stats.gamma.logsf(x, shape))
    np.testing.assert_allclose([gamma_hazard(shape, value) for value in x], expected, rtol=1e-9)
    assert gamma_hazard(shape, 1e6) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("shape", [0.2, 1.0, 1.5, 30.0])
def test_deviates_are_gamma_distributed(shape: float) -> None:
    deviates, count = np.empty(5000), 0
    for i in range(deviates.size):
        deviates[i], count = gamma_deviate(11, 2, count, shape)
    assert stats.kstest(deviates, stats.gamma(shape).cdf).pvalue > SIGNIFICANT


def test_dead_time_is_kept_and_the_rate_includes_it() -> None:
    found = intervals(source("SpikeSourcePoissonRefractory", 5, rate=100.0, tau_refrac=4.0), 10_000.0)
    assert found.min() >= 4.0 - 2 * TIMESTEP_MS
    assert stats.kstest(found, stats.expon(4.0, 6.0).cdf).pvalue > SIGNIFICANT
    assert found.mean() == pytest.approx(10.0, rel=0.03)
    assert found.std() / found.mean() == pytest.approx(0.6, rel=0.05)


def test_without_dead_time_it_is_the_poisson_source() -> None:
    plain = spike_times(source("SpikeSourcePoisson", 3, rate=80.0), 500.0)
    dead = spike_times(source("SpikeSourcePoissonRefractory", 3, rate=80.0, tau_refrac=0.0), 500.0)
    for one, other in zip(plain, dead, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("alpha", [0.5, 2.0, 9.0])
def test_gamma_intervals(alpha: float) -> None:
    found = intervals(source("SpikeSourceGamma", 5, alpha=alpha, beta=50 * alpha), 20_000.0)
    assert stats.kstest(found, stats.gamma(alpha, scale=20 / alpha).cdf).pvalue > SIGNIFICANT
    assert found.mean() == pytest.approx(20.0, rel=0.05)
    assert found.std() / found.mean() == pytest.approx(alpha**-0.5, rel=0.06)


def test_thinning_of_a_constant_histogram_makes_gamma_intervals() -> None:
    population = source("SpikeSourceInhGamma", 5, histogram=([0.0, 300.0], [3.0, 3.0], [0.005, 0.005]))
    found = intervals(population, 20_000.0)
    assert stats.kstest(found, stats.gamma(3.0, scale=5.0).cdf).pvalue > SIGNIFICANT


def test_the_rate_follows_the_histogram() -> None:
    bins = ([100.0, 1100.0, 2100.0], [1.0, 4.0, 2.0], [0.02, 0.0025, 0.25])
    times = np.concatenate(spike_times(source("SpikeSourceInhGamma", 400, histogram=bins), 3100.0))
    counts = np.histogram(times, [0, 100, 1100, 2100, 3100])[0]
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:3] / 400, [50.0, 100.0], rtol=0.03)
    assert counts[3] / 400 == pytest.approx(2.0, rel=0.2)


def test_time_rescaling_of_a_changing_hazard() -> None:
    """Integrated hazards between spikes are exponential (Brown et al. 2002), whatever the bins."""
    bins = (np.arange(0.0, 3000.0, 7.0), 1 + np.arange(429) % 5, 0.002 + 0.001 * (np.arange(429) % 3))
    rescaled = []
    for times in spike_times(source("SpikeSourceInhGamma", 20, histogram=bins), 3000.0):
        edges = np.concatenate([[0.0], times])
        for last, spike in pairwise(edges):
            rescaled.append(_integrated_hazard(last, spike, *bins))
    assert stats.kstest(rescaled, stats.expon.cdf).pvalue > SIGNIFICANT


def _integrated_hazard(last, spike, tbins, a, b):
    inner = tbins[(tbins > last) & (tbins < spike)]
    edges = np.concatenate([[last], inner, [spike]])
    at = np.searchsorted(tbins, edges[:-1], side="right") - 1
    ages = (edges - last) / 1000
    survival = stats.gamma.logsf(ages[:-1], a[at], scale=b[at]) - stats.gamma.logsf(
        ages[1:], a[at], scale=b[at]
    )
    return survival.sum()


EVERY_MODEL = {
    "SpikeSourcePoisson": {"rate": 300.0},
    "SpikeSourcePoissonRefractory": {"rate": 300.0, "tau_refrac": 2.0},
    "SpikeSourceGamma": {"alpha": 2.5, "beta": 700.0},
    "SpikeSourceInhGamma": {"histogram": ([0.0, 60.0], [2.0, 5.0], [0.002, 0.001])},
}


@pytest.mark.parametrize("model", EVERY_MODEL)
@given(stops=st.lists(st.integers(0, 200_000), max_size=6).map(sorted))
@examples(10)
def test_chunks_change_nothing(model: str, stops: list[int]) -> None:
    population = source(model, 20, **EVERY_MODEL[model])
    whole = SourceTrains(population, TIMESTEP_MS, 1).advance(200_000)
    trains = SourceTrains(population, TIMESTEP_MS, 1)
    parts = [trains.advance(stop) for stop in [*stops, 200_000]]
    for index, expected in enumerate(whole):
        np.testing.assert_array_equal(np.concatenate([part[index] for part in parts]), expected)


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_spikes_stay_inside_the_window(model: str) -> None:
    times = np.concatenate(
        spike_times(source(model, 50, **EVERY_MODEL[model], start=20.0, duration=30.0), 200.0)
    )
    assert times.size > 100
    assert 20.0 < times.min() < 25.0
    assert 45.0 < times.max() <= 50.0 + TIMESTEP_MS


@pytest.mark.parametrize("model", ["SpikeSourcePoissonRefractory", "SpikeSourceGamma", "SpikeSourceInhGamma"])
def test_changing_often_leaves_the_distribution_as_it_is(model: str) -> None:
    """The time since the last spike is kept: parameters that only seem to change have no effect on intervals."""
    parameters = EVERY_MODEL[model]
    if "histogram" in parameters:
        parameters = {"histogram": ([0.0], [2.5], [1 / 700])}
    population = source(model, 100, **parameters)
    trains, found = SourceTrains(population, TIMESTEP_MS, 1), []
    for ms in range(1, 301):
        found.append(trains.advance(ms * 1000))
        trains.restart(population, float(ms))
    cells, ticks = (np.concatenate(column) for column in zip(*found, strict=True))
    gaps = [np.diff(ticks[cells == cell] * TIMESTEP_MS, prepend=0.0) for cell in range(100)]
    law = stats.gamma(2.5, scale=1 / 0.7)
    if model == "SpikeSourcePoissonRefractory":
        law = stats.expon(2.0, 1000 / 300 - 2.0)
        assert np.concatenate(gaps).min() >= 2.0 - 2 * TIMESTEP_MS
    assert stats.kstest(np.concatenate(gaps), law.cdf).pvalue > SIGNIFICANT


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_a_start_that_is_moved_to_earlier_holds(model: str) -> None:
    """What a source had for its start counts as a spike only once it has come."""
    parameters = EVERY_MODEL[model]
    moved = source(model, 20, **parameters, start=20.0)
    trains = SourceTrains(source(model, 20, **parameters, start=500.0), TIMESTEP_MS, 1)
    trains.advance(10_000)
    trains.restart(moved, 10.0)
    _, ticks = trains.advance(40_000)
    assert 20.0 < ticks.min() * TIMESTEP_MS < 25.0
    expected = np.concatenate(spike_times(moved, 40.0)).size
    assert ticks.size == pytest.approx(expected, abs=5 * expected**0.5)


BUSY_HZ = 2500.0  # 0.25 spikes a tick

STRETCHES = st.lists(
    st.builds(
        Stretch,
        from_tick=st.integers(1, 400),
        rate=st.sampled_from([0.0, 40.0, 150.0, BUSY_HZ]),
        tau_refrac=st.sampled_from([0.0, 2.0, 6.5]),
        start=st.sampled_from([0.0, 5.0, 17.3, 17.33, 60.0]),
        duration=st.sampled_from([1e10, 20.0, 20.04, 0.02]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda stretch: stretch.from_tick,
)


# a start that is moved away and back: the spike before it still has its dead time
MOVED_AND_BACK = [
    Stretch(0, 0.0, 0.0, 0.0, 1e10),
    Stretch(2, 40.0, 0.0, 0.0, 1e10),
    Stretch(103, 0.0, 0.0, 17.3, 1e10),
    Stretch(104, 40.0, 2.0, 0.0, 1e10),
]


@given(STRETCHES, st.integers(0, 5), st.booleans())
@example(MOVED_AND_BACK, 0, True)
@examples(150)
def test_any_changes_against_the_definition(stretches: list[Stretch], seed: int, has_dead_time: bool) -> None:
    """Rates, dead times and windows that change in any order, also before the start has come."""
    stretches = sorted(stretches, key=lambda stretch: stretch.from_tick)
    stretches[0] = replace(stretches[0], from_tick=0)
    if not has_dead_time:
        stretches = [replace(stretch, tau_refrac=0.0) for stretch in stretches]
    else:
        stretches = [replace(stretch, rate=min(stretch.rate, 150.0)) for stretch in stretches]
    model = MODELS["SpikeSourcePoissonRefractory" if has_dead_time else "SpikeSourcePoisson"]
    populations = [
        Population("p", model, 3, 1, {name: np.full(1, getattr(s, name)) for name in model.parameters})
        for s in stretches
    ]
    trains = SourceTrains(populations[0], 0.1, seed)
    ticks: list[int] = []
    for stretch, before, after in zip(stretches[1:], populations, populations[1:], strict=False):
        ticks += trains.advance(stretch.from_tick)[1].tolist()
        if is_restarted(before, after):
            trains.restart(after, stretch.from_tick * 0.1)
    ticks += trains.advance(1000)[1].tolist()
    distinct = [s for i, s in enumerate(stretches) if i == 0 or is_restarted(*populations[i - 1 : i + 1])]
    assert ticks == source_ticks(distinct, 1000, 0.1, seed, 3, has_dead_time)


def test_a_change_of_histogram_is_a_change() -> None:
    one = source("SpikeSourceInhGamma", histogram=([0.0], [2.0], [0.01]))
    same = source("SpikeSourceInhGamma", histogram=([0.0], [2.0], [0.01]))
    other = source("SpikeSourceInhGamma", histogram=([0.0], [2.0], [0.02]))
    assert (is_restarted(one, same), is_restarted(one, other)) == (False, True)
    assert Network(0.1, (one,)).digest() == Network(0.1, (same,)).digest() != Network(0.1, (other,)).digest()


@pytest.mark.parametrize(
    ("time_ms", "tick"), [(0.0, 0), (0.05, 1), (0.1, 1), (0.1 + 1e-12, 1), (0.1001, 2), (0.3, 3), (0.7, 7)]
)
def test_a_spike_stands_on_the_first_tick_not_before_it(time_ms: float, tick: int) -> None:
    assert spike_tick(time_ms, 0.1) == tick


@pytest.mark.parametrize("start_ms", [1e13, 1e18, 1e300])
@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ("SpikeSourcePoisson", {"rate": 50.0}),
        ("SpikeSourcePoisson", {"rate": 9000.0}),
        ("SpikeSourcePoissonRefractory", {"rate": 50.0, "tau_refrac": 1.0}),
        ("SpikeSourceGamma", {"alpha": 2.0, "beta": 50.0}),
    ],
)
def test_a_source_that_starts_after_all_runs_never_fires(
    model: str, parameters: dict, start_ms: float
) -> None:
    (times,) = spike_times(source(model, start=start_ms, **parameters), 100.0)
    assert len(times) == 0


def test_a_source_without_a_rate_never_fires() -> None:
    assert poisson_next(1, 0, 0, 10.0, 0.0) == (np.inf, 1)
    assert intervals(source("SpikeSourcePoissonRefractory", rate=0.0, tau_refrac=5.0), 1e5).size == 0


@pytest.mark.parametrize(
    ("population", "problem"),
    [
        (source("SpikeSourceInhGamma"), "needs 1 histograms"),
        (
            source("SpikeSourceInhGamma", histogram=([], [], [])),
            r"number of bins\[0\] = 0, must be at least 1",
        ),
        (source("SpikeSourceInhGamma", histogram=([0, 0], [1, 1], [1, 1])), r"tbins\[1\] = 0.0, must be asc"),
        (source("SpikeSourceInhGamma", histogram=([0], [0.5], [1])), r"a\[0\] = 0.5, must be at least 1"),
        (source("SpikeSourceInhGamma", histogram=([0], [2], [0])), r"b\[0\] = 0.0, must be above 0 s"),
        (source("SpikeSourceInhGamma", histogram=([0, 1], [2], [1])), r"a has shape \(1,\), expected \(2,\)"),
        (source("SpikeSourcePoissonRefractory", rate=100.0, tau_refrac=10.0), "must be below 1000 / rate ms"),
    ],
)
def test_faults_are_named(population: Population, problem: str) -> None:
    with pytest.raises(NetworkError, match=f"population 'source': .*{problem}"):
        verify(Network(0.1, (Population(**{**vars(population), "first": 0}),)))
