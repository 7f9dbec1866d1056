"""Analog units: presets with sources, TOML files, and descriptions that cannot be."""

import pytest

from neurohw.errors import ChipError, UnknownNameError
from neurohw.hardware.analog import AnalogUnit, load_unit, numbers_of_unit, unit_names, unit_to_toml
from neurohw.hardware.analog.quantities import UNIT_QUANTITIES


def test_the_presets():
    assert unit_names() == ["brainscales2", "pcm", "rram"]


@pytest.mark.parametrize("name", unit_names())
def test_every_number_of_a_preset_says_where_it_comes_from(name):
    unit = load_unit(name)
    assert unit.name == name
    assert unit.description
    for number in numbers_of_unit(unit):
        if getattr(unit, number.name) != getattr(AnalogUnit(), number.name):
            assert number.source, number.name
        if number.kind == "published":
            assert any(mark in number.source for mark in ("doi:", "arXiv", "hxtorch")), number.name


def test_brainscales2_has_the_published_figures():
    unit = load_unit("brainscales2")
    assert (unit.rows, unit.columns, unit.blocks_per_chip) == (128, 256, 2)
    assert (unit.input_max, unit.weight_max, unit.result_min, unit.result_max) == (31, 63, -128, 127)
    assert (unit.gain, unit.noise, unit.event_ns, unit.wait_cycles, unit.power_w) == (0.002, 2.0, 8.0, 5, 0.3)


def test_ideal_is_the_mock():
    unit = load_unit("brainscales2")
    assert unit.ideal() == AnalogUnit(name=unit.name, description=unit.description)
    assert load_unit("rram").ideal().n_slices == 1


@pytest.mark.parametrize("name", unit_names())
def test_a_unit_written_is_read_again(name, tmp_path):
    path = tmp_path / "unit.toml"
    path.write_text(unit_to_toml(load_unit(name)))
    read = load_unit(path)
    assert read == load_unit(name)
    assert load_unit(str(path)) == read
    written = {key: origin for key, origin in read.provenance.items() if origin.kind == "published"}
    assert written == {k: o for k, o in load_unit(name).provenance.items() if o.kind == "published"}


def test_a_file_gives_units_and_leaves_out_what_is_as_in_the_mock(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[dynamics]\ntau_mem_us = { value = 0.02, unit = "ms" }\n[conversion]\nnoise = 1\n')
    unit = load_unit(path)
    assert unit == AnalogUnit(name="mine", tau_mem_us=20.0, noise=1.0)
    assert unit.provenance["tau_mem_us"].source == "given in mine.toml"


def test_a_file_gives_what_differs_from_its_base(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "rram"\n[conversion]\nnoise = 4.0\n')
    unit, base = load_unit(path), load_unit("rram")
    assert unit == base.replace(name="mine", description="", noise=4.0)
    assert unit.provenance["noise"].source == "given in mine.toml"
    assert unit.provenance["rows"] == base.provenance["rows"]


@pytest.mark.parametrize(
    ("base", "message"), [('"rrm"', "base = 'rrm' .*did you mean 'rram'"), ("3", "base = 3 is not a preset")]
)
def test_an_unknown_base_is_named_with_the_other_mistakes(tmp_path, base, message):
    path = tmp_path / "mine.toml"
    path.write_text(f"base = {base}\n[arrays]\nrows = 0\n")
    with pytest.raises(ChipError, match=rf"(?s){message}.*known: brainscales2, pcm, rram.*rows = 0"):
        load_unit(path)


def test_all_mistakes_of_a_file_are_listed(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[arrays]\nrows = 0\ngain = 1\ncolums = 3\n[patern]\n")
    with pytest.raises(ChipError) as raised:
        load_unit(path)
    message = str(raised.value)
    assert "[arrays] rows = 0 must be at least 1" in message
    assert "[arrays] gain stands in [conversion]" in message
    assert "'columns'" in message
    assert "'pattern'" in message


def test_an_unknown_preset_is_told_its_neighbours():
    with pytest.raises(UnknownNameError, match="did you mean 'brainscales2'"):
        load_unit("brainscales")
    with pytest.raises(
        ChipError, match="no such file; presets are named without a suffix: brainscales2, pcm, rram"
    ):
        load_unit("absent.toml")
    with pytest.raises(ChipError, match="not int 3"):
        load_unit(3)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"rows": 0}, "rows = 0 must be at least 1"),
        ({"rows": 1.5}, "rows = 1.5 must be a whole number"),
        ({"gain": 0.0}, "gain = 0.0 must be above 0"),
        ({"gain": None}, "gain = None must be a number"),
        ({"noise": float("nan")}, "noise = nan must be a number"),
        ({"noise": True}, "noise = True must be a number"),
        ({"tau_mem_us": -1.0}, "tau_mem_us = -1.0 must be above 0"),
        ({"saturation": 5.0}, "give it a tau_syn_us"),
        ({"tau_mem_us": 5.0, "event_ns": 0.0}, "dynamics need a time"),
    ],
)
def test_units_that_cannot_be_are_refused(numbers, message):
    with pytest.raises(ChipError, match=message):
        AnalogUnit(**numbers)
    with pytest.raises(ChipError, match=message):
        AnalogUnit().replace(**numbers)


def test_a_number_that_no_unit_has_is_refused():
    with pytest.raises(ChipError, match="did you mean 'noise'"):
        AnalogUnit().replace(nois=1.0)


@pytest.mark.parametrize("name", sorted(UNIT_QUANTITIES))
def test_a_digest_knows_every_number(name):
    unit = load_unit("pcm").replace(tau_mem_us=5.0, tau_syn_us=1.0, event_ns=1.0)
    one, other = (3, 4) if UNIT_QUANTITIES[name].whole else (0.25, 0.5)
    if name == "adc_range":
        one, other = 64.0, 128.0  # a narrower one leaves no digit
    digests = {unit.replace(**{name: value}).digest() for value in (one, other, one)}
    assert len(digests) == 2


def test_a_changed_number_is_the_users():
    assert load_unit("brainscales2").replace(noise=1.0).provenance["noise"].source == "changed by the user"
