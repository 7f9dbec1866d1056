"""Cells that are stepped together: each as if it were alone, to the last bit, whatever the others do."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import (
    MODELS,
    CellModel,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    csr_from_pairs,
)
from neurohw.program import Program
from neurohw_event.cache_lines import CACHE_LINE
from neurohw_event.cells import make_cells
from neurohw_event.kernels.loop import run_ticks
from neurohw_event.layout import Kind, kind_of
from neurohw_event.shares import _own_cells
from neurohw_event.stepped_layout import LANES, LENGTH, OFFSET
from neurohw_event.support import MOST_DECAYS
from tests.examples import compiled_only, examples
from tests.stepped_networks import ALL, DRIVE, lone_cell

Array = np.ndarray
N_TICKS = 60 if hasattr(run_ticks, "signatures") else 12
N_CELLS = LANES + 11  # one batch, and a part of one


def cells_apart(model: CellModel, which: Array, seed: int, varied: bool, **extreme: float) -> Network:
    """Return the cells ``which`` of a population of N_CELLS that do not know each other.

    Each has a source, a state and a current of its own, where ``varied`` parameters too; some are silent.
    """
    rng = np.random.default_rng(seed)
    bias, weight = DRIVE.get(model.name, (1.0, 0.05))
    p = {name: np.full(N_CELLS, declared.default) for name, declared in model.parameters.items()}
    p |= {name: np.full(N_CELLS, value) for name, value in extreme.items()}
    for name in p:
        if varied and (name.startswith(("tau", "cm")) or ".tau" in name):
            p[name] = p[name] * rng.uniform(0.7, 1.4, N_CELLS)
    if model.membrane == "gif":
        p["lambda0"] = np.zeros(N_CELLS)  # when a cell fires at random hangs on its number
    trains = [np.sort(rng.integers(0, N_TICKS, rng.integers(0, 4))) for _ in range(N_CELLS)]
    v_mv, step_na = (
        rng.uniform(-75, -45, N_CELLS),
        bias * rng.uniform(0, 2, N_CELLS) * rng.integers(0, 2, N_CELLS),
    )
    sizes = weight * rng.uniform(-0.1, 2, (len(model.receptors), N_CELLS))
    n = len(which)
    cells = Population("cells", model, 0, n, {k: x[which] for k, x in p.items()}, {"v": v_mv[which]})
    own = SpikeTrains.from_lists([trains[cell] for cell in which])
    source = Population("sources", MODELS["SpikeSourceArray"], n, n, {}, trains=own)
    one = np.arange(n)
    synapses = tuple(
        Synapses(r.name, 1, 0, r.name, *csr_from_pairs(one, one, n, sizes[k, which], np.ones(n)))
        for k, r in enumerate(model.receptors)
    )
    currents = CurrentSteps(one, np.full(n, 5), step_na[which])
    probes = tuple(Probe(0, variable, one) for variable in ("spikes", *model.variables))
    return Network(0.1, (cells, source), synapses, currents, probes)


def run(network: Network, threads: int = 1):
    with load("event").open(Program(network), threads=threads) as session:
        session.advance(N_TICKS)
        return session.result()


def assert_as_alone(
    model: CellModel, seed: int, varied: bool, some: Array, extreme: Mapping[str, float]
) -> None:
    together = run(cells_apart(model, np.arange(N_CELLS), seed, varied, **extreme))
    for cell in some:
        alone = run(cells_apart(model, np.array([cell]), seed, varied, **extreme))
        np.testing.assert_array_equal(together.spikes.ticks[together.spikes.ids == cell], alone.spikes.ticks)
        for key, samples in alone.traces.items():
            np.testing.assert_array_equal(
                together.traces[key][:, cell], samples[:, 0], err_msg=str((key, cell))
            )


@pytest.mark.parametrize("varied", [False, True])
@pytest.mark.parametrize("name", [name for name in ALL if kind_of(ALL[name]) == Kind.STEPPED])
def test_cells_go_as_if_they_were_alone(name: str, varied: bool) -> None:
    """The last is what is left over where lanes are used in words; others are in the middle, and in both batches."""
    assert_as_alone(ALL[name], 3, varied, np.array([0, 9, LANES - 1, LANES, N_CELLS - 1]), {})


EXTREME = {
    "EIF_cond_exp_isfa_ista": {
        "v_spike": st.floats(-60, 1000),
        "delta_T": st.one_of(st.just(0.0), st.floats(1e-12, 100)),
        "i_offset": st.floats(-1e3, 1e3),
        "a": st.floats(-1e3, 1e3),
        "tau_w": st.floats(0.5, 1e4),
        "tau_m": st.floats(0.5, 1e3),
    },
    "HH_cond_exp": {
        "gbar_Na": st.floats(0.0, 1e3),
        "gbar_K": st.floats(0.0, 1e3),
        "i_offset": st.floats(-1e3, 1e3),
        "v_offset": st.floats(-1e3, 1e3),
        "cm": st.floats(1e-3, 10.0),
    },
    "EIF_cond_alpha_isfa_ista": {"tau_syn_E": st.floats(1e-3, 10.0), "tau_syn_I": st.floats(1e-3, 10.0)},
    "Izhikevich": {
        "a": st.floats(-1.0, 1.0),
        "i_offset": st.floats(-10.0, 10.0),
        "c": st.floats(-100.0, 100.0),
    },
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[compiled_only] * (name == "HH_cond_exp")) for name in EXTREME]
)
@given(data=st.data(), seed=st.integers(0, 2**32))
@examples(6)
def test_cells_with_extreme_parameters_go_as_if_they_were_alone(
    name: str, data: st.DataObject, seed: int
) -> None:
    extreme = data.draw(st.fixed_dictionaries(EXTREME[name]))
    some = np.random.default_rng(seed).integers(0, N_CELLS, 2)
    assert_as_alone(ALL[name], seed, False, some, extreme)


@pytest.mark.parametrize("name", ["EIF_cond_exp_isfa_ista", "HH_cond_exp", "Izhikevich", "IF_cond_alpha"])
def test_two_threads_change_nothing(name: str) -> None:
    """Shares begin in the middle of a population's columns."""
    network = cells_apart(ALL[name], np.arange(N_CELLS), 5, False)
    one, two = run(network), run(network, threads=2)
    assert one.spikes.digest() == two.spikes.digest()
    for key, samples in one.traces.items():
        np.testing.assert_array_equal(two.traces[key], samples)


@pytest.mark.parametrize("model", [ALL["HH_cond_exp"], ALL["adexp of all shapes"]])
def test_rows_and_columns_begin_with_cache_lines(model: CellModel) -> None:
    """A load across two lines takes twice as long."""
    network = cells_apart(model, np.arange(N_CELLS), 1, False)
    cells = make_cells(network, 0, 0)
    whole = SimpleNamespace(cells=cells, network=network)
    share = _own_cells(whole, np.array([population.first for population in network.populations]))
    for own in (cells, share):
        assert own.stepped.batch.ctypes.data % CACHE_LINE == 0
    offset, length = cells.stepped.block[0, [OFFSET, LENGTH]]
    assert (cells.values.ctypes.data + offset * cells.values.itemsize) % CACHE_LINE == 0
    assert length >= N_CELLS
    assert length * cells.values.itemsize % CACHE_LINE == 0


def test_populations_of_different_cells_take_turns_in_a_batch() -> None:
    """Constants of one population are not those of the other, whether its cells share them or not."""
    model = MODELS["IF_cond_alpha"]
    parts = [cells_apart(model, np.arange(7), 1, False), cells_apart(model, np.arange(7), 1, True)]
    first, second = parts[0].populations[0], parts[1].populations[0]
    v = Probe(0, "v", np.arange(7)), Probe(1, "v", np.arange(7))
    other = Population("varied", model, 7, 7, second.parameters, second.initial)
    both = run(Network(0.1, (first, other), (), CurrentSteps.none(), v))
    for index, population in enumerate((first, second)):
        alone = run(Network(0.1, (population,), (), CurrentSteps.none(), v[:1]))
        np.testing.assert_array_equal(both.traces[index, "v"], alone.traces[0, "v"])


@compiled_only
@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("IF_cond_alpha", "tau_m"),
        ("EIF_cond_exp_isfa_ista", "tau_w"),
        ("GIF_cond_exp", "tau_m"),
        ("HH_cond_exp", "cm"),
    ],
)
def test_membranes_faster_than_the_shortest_step_are_refused(model: str, name: str) -> None:
    least = (
        0.1 / MOST_DECAYS * (26.01 if model == "HH_cond_exp" else 1.0)
    )  # 26.01 uS are all its conductances
    network = lone_cell(MODELS[model], **{name: 0.99 * least})
    (reason,) = load("event").unsupported(Program(network), "ideal")
    assert f"{name} " in reason
    assert "must be at least 1.90735e-07 ms" in reason
    with load("event").open(
        Program(lone_cell(MODELS[model], **{name: 1.01 * least})), fidelity="ideal"
    ) as session:
        session.advance(2)
        assert np.isfinite(session.result().traces[0, "v"]).all()
