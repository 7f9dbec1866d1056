"""Architectures of SANA-FE become chips; what does not fit is told, what is wrong is refused."""

import copy
import sys
from contextlib import suppress
from math import inf

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import ChipError, UnsupportedError
from neurohw.hardware import chip_to_toml, load_chip
from neurohw.interchange import read_sanafe_architecture
from neurohw.interchange.numbers import choose_clock
from neurohw.interchange.yaml_file import LARGEST_FILE
from tests.reference_data import ROOT

LOIHI = ROOT / "arch" / "sanafe_loihi.yaml"
SMALL = """
architecture:
  name: small
  attributes: {topology: mesh, width: 3, height: 2, link_buffer_size: 5, sync_model: fixed, latency_sync: 2.0e-7}
  tile:
    - name: tile[0..5]
      attributes:
        {energy_north_hop: 2.0e-12, latency_north_hop: 3.0e-9, energy_east_hop: 1.0e-12, latency_east_hop: 3.0e-9,
         energy_south_hop: 2.0e-12, latency_south_hop: 3.0e-9, energy_west_hop: 1.0e-12, latency_west_hop: 3.0e-9}
      core:
        - name: core[0..1]
          attributes: {buffer_position: soma, max_neurons_supported: 7}
          axon_in: [{name: in, attributes: {energy_message_in: 4.0e-12, latency_message_in: 8.0e-9}}]
          synapse:
            - name: dense
              attributes: {model: current_based, energy_process_spike: 9e-12, latency_process_spike: 2.0e-9}
            - {name: sparse, attributes: {model: current_based, energy_process_spike: 1.0e-9}}
          dendrite: [{name: d, attributes: {model: accumulator, energy_update: 1.0e-12, latency_update: 1.0e-9}}]
          soma:
            - {name: "sources[0..9]", attributes: {model: input, noise: file.csv}}
            - name: lif
              attributes:
                {model: leaky_integrate_fire, energy_access_neuron: 20.0e-12, latency_access_neuron: 6.0e-9,
                 energy_update_neuron: 3.0e-12, latency_update_neuron: 1.0e-9, energy_spike_out: 50.0e-12,
                 latency_spike_out: 30.0e-9}
          axon_out: [{name: out, attributes: {energy_message_out: 100.0e-12, latency_message_out: 5.0e-9}}]
"""
NUMBERS = {  # by hand: 1 GHz makes whole cycles of all latencies, all in ns
    "clock_mhz": 1000.0, "width": 3, "height": 2, "crossbars": 2, "columns": 7, "buffer_packets": 5, "fifo_packets": 5,
    "sync": "barrier", "sync_cycles": 200, "encode_cycles": 5, "read_cycles": 8, "synapse_cycles": 3,
    "update_cycles": 7, "spike_pj": 50.0, "row_pj": 104.0, "synapse_pj": 10.0, "update_pj": 23.0, "hop_pj": 1.5,
    "full_buffer": "block", "multicast": False, "link_bandwidth": inf, "tile_mw": 0.0, "topology": "mesh",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("architectures")


@pytest.fixture
def read(folder):
    """Return a function that reads an architecture given as text or as a document."""

    def read_text(given):
        path = folder / "arch.yaml"
        path.write_text(given if isinstance(given, str) else yaml.safe_dump(given))
        return read_sanafe_architecture(path)

    return read_text


def refusal(read, given):
    with pytest.raises(ChipError) as error:
        read(given)
    return str(error.value)


def document():
    return yaml.safe_load(SMALL)


def core_of(architecture):
    return architecture["architecture"]["tile"][0]["core"][0]


def leaves(node, where=""):
    """Yield (holder, key, place) of every number and text of a document."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        place = f"{where}[{key}]" if isinstance(node, list) else f"{where}.{key}".lstrip(".")
        if isinstance(value, dict | list):
            yield from leaves(value, place)
        else:
            yield node, key, place


def test_every_number_lands_where_it_means_the_same(read):
    chip, _ = read(SMALL)
    assert chip.name == "small"
    numbers = chip.numbers()
    assert {name: numbers[name] for name in NUMBERS} == NUMBERS


@pytest.mark.parametrize("hops", [0, 1, 4])
def test_hops_take_their_latency_each_and_one_cycle_for_the_last_router(read, hops):
    wires = read(SMALL)[0].interconnect
    ways = wires.inject_cycles + wires.hop_cycles * (hops + 1) + wires.link_cycles * hops + wires.eject_cycles
    assert ways == 3 * hops + 1


def test_every_number_names_file_and_key_or_why_it_was_assumed(read):
    chip, _ = read(SMALL)
    assert set(chip.provenance) == set(chip.numbers())
    read_cycles = chip.provenance["read_cycles"]
    place = "architecture.tile[0].core[0].axon_in[0].attributes.*_message_in"
    assert (read_cycles.kind, read_cycles.source) == ("published", f"arch.yaml: {place}, 8e-09 s")
    assert chip.provenance["hop_pj"].kind == "estimate"  # directions differ
    assert chip.provenance["rows"].kind == "estimate"


def test_written_as_toml_it_is_the_same_chip(read, tmp_path):
    chip, _ = read(SMALL)
    (tmp_path / "small.toml").write_text(chip_to_toml(chip))
    loaded = load_chip(tmp_path / "small.toml")
    assert loaded == chip
    assert loaded.provenance == chip.provenance


def test_nothing_is_lost_in_silence(read):
    """Whatever changes neither the chip nor what is told would be lost."""
    chip, left_out = read(SMALL)
    for index, (_, key, place) in enumerate(leaves(document())):
        if key == "name" and place != "architecture.name":
            continue
        changed = document()
        holder, _, _ = list(leaves(changed))[index]
        holder[key] = 17 if isinstance(holder[key], int) else f"{holder[key]}7"
        if key in ("topology", "sync_model"):
            assert place in refusal(read, changed)
        else:
            other, other_left_out = read(changed)
            assert other != chip or other_left_out != left_out, place


def test_what_is_left_out_is_told_with_place_value_and_reason(read):
    _, left_out = read(SMALL)
    told = "\n".join(left_out)
    assert (
        "tile[0].attributes.energy_*_hop = 2e-12 north, 1e-12 east, 2e-12 south, 1e-12 west: a hop is the same"
        in told
    )
    assert (
        "synapse[1] (sparse) = model current_based, energy_process_spike 1e-09: a chip has one kind" in told
    )
    assert "soma[0] (sources[0..9]) = model input, noise file.csv" in told
    assert "soma[1].attributes.latency_spike_out = 3e-08: comes once for a spike" in told
    assert "latency_*_hop" not in told  # the same in all directions


def test_unknown_entries_are_told(read):
    changed = document()
    changed["extra"] = 1
    changed["architecture"]["attributes"]["voltage"] = 0.8
    core_of(changed)["soma"][1]["attributes"]["noise_bits"] = 4
    told = "\n".join(read(changed)[1])
    assert "extra = 1" in told
    assert "attributes.voltage = 0.8" in told
    assert "soma[1].attributes.noise_bits = 4" in told


def test_a_table_of_barriers_gives_the_latency_of_all_tiles(read):
    changed = document()
    attributes = changed["architecture"]["attributes"]
    attributes |= {"sync_model": "table", "latency_sync": {1: 1e-7, 5: 4e-7, 7: 9e-7}}
    chip, left_out = read(changed)
    assert chip.synchronisation.sync_cycles == 400
    assert any("latency_sync = {1: 1e-07" in line for line in left_out)
    attributes["latency_sync"] = [1e-7, 2e-7]  # of 0 and 1 tiles
    assert read(changed)[0].synchronisation.sync_cycles == 200


def test_a_buffer_before_the_dendrite_makes_it_work_once_for_a_neuron(read):
    changed = document()
    core_of(changed)["attributes"]["buffer_position"] = "dendrite"
    tile = read(changed)[0].tile
    assert (tile.synapse_cycles, tile.update_cycles) == (2, 8)


def test_single_entries_need_no_list(read):
    changed = document()
    architecture = changed["architecture"]
    architecture["tile"] = architecture["tile"][0]
    architecture["tile"]["core"] = architecture["tile"]["core"][0]
    for kind in ("axon_in", "axon_out", "dendrite"):
        architecture["tile"]["core"][kind] = architecture["tile"]["core"][kind][0]
    assert read(changed)[0] == read(SMALL)[0]


def test_other_kinds_of_cores_and_empty_places_are_told(read):
    changed = document()
    tile = changed["architecture"]["tile"][0]
    tile["name"] = "tile[0..3]"
    other = copy.deepcopy(tile["core"][0]) | {"name": "big"}
    other["attributes"]["max_neurons_supported"] = 9
    tile["core"].append(other)
    chip, left_out = read(changed)
    assert (chip.tile.crossbars, chip.crossbar.columns) == (3, 7)
    told = "\n".join(left_out)
    assert "core[1] (big): all crossbars of a chip are alike" in told
    assert "architecture.tile = 4 tiles: the mesh has 6" in told


@settings(max_examples=40, deadline=None)
@given(latencies=st.lists(st.floats(1e-11, 1e-5), max_size=5))
def test_the_clock_makes_whole_cycles_within_a_percent(latencies):
    clock_hz = choose_clock(latencies) * 1e6
    for latency in latencies:
        assert abs(round(latency * clock_hz) / clock_hz - latency) <= 0.01001 * latency


def test_latencies_that_are_no_whole_cycles_are_told(read):
    changed = document()
    core_of(changed)["axon_in"][0]["attributes"]["latency_message_in"] = 8.004e-9
    chip, left_out = read(changed)
    assert chip.tile.read_cycles == 8
    assert left_out[-1] == "read_cycles = 8.004e-09 s: 8 cycles of 1000 MHz, -0.05%"


def test_too_many_tiles_and_odd_tables_are_refused(read):
    changed = document()
    changed["architecture"]["tile"][0]["name"] = "tile[0..6]"
    assert "architecture.tile: 7 tiles, the mesh has 6" in refusal(read, changed)
    changed = document()
    changed["architecture"]["attributes"] |= {"sync_model": "table", "latency_sync": {"some": 1e-7, 3: -1e-7}}
    message = refusal(read, changed)
    assert "latency_sync: 'some': 1e-07 must have a number of tiles as its key" in message
    assert "latency_sync: 3: -1e-07 must be a finite number" in message


def test_all_mistakes_are_named_at_once(read):
    changed = document()
    changed["architecture"]["attributes"]["width"] = 2.5
    changed["architecture"]["attributes"]["sync_model"] = "often"
    changed["architecture"]["tile"][0]["name"] = "tile[5..0]"
    del changed["architecture"]["tile"][0]["attributes"]["latency_east_hop"]
    core_of(changed)["axon_in"][0]["attributes"]["energy_message_in"] = -1.0
    core_of(changed)["axon_out"] = []
    message = refusal(read, changed)
    for part in (
        "architecture.attributes.width = 2.5 must be a whole number from 1",
        "architecture.attributes.sync_model = 'often' must be one of fixed, table",
        "architecture.tile[0].name = 'tile[5..0]' must end in a range such as [0..31]",
        "architecture.tile[0].attributes.latency_east_hop is missing",
        "axon_in[0].attributes.energy_message_in = -1.0 must be a finite number of at least 0",
        "core[0].axon_out = [] must have an entry",
    ):
        assert part in message


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_is_refused_or_told_but_never_a_crash(folder, data):
    damaged = document()
    holder, key, _ = data.draw(st.sampled_from(list(leaves(damaged))))
    holder[key] = data.draw(
        st.sampled_from([None, [], {}, "", "x", "nan", -1, 0, inf, True, 10**400, {1: {2: 3}}, "a[0..99999]"])
    )
    path = folder / "damaged.yaml"
    path.write_text(yaml.safe_dump(damaged))
    with suppress(ChipError):
        read_sanafe_architecture(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "file.architecture is missing"),
        ("- 1", "file.architecture is missing"),
        ("architecture: 3", "architecture = 3 must be a mapping"),
        ("a: [1", "line 1: not plain YAML"),
        ("a: 1\na: 2", "line 2: not plain YAML: key 'a' occurs twice"),
        ("a: &b [1]\nc: *b", "line 2: not plain YAML: aliases"),
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("[" * 5000, "nested too deeply"),
        ("a: " + "9" * 5000, "not plain YAML"),
        ("a: 2026-02-31", "not plain YAML"),
        ("a: \x07", "not plain YAML"),
        ("? [1, 2]\n: 3", "unhashable"),
    ],
)
def test_files_that_are_no_architectures(read, text, message):
    assert message in refusal(read, text)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ChipError, match="cannot be read: No such file"):
        read_sanafe_architecture(tmp_path / "none.yaml")
    with pytest.raises(ChipError, match="not a file"):
        read_sanafe_architecture(tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"a: \xff")
    with pytest.raises(ChipError, match="byte 3 is not UTF-8"):
        read_sanafe_architecture(tmp_path / "binary.yaml")
    (tmp_path / "large.yaml").write_text("#" * (LARGEST_FILE + 1))
    with pytest.raises(ChipError, match=f"at most {LARGEST_FILE}"):
        read_sanafe_architecture(tmp_path / "large.yaml")


def test_without_pyyaml_the_message_says_what_to_install(monkeypatch, read):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UnsupportedError, match=r"pip install neurohw\[sanafe\]"):
        read_sanafe_architecture("arch.yaml")


@pytest.mark.skipif(
    not LOIHI.is_file(), reason=f"no {LOIHI}; set NEUROHW_DATA to the folder of reference data"
)
def test_loihi_of_sanafe():
    chip, left_out = read_sanafe_architecture(LOIHI)
    wires, tile = chip.interconnect, chip.tile
    assert (wires.width, wires.height, tile.crossbars, chip.crossbar.columns) == (8, 4, 4, 1024)
    assert chip.cycle_ns * tile.read_cycles == pytest.approx(16.0)
    assert chip.cycle_ns * (wires.link_cycles + wires.hop_cycles) == pytest.approx((6.5 + 4.1) / 2)
    assert chip.cycle_ns * chip.synchronisation.sync_cycles == pytest.approx(1800.0)
    assert chip.energy.spike_pj == 69.3
    assert not any("cycles of" in line for line in left_out)  # all latencies are whole cycles
