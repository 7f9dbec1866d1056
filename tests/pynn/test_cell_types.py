"""Cell types whose parameters are not simply those of the network's model."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyNN.errors
import pytest

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network import verify
from neurohw.network.models import MODELS
from neurohw.pynn.lowering.network import lower


def lowered(sim):
    network = lower(sim.simulator.state)
    verify(network)
    return network.populations


def test_every_model_of_the_network_has_a_class(sim):
    cells = {getattr(sim, name).model.name for name in sim.list_standard_models() if name != "PointNeuron"}
    missing = {name for name in MODELS if not name.startswith("SpikeSource")} - cells
    assert not missing


def test_arrays_of_gif_become_numbered_parameters(sim):
    cells = sim.Population(2, sim.GIF_cond_exp(tau_eta=[(1, 2, 3), (4, 5, 6)], a_gamma=(7, 8, 9)))
    cells[1:].set(a_eta=(0.1, 0.2, 0.3))
    parameters = lowered(sim)[0].parameters
    assert [parameters[f"tau_eta{k}"].tolist() for k in (1, 2, 3)] == [[1, 4], [2, 5], [3, 6]]
    assert [parameters[f"a_gamma{k}"].tolist() for k in (1, 2, 3)] == [[7, 7], [8, 8], [9, 9]]
    assert [parameters[f"a_eta{k}"].tolist() for k in (1, 2, 3)] == [[1, 0.1], [1, 0.2], [1, 0.3]]
    assert parameters["tau_gamma3"].tolist() == [100, 100]
    assert cells.get("a_gamma").value.tolist() == [7, 8, 9]
    assert cells[1].tau_eta.value.tolist() == [4, 5, 6]


def test_an_array_of_the_wrong_length_is_refused(sim):
    with pytest.raises(pyNN.errors.InvalidParameterValueError, match="'g': tau_eta of cell 0 has 2 numbers"):
        sim.Population(1, sim.GIF_cond_exp(tau_eta=(1.0, 2.0)), label="g")
    cells = sim.Population(2, sim.GIF_cond_exp(), label="h")
    with pytest.raises(NetworkError, match="'h': a_eta of cell 1 has 4 numbers, must have 3"):
        cells.set(a_eta=[(1, 2, 3), (1, 2, 3, 4)])


def test_the_facets_hardware_is_a_cell_with_fixed_parameters(sim):
    sim.Population(2, sim.IF_facets_hardware1(g_leak=[20.0, 40.0], e_rev_I=-75.0))
    population = lowered(sim)[0]
    assert population.model.name == "IF_cond_exp"
    # 0.2 nF / 40 nS = 5 ms
    assert population.parameters["tau_m"].tolist() == [10.0, 5.0]
    fixed = {"cm": 0.2, "tau_refrac": 1.0, "e_rev_E": 0.0, "i_offset": 0.0, "e_rev_I": -75.0}
    assert {name: population.parameters[name].tolist() for name in fixed} == {
        name: [value] * 2 for name, value in fixed.items()
    }


def test_the_facets_hardware_leaks(sim):
    sim.Population(1, sim.IF_facets_hardware1(g_leak=0.0))
    with pytest.raises(NetworkError, match="g_leak = 0 nS, must be above 0"):
        lowered(sim)


@pytest.fixture
def composed(sim):
    """Two cells with a receptor of each kind."""
    celltype = sim.PointNeuron(
        sim.AdExp(tau_m=10.0, v_rest=-60.0),
        AMPA=sim.AlphaPSR(tau_syn=[1.0, 2.0]),
        GABAA=sim.BetaPSR(tau_rise=0.5, e_syn=-70.0),
        X=sim.CurrExpPostSynapticResponse(),
    )
    return sim.Population(2, celltype, initial_values={"v": -60.0, "AMPA.gsyn": 0.25})


def test_a_composed_cell_lowers_to_membrane_and_receptors(sim, composed):
    composed.record("all")
    population = lowered(sim)[0]
    receptors = {receptor.name: receptor.shape for receptor in population.model.receptors}
    assert receptors == {"AMPA": "cond_alpha", "GABAA": "cond_beta", "X": "curr_exp"}
    assert population.model.membrane == "adexp"
    values = {"AMPA.tau_syn": [1, 2], "GABAA.tau_rise": [0.5, 0.5], "GABAA.e_syn": [-70, -70]}
    assert {name: population.parameters[name].tolist() for name in values} == values
    assert population.initial["AMPA.gsyn"].tolist() == [0.25, 0.25]
    assert {probe.variable for probe in lower(sim.simulator.state).probes} == {
        *("spikes", "v", "w", "AMPA.gsyn", "GABAA.gsyn", "X.isyn")
    }


def test_parameters_of_receptors_are_read_and_set(composed):
    assert composed.get("tau_m") == 10.0
    assert composed.get("AMPA.tau_syn").tolist() == [1.0, 2.0]
    composed.set(**{"AMPA.tau_syn": 3.0})
    composed[1:].set(GABAA={"tau_decay": 4.0}, tau_m=5.0)
    assert composed.get(["AMPA.tau_syn", "GABAA.e_syn"]) == [3.0, -70.0]
    assert composed.get("GABAA.tau_decay").tolist() == [1.7, 4.0]
    assert composed[1].get_parameters()["tau_m"] == 5.0
    for wrong in ({"AMPA.tau": 1.0}, {"AMPA": {"tau": 1.0}}, {"NMDA.tau_syn": 1.0}, {"AMPA.locations": 1.0}):
        with pytest.raises(pyNN.errors.NonExistentParameterError):
            composed.set(**wrong)


def test_projections_address_receptors_by_name(sim, composed):
    with pytest.warns(UserWarning, match="conductance status unknown"):
        sim.Projection(
            composed, composed, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1), receptor_type="X"
        )
    assert lower(sim.simulator.state).synapses[0].receptor == "X"
    with pytest.raises(pyNN.errors.ConnectionError, match="has no receptor 'NMDA'; it has AMPA, GABAA, X"):
        sim.Projection(composed, composed, sim.AllToAllConnector(), receptor_type="NMDA")


def test_a_membrane_without_receptors(sim):
    cells = sim.Population(1, sim.PointNeuron(sim.LIF()))
    cells.set(cm=2.0)
    assert lowered(sim)[0].parameters["cm"].tolist() == [2.0]


def test_wrong_components_are_refused(sim):
    with pytest.raises(NetworkError, match="is no membrane; there are LIF, AdExp"):
        sim.PointNeuron(sim.IF_cond_exp())
    with pytest.raises(NetworkError, match=r"AMPA = 5\.0 is no receptor; there are CurrExpPost"):
        sim.PointNeuron(sim.LIF(), AMPA=5.0)
    with pytest.raises(UnsupportedError, match="no cell type LIF"):
        sim.Population(1, sim.LIF())


def test_units_of_recorded_signals(sim, book):
    cells = sim.Population(1, sim.Izhikevich()), sim.Population(1, sim.HH_cond_exp())
    for population in cells:
        population.record("all")
    sim.run(1.0)
    units = {
        signal.name: str(signal.dimensionality)
        for population in cells
        for signal in population.get_data().segments[0].analogsignals
    }
    assert units["u"] == "mV/ms"
    assert {units[name] for name in "mhn"} == {"dimensionless"}
    assert np.isclose(cells[0].get_data("u").segments[0].analogsignals[0].magnitude[-1, 0], 10.0)


@pytest.mark.parametrize("value", [{}, None, object(), "word"])
def test_a_value_that_is_no_number_is_pynns_error(sim, value):
    cells = sim.Population(3, sim.IF_curr_exp(), label="c")
    with pytest.raises(pyNN.errors.InvalidParameterValueError, match="tau_m"):
        cells.set(tau_m=value)
    with pytest.raises(pyNN.errors.InvalidParameterValueError, match="tau_m"):
        sim.Population(3, sim.IF_curr_exp(tau_m=value))
    with pytest.raises(pyNN.errors.InvalidParameterValueError, match="tau_m"):
        cells.set(cm=2.0, tau_m=value)
    assert (cells.get("cm"), cells.get("tau_m")) == (1.0, 20.0)


def test_a_subclass_of_a_script_s_needs_no_docstring(sim):
    class Fast(sim.IF_curr_exp):
        default_parameters: ClassVar = {**sim.IF_curr_exp.default_parameters, "tau_m": 5.0}

    assert sim.Population(2, Fast(v_rest=-70.0)).get("tau_m") == 5.0
    assert Fast.__doc__ == sim.IF_curr_exp.__doc__
