"""A pytest plugin for PyNN's own tests: it puts neurohw in the place of the simulators that they name.

Its system scenarios get neurohw from ``run_with_simulators``, its unit tests in the place of ``pyNN.mock``.
"""

from __future__ import annotations

import sys
from types import ModuleType

import pyNN
import pyNN.neurohw as sim
import pytest


def run_with_simulators(*_: str) -> pytest.MarkDecorator:
    """Let a scenario run once, on neurohw, whatever simulators it names."""
    return pytest.mark.parametrize("sim", [pytest.param(sim, id="neurohw")])


fixtures = ModuleType("system.scenarios.fixtures")
fixtures.run_with_simulators = run_with_simulators  # type: ignore[attr-defined]
sys.modules[fixtures.__name__] = fixtures
sys.modules["pyNN.mock"] = pyNN.mock = sim
