"""The chip type: derived numbers, variations and digests."""

from math import inf, isfinite, nan

import numpy as np
import pytest

from neurohw.errors import ChipError
from neurohw.hardware import Provenance, Tile, load_chip
from neurohw.hardware.synapses import FAMILIES
from neurohw.network.synapse_models import SYNAPSE_MODELS


@pytest.fixture(scope="module")
def mesh():
    return load_chip("mesh")


def test_derived_numbers(mesh):
    chip = mesh.replace(
        clock_mhz=200, speedup=1000, width=3, height=5, packet_bits=32, link_bandwidth=800, buffer_packets=inf
    )
    assert chip.n_tiles == 15
    assert chip.cycle_ns == 5.0
    assert chip.cycles_per_tick(0.1) == 20  # 100 ns of the chip's time at 5 ns a cycle
    assert chip.service_cycles == 8  # 40 ns for 32 bits at 0.8 bit/ns
    assert chip.replace(packet_bits=33).service_cycles == 9
    assert chip.replace(link_bandwidth=inf).service_cycles == 0


@pytest.mark.parametrize(("speedup", "cycles"), [(1e5, "0.1"), (3000, "3.333")])
def test_a_tick_that_is_no_whole_number_of_cycles_is_refused(mesh, speedup, cycles):
    with pytest.raises(
        ChipError, match=rf"tick of 0\.1 ms lasts {cycles} cycles.*speedup = {speedup:g}; .* whole"
    ):
        mesh.replace(speedup=speedup).cycles_per_tick(0.1)


def test_a_link_too_slow_to_count_is_refused(mesh):
    with pytest.raises(
        ChipError, match=r"link_bandwidth 1e-300 Mbit/s keeps a packet on a link for 3\.2e\+303 cycles"
    ):
        mesh.replace(link_bandwidth=1e-300)


def test_replace_changes_what_is_named_and_says_so(mesh):
    chip = mesh.replace(rows=np.int64(7), link_bandwidth=5, clock_mhz=50, name="slow")
    assert (chip.crossbar.rows, chip.interconnect.link_bandwidth, chip.clock_mhz) == (7, 5.0, 50.0)
    assert type(chip.crossbar.rows) is int
    assert type(chip.interconnect.link_bandwidth) is type(chip.clock_mhz) is float
    assert chip.name == "slow"
    unchanged = chip.numbers().keys() - {"rows", "link_bandwidth", "clock_mhz"}
    assert all(chip.numbers()[name] == mesh.numbers()[name] for name in unchanged)
    assert all(chip.provenance[name] == mesh.provenance[name] for name in unchanged)
    assert chip.provenance["rows"] == Provenance("estimate", "changed by the user")
    assert mesh.crossbar.rows == 4096


def test_replace_takes_a_part_and_numbers_of_it(mesh):
    assert mesh.replace(tile=Tile(crossbars=4, read_cycles=9), read_cycles=2).tile == Tile(
        crossbars=4, read_cycles=2
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rowz": 3}, "a chip has no 'rowz'; did you mean 'rows'?"),
        ({"rows": 0}, "rows = 0 must be at least 1"),
        ({"rows": True}, "rows = True must be a number"),
        ({"rows": 2.5}, "rows = 2.5 must be a whole number"),
        ({"rows": 2**31}, "rows = 2147483648 must be at most 2147483647"),
        ({"speedup": nan}, "speedup = nan must be a number"),
        ({"speedup": 0}, "speedup = 0 must be above 0"),
        ({"speedup": inf}, "speedup = inf must be finite"),
        ({"full_buffer": "drop"}, "full_buffer = 'drop' must be one of block, drop_new, drop_after_wait"),
        ({"synapse_models": "stdp"}, "synapse_models = 'stdp' must be a list of names"),
        (
            {"synapse_models": ["stpd"]},
            "synapse_models has 'stpd'; did you mean 'stdp'? known: static, short_term",
        ),
        ({"synapse_models": [1]}, "synapse_models has 1; known"),
        ({"multicast": 1}, "multicast = 1 must be one of true, false"),
        ({"tile": 3}, "tile = 3 must be a Tile"),
        ({"tile": Tile(crossbars=0, read_cycles=1)}, "crossbars = 0 must be at least 1"),
    ],
)
def test_replace_refuses(mesh, change, message):
    with pytest.raises(ChipError) as caught:
        mesh.replace(**change)
    assert message in str(caught.value)


def test_replace_names_every_wrong_value(mesh):
    with pytest.raises(ChipError) as caught:
        mesh.replace(rows=0, columns=-1)
    assert str(caught.value).splitlines() == [
        "chip 'mesh': rows = 0 must be at least 1",
        "chip 'mesh': columns = -1 must be at least 1",
    ]


def test_static_synapses_are_always_there_and_families_stand_for_their_models(mesh):
    assert mesh.synapse_models == {"static"}
    learning = mesh.replace(synapse_models=["stdp_spike_pair_gutig", "short_term"])
    assert learning.crossbar.synapse_models == ("short_term", "stdp_spike_pair_gutig")
    assert learning.synapse_models == {"static", "tsodyks_markram", "stdp_spike_pair_gutig"}
    everything = mesh.replace(synapse_models=tuple(FAMILIES)).synapse_models
    assert everything == SYNAPSE_MODELS.keys()


def test_static_may_be_said(mesh):
    said, left_out = mesh.replace(synapse_models=("static", "stdp")), mesh.replace(synapse_models=("stdp",))
    assert said.synapse_models == left_out.synapse_models
    assert said.digest() == left_out.digest()
    assert said.crossbar.synapse_models == left_out.crossbar.synapse_models == ("stdp",)


def test_families_are_what_the_models_do():
    assert set(FAMILIES["stdp"]) == {name for name, model in SYNAPSE_MODELS.items() if model.learns}
    assert not set(FAMILIES["short_term"]) & set(FAMILIES["stochastic"])


def test_the_digest_is_that_of_the_numbers(mesh):
    same = mesh.replace(name="other", description="x", provenance={}, rows=4096.0, speedup=1000)
    assert same.digest() == mesh.digest()
    numbers = {name: value for name, value in mesh.numbers().items() if type(value) in (int, float)}
    changes = {name: value + 1 if isfinite(value) else 7 for name, value in numbers.items()}
    changes |= {
        "multicast": not mesh.interconnect.multicast,
        "full_buffer": "block",
        "topology": "torus",
        "sync": "realtime",
        "late_packets": "drop",
        "synapse_models": ("stdp",),
    }
    digests = {mesh.replace(**{name: value}).digest() for name, value in changes.items()}
    assert len(digests | {mesh.digest()}) == len(mesh.numbers()) + 1
