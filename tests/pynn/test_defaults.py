"""Defaults, units and initial values of the network's models against PyNN's tables of standard models."""

from __future__ import annotations

import numpy as np
import pyNN.standardmodels.cells as pynn_cells
import pyNN.standardmodels.receptors as pynn_receptors
import pyNN.standardmodels.synapses as pynn_synapses
import pytest

from neurohw.network.models import MODELS, point_neuron
from neurohw.network.synapse_models import SYNAPSE_MODELS

SYNAPSES = {
    "static": "StaticSynapse",
    "tsodyks_markram": "TsodyksMarkramSynapse",
    "simple_stochastic": "SimpleStochasticSynapse",
    "stochastic_tsodyks_markram": "StochasticTsodyksMarkramSynapse",
    "multi_quantal": "MultiQuantalSynapse",
}
RULES = {
    "spike_pair": "SpikePairRule",
    "vogels_2011": "Vogels2011Rule",
    "additive": "AdditiveWeightDependence",
    "multiplicative": "MultiplicativeWeightDependence",
    "additive_potentiation_multiplicative_depression": "AdditivePotentiationMultiplicativeDepression",
    "gutig": "GutigWeightDependence",
}
RECEPTORS = {
    "curr_exp": "CurrExpPostSynapticResponse",
    "cond_exp": "CondExpPostSynapticResponse",
    "cond_alpha": "CondAlphaPostSynapticResponse",
    "cond_beta": "CondBetaPostSynapticResponse",
}


def numbered(values):
    """Return the numbers among the values of a table; an array ``x`` of three as ``x1``, ``x2``, ``x3``."""
    flat = {}
    for name, value in values.items():
        array = getattr(value, "value", value)
        if isinstance(array, int | float):
            flat[name] = array
        elif name.startswith(("a_", "tau_")):
            flat |= {f"{name}{k}": number for k, number in enumerate(array, 1)}
    return flat


def declared(parameters):
    return {name: parameter.default for name, parameter in parameters.items()}


def theirs(table, *names, without=()):
    """Return the defaults of PyNN's standard models of these names, taken together."""
    found = {}
    for name in names:
        found |= getattr(table, name).default_parameters
    return numbered({name: value for name, value in found.items() if name not in without})


@pytest.mark.parametrize("name", MODELS)
def test_a_cell_model(name):
    model, cell = MODELS[name], getattr(pynn_cells, name)
    assert declared(model.parameters) == theirs(pynn_cells, name)
    for parameter, declaration in model.parameters.items():
        unit = cell.units.get(parameter) or cell.units[parameter.rstrip("123")]
        assert declaration.unit == unit or {declaration.unit, unit} == {"", "dimensionless"}, parameter
    assert dict(model.variables) == {
        variable: cell.units[variable] for variable in cell.default_initial_values
    }


@pytest.mark.parametrize(("membrane", "name"), [("lif", "LIF"), ("adexp", "AdExp")])
@pytest.mark.parametrize("shape", RECEPTORS)
def test_a_composed_cell(membrane, name, shape):
    receptor = theirs(pynn_receptors, RECEPTORS[shape], without=("locations",))
    expected = theirs(pynn_cells, name) | {f"X.{key}": value for key, value in receptor.items()}
    assert declared(point_neuron(membrane, {"X": shape}).parameters) == expected


@pytest.mark.parametrize("name", SYNAPSE_MODELS)
def test_a_synapse_model(name):
    model = SYNAPSE_MODELS[name]
    ours = declared(model.parameters)
    if model.learns:
        expected = theirs(pynn_synapses, RULES[model.timing], RULES[model.weight_dependence])
        assert ours.pop("dendritic_delay_fraction") == 1.0
    else:
        expected = theirs(pynn_synapses, SYNAPSES[name], without=("weight", "delay"))
    ours.pop("tau_psc", None)  # of the target's receptor
    assert ours == expected


def test_every_value_of_a_default_cell_is_the_models(sim):
    for name, model in MODELS.items():
        cells = sim.Population(1, getattr(sim, name)())
        values = cells.celltype.network_parameters(cells.native_values)
        np.testing.assert_equal({p: array.item() for p, array in values.items()}, declared(model.parameters))
