"""Networks that need synapses which a chip does not have."""

from dataclasses import replace

import numpy as np
import pytest

from neurohw.compiler import compile_network, missing_features
from neurohw.errors import UnsupportedError
from neurohw.hardware import load_chip
from neurohw.network.synapse_models import SYNAPSE_MODELS
from tests.compiler.build import network_of_pairs

MESH = load_chip("mesh")


def network_with(name):
    """Return a network of one synapse of a model, at its defaults."""
    model = SYNAPSE_MODELS[name]
    network = network_of_pairs(2, [(0, 1)])
    parameters = {key: np.full(1, parameter.default) for key, parameter in model.parameters.items()}
    group = replace(network.synapses[0], model=model, parameters=parameters)
    return replace(network, synapses=(group,))


@pytest.mark.parametrize("name", sorted(SYNAPSE_MODELS.keys() - {"static"}))
def test_a_model_that_the_chip_lacks_is_refused_by_name_unless_told_otherwise(name):
    network = network_with(name)
    with pytest.raises(UnsupportedError) as caught:
        compile_network(network, MESH)
    first, remedy = str(caught.value).splitlines()
    assert first == f"projection 'cells to cells': synapse model {name!r}, chip 'mesh' has static"
    assert "strict=False" in remedy
    assert compile_network(network, MESH, strict=False).network is network
    assert compile_network(network).network is network


@pytest.mark.parametrize("synapse_models", [("stdp",), ("stdp_spike_pair_additive",)])
def test_a_chip_that_has_the_model_takes_it(synapse_models):
    network = network_with("stdp_spike_pair_additive")
    chip = MESH.replace(synapse_models=synapse_models)
    assert missing_features(network, chip) == []
    assert compile_network(network, chip).network is network


def test_another_rule_of_the_family_is_not_the_same():
    chip = MESH.replace(synapse_models=["stdp_spike_pair_additive"])
    (line,) = missing_features(network_with("stdp_spike_pair_gutig"), chip)
    assert line.endswith("chip 'mesh' has static, stdp_spike_pair_additive")
