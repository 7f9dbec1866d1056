"""``neurohw chips``: the presets and where their numbers come from."""

from math import inf

from neurohw.hardware import load_chip, preset_names
from neurohw.hardware.analog import load_unit, numbers_of_unit, unit_names
from neurohw.hardware.writer import numbers_of


def test_all_presets_are_listed(call, call_json):
    code, out, _ = call("chips")
    assert code == 0
    assert all(name in out for name in preset_names())
    assert [chip["name"] for chip in call_json("chips")[1]["chips"]] == preset_names()


def test_every_number_has_unit_kind_and_source(call, call_json):
    code, data = call_json("chips", "mesh")
    assert code == 0
    for number in numbers_of(load_chip("mesh")):
        value = list(number.value) if isinstance(number.value, tuple) else number.value
        value = None if value == inf else value  # JSON has no infinity
        assert data["numbers"][number.name] == {
            "value": value, "unit": number.unit, "kind": number.kind, "source": number.source,
        }  # fmt: skip
        assert number.source
    _, out, _ = call("chips", "mesh")
    assert "interconnect.link_bandwidth" in out
    assert "Mbit/s" in out
    assert "doi:" in out


def test_a_chip_written_out_can_be_loaded(call, working_folder):
    code, _, err = call("chips", "mesh", "--out", "chips")
    assert code == 0
    assert "mesh.toml" in err
    assert load_chip(working_folder / "chips" / "mesh.toml") == load_chip("mesh")


def test_no_limit_stays_json(call_json, write):
    chip = write('base = "mesh"\n[interconnect]\nlink_bandwidth = inf\n', "free.toml")
    assert call_json("chips", chip)[1]["numbers"]["link_bandwidth"]["value"] is None


def test_the_list_says_how_large_chips_are_and_how_much_is_published(call, call_json):
    _, out, _ = call("chips")
    assert "131,072" in next(line for line in out.splitlines() if line.startswith("loihi "))
    chips = {chip["name"]: chip for chip in call_json("chips")[1]["chips"]}
    loihi = load_chip("loihi")
    assert (chips["loihi"]["neurons"], chips["loihi"]["inputs_per_neuron"]) == (131_072, 4096)
    assert (chips["loihi"]["topology"], chips["loihi"]["sync"]) == ("mesh", "barrier")
    assert sum(chips["loihi"]["kinds"].values()) == len(loihi.numbers())
    assert chips["loihi"]["kinds"]["published"] > chips["mesh"]["kinds"]["published"]


def test_what_a_description_leaves_out_is_shown(call, call_json):
    _, out, _ = call("chips", "odin")
    assert "What does not fit: the learning rule SDSP" in out
    assert any("SDSP" in note for note in call_json("chips", "odin")[1]["notes"])


def test_counts_have_their_plural_and_no_limit_has_no_unit(call):
    lines = call("chips", "odin")[1].splitlines()
    assert "512 cycles" in next(line for line in lines if line.startswith("tile.read_cycles"))
    assert "1 cycle " in next(line for line in lines if line.startswith("tile.encode_cycles"))
    assert "no limit   estimate" in next(line for line in lines if line.startswith("tile.encoder_packets"))


def test_a_file_without_a_comment_has_no_notes(call_json, write):
    chip = write('base = "mesh"\n', "bare.toml")
    assert call_json("chips", chip)[1]["notes"] == []


def test_analog_units_are_listed(call, call_json):
    _, out, _ = call("chips")
    assert all(load_unit(name).description in out for name in unit_names())
    assert [unit["name"] for unit in call_json("chips")[1]["analog_units"]] == unit_names()


def test_numbers_of_an_analog_unit_have_their_sources(call, call_json):
    code, out, _ = call("chips", "rram")
    assert code == 0
    for number in numbers_of_unit(load_unit("rram")):
        assert f"{number.section}.{number.name}" in out
        assert number.source in out
    unit = call_json("chips", "rram")[1]["analog_unit"]
    assert (unit["numbers"]["rows"]["value"], unit["notes"] != []) == (load_unit("rram").rows, True)


def test_a_name_of_a_chip_and_a_unit_shows_both(call, call_json, working_folder):
    code, out, _ = call("chips", "brainscales2", "--out", "both")
    assert code == 0
    assert "interconnect.topology" in out
    assert "pattern.synapse_spread" in out
    assert load_unit(working_folder / "both" / "brainscales2-unit.toml") == load_unit("brainscales2")
    assert load_chip(working_folder / "both" / "brainscales2.toml") == load_chip("brainscales2")
    _, data = call_json("chips", "brainscales2")
    assert data["numbers"]["topology"]
    assert data["analog_unit"]["numbers"]["noise"]["value"] == 2.0


def test_a_file_of_an_analog_unit_is_shown_as_one(call, call_json, write):
    unit = write('# Mine.\nbase = "rram"\n[arrays]\nrows = 17\n', "mine.toml")
    code, out, _ = call("chips", unit)
    assert code == 0
    assert "analog unit mine" in out
    data = call_json("chips", unit)[1]
    assert data["analog_unit"]["numbers"]["rows"]["value"] == 17
    assert data["analog_unit"]["notes"] == ["Mine."]
    assert "tiles" not in data


def test_a_base_of_both_kinds_is_that_of_a_chip_unless_the_file_speaks_of_arrays(call_json, write):
    assert "tiles" in call_json("chips", write('base = "brainscales2"\n', "bare.toml"))[1]
    assert "analog_unit" in call_json("chips", write('base = "rram"\n', "bare_unit.toml"))[1]
    unit = write('base = "brainscales2"\n[arrays]\nrows = 9\n', "unit.toml")
    assert "tiles" not in call_json("chips", unit)[1]


def test_an_architecture_of_sanafe_is_told_how_it_is_read(call):
    code, _, err = call("chips", "arch.yaml")
    assert (code, "read with --from-sanafe arch.yaml" in err) == (2, True), err


def test_numbers_without_effect_are_named(call, call_json, write):
    chip = write('base = "mesh"\n[interconnect]\nwait_cycles = 5\n', "idle.toml")
    sentence = "wait_cycles = 5 has no effect with full_buffer = 'drop_new', only with 'drop_after_wait'"
    assert call_json("chips", chip)[1]["without_effect"] == [sentence]
    assert sentence in call("chips", chip)[1]
