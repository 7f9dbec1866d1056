"""Chips written as TOML come back as they were, origins included."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurohw.hardware import Provenance, chip_to_toml, load_chip, preset_names

MESH = load_chip("mesh")
TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")) | st.just(" "), max_size=40)


@pytest.mark.parametrize("name", preset_names())
def test_presets_come_back(name, tmp_path):
    path = tmp_path / "copy.toml"
    path.write_text(chip_to_toml(load_chip(name)))
    assert load_chip(path) == load_chip(name)
    assert load_chip(path).provenance == load_chip(name).provenance


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.fixed_dictionaries(
        {
            "rows": st.integers(1, 2**31 - 1),
            "clock_mhz": st.floats(1e-6, 1e6),
            "link_bandwidth": st.floats(1e-3, 1e15) | st.just(float("inf")),
            "buffer_packets": st.integers(1, 100) | st.just(float("inf")),
            "multicast": st.booleans(),
            "synapse_models": st.lists(
                st.sampled_from(["stdp", "stochastic", "tsodyks_markram"]), unique=True
            ),
            "full_buffer": st.sampled_from(["drop_new", "block"]),
        }
    ),
    name=TEXTS.filter(str.strip),
    description=TEXTS,
    source=TEXTS.filter(str.strip),
)
def test_any_chip_comes_back(tmp_path, changes, name, description, source):
    chip = MESH.replace(**changes)
    origins = chip.provenance | {"rows": Provenance("measured", source)}
    chip = chip.replace(name=name, description=description, provenance=origins)
    path = tmp_path / "copy.toml"
    path.write_text(chip_to_toml(chip), encoding="utf-8")
    assert load_chip(path) == chip
    assert load_chip(path).provenance == chip.provenance
