"""The command ``neurohw validate --vmm``."""

from __future__ import annotations

import pytest

from neurohw.cli import vmm_validation
from neurohw.cli.outcome import BAD_INPUT, DID_NOT_HOLD, DONE


@pytest.fixture
def few(monkeypatch):
    """Small products of two cases."""
    letters = [case for case in vmm_validation.CASES if case.what in ("leak", "mismatch")]
    monkeypatch.setattr(vmm_validation, "CASES", letters)
    monkeypatch.setattr(vmm_validation, "PRODUCTS", 1)
    monkeypatch.setattr(vmm_validation, "VECTORS", 2)


def test_the_table_has_a_line_for_each_case(call, few):
    code, out, _ = call("validate", "--vmm", "--seed", 3)
    assert code == DONE
    assert "B  leak" in out
    assert "F  mismatch" in out
    assert "32 of 32" in out
    assert out.endswith("\n\nholds\n")


def test_json_carries_differences_and_counts(call_json, few):
    code, data = call_json("validate", "--vmm")
    assert code == DONE
    assert data["holds"] is True
    assert [case["letter"] for case in data["cases"]] == ["B", "F"]
    for case in data["cases"]:
        assert case["equal_codes"] == case["results"] == 32
        assert 0 <= case["largest_difference_lsb"] <= case["tolerance"]


def test_a_difference_gives_exit_code_1(call, few, monkeypatch):
    monkeypatch.setattr(vmm_validation.Agreement, "holds", False)
    code, out, _ = call("validate", "--vmm")
    assert code == DID_NOT_HOLD
    assert "does not hold" in out
    assert "NO" in out


def test_vmm_takes_no_script_and_without_it_one_is_needed(call, script):
    code, _, messages = call("validate", "--vmm", script)
    assert code == BAD_INPUT
    assert "--vmm runs no script; leave script.py out" in messages
    code, _, messages = call("validate")
    assert code == BAD_INPUT
    assert "give a script, or --vmm" in messages


def test_a_backend_without_events_on_matrices_is_refused(call):
    code, _, messages = call("validate", "--vmm", "--against", "event")
    assert code == BAD_INPUT
    assert "backend 'event' sends no events to matrices; 'brian2' does" in messages


@pytest.mark.parametrize(
    "option", [("--chip", "mesh"), ("--fidelity", "fcfs"), ("--no-report",), ("--out", "out")]
)
def test_products_refuse_options_of_scripts(call, option):
    code, _, err = call("validate", "--vmm", *option)
    assert code == 2
    assert f"leave {option[0]} out" in err


def test_a_seed_below_zero_is_refused(call):
    code, _, err = call("validate", "--vmm", "--seed", -1)
    assert code == 2
    assert "--seed -1 must be at least 0" in err
