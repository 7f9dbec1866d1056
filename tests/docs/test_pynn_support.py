"""The document on what of PyNN works says what the code does."""

import re

import pyNN.neurohw as sim
import pytest
from pyNN.standardmodels import synapses

from neurohw.errors import UnsupportedError
from neurohw.hardware.synapses import FAMILIES
from tests.docs.support_table import FAMILY_OF_SYNAPSE, PATH, WHY_NOT, filled, names_in

TEXT = PATH.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_code():
    assert filled(TEXT) == TEXT, "write them anew with: python -m tests.docs.support_table"


def test_every_synapse_type_has_a_family_or_a_reason():
    assert set(names_in(synapses)) == FAMILY_OF_SYNAPSE.keys() | {"ElectricalSynapse"}
    assert set(FAMILY_OF_SYNAPSE.values()) == {"", *FAMILIES}


@pytest.mark.parametrize("name", WHY_NOT)
def test_what_is_missing_for_good_is_missing(name):
    assert re.search(rf"^\| `{name}` \| no \|.*{re.escape(WHY_NOT[name])}", TEXT, re.MULTILINE)


def test_ideal_fidelity_on_a_chip_is_on_a_chip():
    assert "*On a chip* is a run with `chip=`, at any fidelity" in TEXT
    sim.setup(chip="mesh", fidelity="ideal")
    cells = sim.Population(1, sim.IF_curr_exp())
    stdp = sim.STDPMechanism(sim.SpikePairRule(), sim.AdditiveWeightDependence())
    sim.Projection(cells, cells, sim.AllToAllConnector(), stdp)
    with pytest.raises(UnsupportedError, match="chip 'mesh' has static"):
        sim.prepare()
    sim.setup()


def test_a_table_without_a_place_is_noticed():
    with pytest.raises(ValueError, match="0 places for the table 'cells', expected 1"):
        filled(TEXT.replace("<!-- table: cells -->", ""))


def test_the_readme_leads_here():
    readme = (PATH.parents[1] / "README.md").read_text(encoding="utf-8")
    assert "docs/pynn_support.md" in readme
