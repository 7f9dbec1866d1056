"""``neurohw chips --from-sanafe``: an architecture of SANA-FE as a chip."""

import pytest

from neurohw.hardware import load_chip

SANAFE = """
architecture:
  name: tiny
  attributes: {width: 1, height: 1, link_buffer_size: 2}
  tile:
    name: tile
    attributes:
      {energy_north_hop: 0, latency_north_hop: 0, energy_east_hop: 0, latency_east_hop: 0,
       energy_south_hop: 0, latency_south_hop: 0, energy_west_hop: 0, latency_west_hop: 0}
    core:
      name: core
      attributes: {max_neurons_supported: 4}
      axon_in: {name: in, attributes: {energy_message_in: 0, latency_message_in: 7.0e-9}}
      synapse: {name: synapse, attributes: {model: current_based}}
      dendrite: {name: dendrite, attributes: {model: accumulator}}
      soma: {name: soma, attributes: {model: leaky_integrate_fire, latency_spike_out: 3.0e-8}}
      axon_out: {name: out, attributes: {energy_message_out: 0, latency_message_out: 0}}
"""


def test_a_sanafe_architecture_is_imported_and_written(call, call_json, write, working_folder):
    pytest.importorskip("yaml")
    arch = write(SANAFE, "arch.yaml")
    code, out, err = call("chips", "--from-sanafe", arch, "--out", "chips")
    assert code == 0
    assert "Not in the chip, or only in part:" in out
    assert "latency_spike_out = 3e-08" in out
    assert "tiny.toml" in err
    assert load_chip(working_folder / "chips" / "tiny.toml").tile.read_cycles == 7
    data = call_json("chips", "--from-sanafe", arch)[1]
    assert data["name"] == "tiny"
    assert any("latency_spike_out" in line for line in data["left_out"])


def test_a_chip_and_an_architecture_are_one_too_many(call):
    code, _, err = call("chips", "mesh", "--from-sanafe", "arch.yaml")
    assert code == 2
    assert "leave 'mesh' out" in err
