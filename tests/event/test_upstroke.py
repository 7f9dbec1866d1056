"""The upstroke of adaptive exponential cells, which leaves for infinity within less than any step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.workloads.parts import cells
from neurohw.network import MODELS, Network, Probe
from neurohw.program import Program
from neurohw.result import Result
from neurohw_event.kernels.loop import run_ticks
from tests.event.test_against_naive import run

pytestmark = pytest.mark.skipif(
    not hasattr(run_ticks, "signatures"), reason="long runs need compiled kernels"
)

MODEL = MODELS["EIF_cond_exp_isfa_ista"]
RESET_MV, JUMP_NA = -70.6, 0.0805


def of_sharpness(delta_t_mv: float, level_mv: float, timestep_ms: float) -> Result:
    """Return 100 ms of cells that fire regularly, at several currents."""
    values = {name: p.default for name, p in MODEL.parameters.items()}
    values |= {"delta_T": delta_t_mv, "v_spike": level_mv, "v_reset": RESET_MV, "b": JUMP_NA}
    currents_na = np.linspace(1.0, 3.0, 20)
    population = cells("cells", MODEL.name, 0, len(currents_na), values)
    population = replace(population, parameters={**population.parameters, "i_offset": currents_na})
    each = np.arange(len(currents_na))
    probes = tuple(Probe(0, variable, each) for variable in ("spikes", "v", "w"))
    return run(Program(Network(timestep_ms, (population,), (), probes=probes)), [round(100 / timestep_ms)])


@pytest.mark.parametrize("timestep_ms", [0.1, 1.0])
@pytest.mark.parametrize(
    ("delta_t_mv", "level_mv"),
    [(1e-3, -40.0), (0.05, -40.0), (0.131, -40.0), (0.5, -12.0), (0.5, 0.0), (2.0, 120.0)],
)
def test_v_and_w_stay_where_a_cell_can_be(delta_t_mv: float, level_mv: float, timestep_ms: float) -> None:
    result = of_sharpness(delta_t_mv, level_mv, timestep_ms)
    v, w = (result.traces[0, variable] for variable in ("v", "w"))
    assert len(result.spikes.ids) > 20
    assert v.min() > RESET_MV - 1.0
    assert v.max() <= level_mv + 1e-3
    assert abs(w).max() < JUMP_NA * np.bincount(result.spikes.ids).max() + 1.0


def test_a_sharp_upstroke_is_a_threshold() -> None:
    """But 0.01 mV higher, where the exponential outgrows the leak: later spikes follow more and more behind."""
    sharp, threshold = (of_sharpness(delta_t_mv, -40.0, 0.1).spikes for delta_t_mv in (1e-3, 0.0))
    for cell in np.unique(threshold.ids):
        own, expected = (spikes.ticks[spikes.ids == cell] for spikes in (sharp, threshold))
        assert len(own) == len(expected)
        assert 0 <= own[0] - expected[0] <= 1
        assert (abs(own - expected) <= np.arange(1, len(own) + 1)).all()
