"""Sizes, cell types, structures, values and indices that populations take and refuse."""

from __future__ import annotations

import re

import numpy as np
import pyNN.errors
import pytest
from pyNN.parameters import Sequence
from pyNN.space import Grid2D

from neurohw.errors import NetworkError, NeurohwError, UnsupportedError
from neurohw.network import MOST_CELLS, Network, Population, verify
from neurohw.network.models import MODELS
from neurohw.pynn import cell_arguments


@pytest.fixture
def cells(sim):
    return sim.Population(3, sim.IF_curr_exp(), label="c")


@pytest.mark.parametrize("size", [2**31, 2**40, 10**30, (2**16, 2**15), np.int64(2**31)])
def test_a_network_has_as_many_cells_as_there_are_numbers(sim, size):
    with pytest.raises(
        NetworkError, match=r"population 'big': size [\d,]+ must be at most 2,147,483,647: a network"
    ):
        sim.Population(size, sim.IF_curr_exp(), label="big")
    assert sim.simulator.state.populations == []


def test_cells_of_other_populations_count(sim, cells, monkeypatch):
    monkeypatch.setattr(cell_arguments, "MOST_CELLS", 10)
    with pytest.raises(NetworkError, match=r"'d': size 8 must be at most 7: .* of which others have 3"):
        sim.Population(8, sim.IF_curr_exp(), label="d")
    sim.Population(7, sim.IF_curr_exp())


def test_a_network_made_by_hand_has_no_more_cells(sim):
    model = MODELS["SpikeSourceArray"]
    halves = [Population(name, model, first, 2**30, {}, {}) for name, first in (("a", 0), ("b", 2**30))]
    with pytest.raises(NetworkError, match=f"network: {2**31:,} cells, must be at most {MOST_CELLS:,}"):
        verify(Network(timestep_ms=0.1, populations=tuple(halves)))


def test_cells_that_the_memory_cannot_hold_are_refused_at_once(sim, monkeypatch):
    monkeypatch.setattr(cell_arguments, "_memory_bytes", lambda: 2e9)
    with pytest.raises(
        NetworkError, match=r"'d': 100,000,000 cells take \d+ GB at least, this machine has 2 GB"
    ):
        sim.Population(100_000_000, sim.IF_curr_exp(), label="d")
    sim.Population(1000, sim.IF_curr_exp())


@pytest.mark.parametrize("size", [1.5, "a", None, float("nan"), True, (2, 1.5), (), [3], (1, 2, 3, 4)])
def test_a_size_is_a_whole_number_or_some(sim, size):
    with pytest.raises(
        NetworkError, match=rf"'d': size {re.escape(repr(size))} must be a whole number, or a tuple"
    ):
        sim.Population(size, sim.IF_curr_exp(), label="d")


def test_sizes_of_numpy(sim):
    assert sim.Population(np.int32(3), sim.IF_curr_exp()).size == 3
    assert sim.Population((np.int64(2), 3), sim.IF_curr_exp()).size == 6


@pytest.mark.parametrize("celltype", ["IF_curr_exp", None, 3, int])
def test_a_cell_type_is_one(sim, celltype):
    with pytest.raises(UnsupportedError, match=r"'d': no cell type .*; there are IF_curr_delta, IF_curr_exp"):
        sim.Population(3, celltype, label="d")
    with pytest.raises(UnsupportedError, match=r"'d': no cell type StaticSynapse; there are"):
        sim.Population(3, sim.StaticSynapse(), label="d")


@pytest.mark.parametrize("structure", ["grid", Grid2D, 3])
def test_a_structure_is_one(sim, structure):
    with pytest.raises(
        NetworkError, match=r"'d': structure = .* must be an instance of a structure of pyNN.space"
    ):
        sim.Population(4, sim.IF_curr_exp(), structure=structure, label="d")


@pytest.mark.parametrize(
    ("values", "has"), [([1.0, 2.0], "2 values"), (np.ones((3, 3)), r"shape \(3, 3\)"), ([], "0 values")]
)
def test_values_are_one_for_each_cell(sim, cells, values, has):
    error = pyNN.errors.InvalidDimensionsError
    for chosen in (cells, cells[:1]):
        with pytest.raises(error, match=rf"c.*: tau_m has {has}, must be one number, or {chosen.size}"):
            chosen.set(v_rest=-70.0, tau_m=values)
    assert set(cells.get(["tau_m", "v_rest"])) == {20.0, -65.0}
    with pytest.raises(error, match=f"'c', initial values: v has {has}, must be one number, or 3"):
        cells.initialize(v=values)
    if len(values):
        with pytest.raises(error, match=f"'d': tau_m has {has}, must be one value, or 4"):
            sim.Population(4, sim.IF_curr_exp(tau_m=values), label="d")
    assert len(sim.simulator.state.populations) == 1


def test_an_array_without_dimensions_is_a_number(sim, cells):
    cells.set(tau_m=np.array(10.0))
    cells[1:].set(v_rest=np.array(-70))
    cells[0].tau_m = np.array(5.0)
    cells.initialize(v=np.array(-60.0))
    assert (list(cells.get("tau_m")), list(cells.get("v_rest"))) == ([5.0, 10.0, 10.0], [-65.0, -70.0, -70.0])
    assert (cells.initial_array("v") == -60.0).all()
    for size in (1, 3):
        made = sim.Population(
            size, sim.IF_curr_exp(tau_m=np.array(7.0)), initial_values={"v": np.array(-61.0)}
        )
        assert (made.get("tau_m"), made.initial_array("v")[-1]) == (7.0, -61.0)


def test_rows_of_several_lengths_are_no_values(sim, cells):
    for setter in (cells.set, cells.initialize):
        name = "tau_m" if setter == cells.set else "v"
        with pytest.raises(
            NetworkError, match=rf"'c'.*: {name} has rows of several lengths, must be numbers"
        ):
            setter(**{name: [[1.0], [2.0, 3.0], 4.0]})


def test_initial_values_of_which_one_is_refused_stay(sim, cells):
    for wrong in ({"isyn_exc": [1.0]}, {"isyn": 1.0}, {"isyn_exc": "x"}):
        with pytest.raises(NetworkError):
            cells.initialize(v=-60.0, **wrong)
    assert (cells.initial_array("v") == -65.0).all()


@pytest.mark.parametrize("values", [{"v": [1.0, 2.0]}, {"foo": 1.0}, {"v": "x"}])
def test_a_population_that_is_refused_takes_no_numbers(sim, cells, values):
    n_recorders = len(sim.simulator.state.recorders)
    with pytest.raises(NetworkError):
        sim.Population(4, sim.IF_curr_exp(), initial_values=values)
    assert int(sim.Population(2, sim.IF_curr_exp())[0]) == 3
    assert len(sim.simulator.state.recorders) == n_recorders + 1
    verify(sim.simulator.state.prepare().network)


def test_messages_show_the_beginning_of_long_values(sim, cells):
    long = [1.0] * 100_000
    for refused in (
        lambda: sim.Population(long, sim.IF_curr_exp()),
        lambda: sim.IF_curr_exp(tau_m="x", v_rest=long),
        lambda: cells.initialize(v=["x", *long]),
        lambda: cells[long],
        lambda: sim.FixedProbabilityConnector(long),
        lambda: sim.run(long),
    ):
        with pytest.raises(NeurohwError) as caught:
            refused()
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", ["x", None, object()])
def test_an_initial_value_is_a_number(sim, cells, value):
    with pytest.raises(
        NetworkError, match=r"'c': initial v = .* must be a number, an array, a distribution or"
    ):
        cells.initialize(v=value)
    assert (cells.initial_array("v") == -65.0).all()


@pytest.mark.parametrize("index", [3, -4, np.int64(99)])
def test_an_index_is_that_of_a_cell(sim, cells, index):
    with pytest.raises(IndexError, match=rf"population 'c': no cell {index}, it has 3"):
        cells[index]
    with pytest.raises(IndexError, match=r"population 'c': \[.*\] chooses no cells, it has 3: index"):
        cells[[int(index)]]


def test_a_mask_is_as_long_as_the_population(sim, cells):
    with pytest.raises(
        NetworkError, match=r"population 'c': .* chooses no cells, it has 3: boolean index did not"
    ):
        cells[np.array([True, False])]
    assert (int(cells[-1]), cells[np.array([True, False, True])].size) == (2, 2)


@pytest.mark.parametrize(
    "times",
    [
        lambda i: [Sequence([1.0 + k]) for k in i],
        lambda i: [[1.0 + k] for k in i],
        lambda i: [np.array([1.0 + k]) for k in i],
    ],
)
def test_functions_of_spike_times_return_a_list_for_each_cell(sim, times):
    sources = sim.Population(3, sim.SpikeSourceArray(spike_times=times))
    assert [list(own.value) for own in sources.get("spike_times")] == [[1.0], [2.0], [3.0]]
    sim.run(5.0)


@pytest.mark.parametrize(
    "times",
    [
        lambda i: Sequence([1.0]),
        lambda i: [1.0 + i],
        lambda i: 1.0 + i,
        lambda i: [[1.0], [2.0]],
        lambda i: [[[1.0]]] * 3,
        lambda i: "x",
        lambda i: None,
    ],
)
def test_functions_that_return_something_else_are_told_so(sim, times):
    message = "population 's': spike_times = .*, must be a list of numbers for each of 3 cells; a function is"
    with pytest.raises(NetworkError, match=message):
        sim.Population(3, sim.SpikeSourceArray(spike_times=times), label="s")
    assert sim.run(1.0) == 1.0
