"""Numbers of a chip that others put out of use."""

from math import inf

import pytest

from neurohw.hardware import load_chip, preset_names
from neurohw.hardware.without_effect import without_effect

IDLE = {
    "wait_cycles": (0, 7, "full_buffer", ["block", "drop_new"], "drop_after_wait"),
    "reinject_cycles": (inf, 7, "full_buffer", ["block"], "drop_new"),
    "late_packets": ("deliver", "drop", "sync", ["async", "barrier"], "realtime"),
    "sync_cycles": (0, 7, "sync", ["async", "realtime"], "barrier"),
}


@pytest.mark.parametrize("name", preset_names())
def test_presets_have_none(name):
    assert without_effect(load_chip(name)) == []


@pytest.mark.parametrize("name", IDLE)
def test_a_number_is_named_where_another_puts_it_out_of_use(name):
    neutral, value, switch, off, on = IDLE[name]
    chip = load_chip("mesh")
    for choice in off:
        (sentence,) = without_effect(chip.replace(**{switch: choice, name: value}))
        assert sentence.startswith(f"{name} = ")
        assert f"{switch} = {choice!r}" in sentence
        assert repr(on) in sentence
        assert without_effect(chip.replace(**{switch: choice, name: neutral})) == []
    assert without_effect(chip.replace(**{switch: on, name: value})) == []
