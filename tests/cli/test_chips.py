"""``neurohw chips``: the presets and where their numbers come from."""

from math import inf

from neurohw.hardware import load_chip, preset_names
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
