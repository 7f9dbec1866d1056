"""Chip files: what is accepted, what is converted, and that every mistake is named."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurohw.errors import ChipError, UnknownNameError
from neurohw.hardware import QUANTITIES, Chip, Provenance, load_chip, preset_names
from neurohw.hardware import loader as loader_module
from neurohw.hardware.description import KINDS

MESH = (Path(loader_module.__file__).parent / "presets" / "mesh.toml").read_text()


@pytest.fixture
def chip_file(tmp_path):
    """Return a function that writes a chip file and gives its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "mine.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def problems(path: Path) -> list[str]:
    """Return the mistakes that loading a file reports, without the line that names the file."""
    with pytest.raises(ChipError) as caught:
        load_chip(path)
    first, *rest = str(caught.value).splitlines()
    assert str(path) in first
    return [line.strip() for line in rest]


@pytest.mark.parametrize("name", preset_names())
def test_every_number_of_every_preset_has_an_origin(name):
    chip = load_chip(name)
    assert chip.name == name
    assert chip.provenance.keys() == QUANTITIES.keys() == chip.numbers().keys()
    for number, origin in chip.provenance.items():
        assert origin.kind in KINDS, number
        assert origin.source, number
        assert not origin.source.startswith("given in"), number
        if origin.kind != "estimate":
            assert re.search(r"doi:10\.\d+/|arXiv:|https://", origin.source), f"{number}: {origin.source}"


def test_the_energies_of_mesh_are_those_of_loihi():
    """Davies et al. 2018, doi:10.1109/MM.2018.112130359."""
    energy = load_chip("mesh").energy
    assert (energy.spike_pj, energy.synapse_pj) == (1.7, 23.6)
    assert energy.hop_pj == (3.0 + 4.0) / 2


def test_a_chip_is_returned_as_it_is():
    chip = load_chip("mesh")
    assert load_chip(chip) is chip


def test_a_variation_takes_three_lines(chip_file):
    chip = load_chip(chip_file('base = "mesh"\n[crossbar]\nrows = 256\n'))
    mesh = load_chip("mesh")
    assert chip.name == "mine"
    assert chip.numbers() == mesh.numbers() | {"rows": 256}
    assert chip.provenance["rows"] == Provenance("estimate", "given in mine.toml")
    assert chip.provenance["columns"] == mesh.provenance["columns"]


def test_a_file_that_names_no_synapse_models_has_static_ones(chip_file):
    text = "\n".join(line for line in MESH.splitlines() if not line.startswith("synapse_models"))
    assert load_chip(chip_file(text)).synapse_models == {"static"}


def test_a_complete_file_needs_no_base(chip_file):
    assert load_chip(chip_file(MESH)) == load_chip("mesh")


@pytest.mark.parametrize(
    ("section", "name", "entry", "expected"),
    [
        ("chip", "clock_mhz", '{ value = 1.5, unit = "GHz" }', 1500.0),
        ("chip", "clock_mhz", '{ value = 2_000_000, unit = "Hz" }', 2.0),
        ("interconnect", "link_bandwidth", '{ value = 2, unit = "Gbit/s" }', 2000.0),
        ("interconnect", "link_bandwidth", '{ value = 50, unit = "MB/s" }', 400.0),
        ("interconnect", "link_bandwidth", "inf", float("inf")),
        ("interconnect", "buffer_packets", "inf", float("inf")),
        ("interconnect", "packet_bits", '{ value = 5, unit = "bytes" }', 40),
        ("interconnect", "hop_cycles", '{ value = 3, unit = "cycles" }', 3),
        ("interconnect", "hop_cycles", '{ value = 3, unit = "" }', 3),
        ("interconnect", "multicast", "false", False),
        ("interconnect", "full_buffer", '{ value = "block" }', "block"),
        ("crossbar", "synapse_models", '["stdp", "short_term"]', ("short_term", "stdp")),
        ("crossbar", "synapse_models", '{ value = [], kind = "published" }', ()),
        ("energy", "spike_pj", '{ value = 0.25, unit = "nJ" }', 250.0),
        ("energy", "tile_mw", '{ value = 30, unit = "uW" }', 0.03),
        ("crossbar", "rows", "128.0", 128),
    ],
)
def test_units_are_converted(chip_file, section, name, entry, expected):
    value = load_chip(chip_file(f'base = "mesh"\n[{section}]\n{name} = {entry}\n')).numbers()[name]
    assert value == expected
    assert type(value) is type(expected)


def test_an_origin_is_kept(chip_file):
    entry = '{ value = 3, kind = "measured", source = "our lab" }'
    chip = load_chip(chip_file(f'base = "mesh"\n[interconnect]\nhop_cycles = {entry}\n'))
    assert chip.provenance["hop_cycles"] == Provenance("measured", "our lab")


def test_all_mistakes_are_listed_at_once(chip_file):
    text = """
base = "mesh"
[chip]
clock_mhz = { value = 0.2, unit = "GHzz" }
speedup = { valu = 3, kind = "publishd" }
[crossbarr]
rows = 3
[crossbar]
rows = "many"
columns = 2.5
weight_bits = 99
[tile]
width = 3
crossbars = nan
[interconnect]
multicastt = true
full_buffer = "drop"
multicast = 1
hop_cycles = -1
link_bandwidth = 0
packet_bits = { value = 8, source = 4 }
buffer_packets = []
"""
    assert problems(chip_file(text)) == [
        "[chip] clock_mhz unit = 'GHzz' is none of 'Hz', 'kHz', 'MHz', 'GHz'",
        "[chip] speedup: valu is unknown; did you mean 'value'? known: value, unit, kind, source",
        "[chip] speedup kind = 'publishd' is unknown; did you mean 'published'? "
        "known: measured, published, estimate",
        "[chip] speedup has no value",
        "section [crossbarr] is unknown; did you mean 'crossbar'? "
        "known: chip, tile, crossbar, interconnect, synchronisation, limits, energy",
        "[crossbar] rows = 'many' must be a number",
        "[crossbar] columns = 2.5 must be a whole number",
        "[crossbar] weight_bits = 99 must be at most 52",
        "[tile] width stands in [interconnect]",
        "[tile] crossbars = nan must be a number",
        "[interconnect] multicastt is unknown; did you mean 'multicast'? known: topology, width, height, leaves, "
        "arity, chip_width, chip_height, inject_cycles, hop_cycles, link_cycles, eject_cycles, chip_link_cycles, "
        "link_bandwidth, chip_link_bandwidth, packet_bits, buffer_packets, credit_cycles, full_buffer, wait_cycles, "
        "reinject_cycles, multicast",
        "[interconnect] full_buffer = 'drop' must be one of block, drop_new, drop_after_wait",
        "[interconnect] multicast = 1 must be one of true, false",
        "[interconnect] hop_cycles = -1 must be at least 0",
        "[interconnect] link_bandwidth = 0 must be above 0",
        "[interconnect] packet_bits source = 4 must be a line of at most 500 printable characters",
        "[interconnect] buffer_packets = [] must be a number",
    ]


def test_missing_numbers_are_named(chip_file):
    without = "\n".join(line for line in MESH.splitlines() if not line.startswith(("rows", "tile_mw")))
    assert problems(chip_file(without)) == ["[crossbar] rows is missing", "[energy] tile_mw is missing"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('base = "mesch"', "base = 'mesch' is not a preset; did you mean 'mesh'? known: "),
        ("base = 3", "base = 3 is not a preset; known: "),
        ('base = "mesh"\nrows = 3', "section [rows] is unknown; known: "),
        ('base = "mesh"\nenergy = 3', "energy = 3 must be a section, [energy]"),
        ('base = "mesh"\n[chip]\nname = ""', "[chip] name = '' must be a line of"),
        ('base = "mesh"\n[chip]\nname = "a\\u001b[31m"', "[chip] name = 'a\\x1b[31m' must be a line of"),
        ('base = "mesh"\n[chip]\n"a\\nb" = 1', "[chip] 'a\\nb' is unknown; known: "),
        ('base = "mesh"\n[crossbar]\nrows = inf', "[crossbar] rows = inf must be finite"),
        (f'base = "mesh"\n[chip]\nspeedup = 1{"0" * 400}', "[chip] speedup = 1"),
        (
            f'base = "mesh"\n[chip]\nclock_mhz = {{value = 1{"0" * 400}, unit = "GHz"}}',
            "[chip] clock_mhz = 1",
        ),
    ],
)
def test_one_mistake(chip_file, text, message):
    (problem,) = problems(chip_file(text))
    assert problem.startswith(message)
    assert len(problem) < 200


def test_a_syntax_error_names_file_and_line(chip_file):
    path = chip_file('base = "mesh"\n\n[chip\n')
    with pytest.raises(ChipError, match=r"mine\.toml: not TOML: .*line 3"):
        load_chip(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        ("a = " + "[" * 40_000, "nested too deeply"),
        ("a = " + "1" * 5_000, "not TOML"),
        ("#" * 200_000, "200000 bytes, a chip file has at most"),
    ],
)
def test_files_that_are_no_chips(chip_file, text, message):
    path = chip_file(text)
    with pytest.raises(ChipError, match=message) as caught:
        load_chip(path)
    assert str(path) in str(caught.value)


def test_a_name_without_suffix_is_a_preset():
    with pytest.raises(UnknownNameError, match=r"unknown chip 'mehs'; did you mean 'mesh'\? Known: .*mesh"):
        load_chip("mehs")


@pytest.mark.parametrize("path", ["mine.toml", "folder/mine", Path("mine")])
def test_a_missing_file_is_named(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChipError, match=f"{path}: no such file"):
        load_chip(path)


def test_a_folder_is_no_chip(tmp_path):
    with pytest.raises(ChipError, match="not a file"):
        load_chip(tmp_path)


def test_what_is_neither_name_nor_path_nor_chip():
    with pytest.raises(ChipError, match="not int 3"):
        load_chip(3)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_a_chip_or_a_chip_error(chip_file, data):
    text = MESH
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        stop = min(len(text), start + data.draw(st.integers(0, 20)))
        pieces = st.text('={}[]",\n1.eE-+_ \\', max_size=5) | st.text(max_size=5)
        text = text[:start] + data.draw(pieces) + text[stop:]
    path = chip_file(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load_chip(path), Chip)
    except ChipError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right
