"""The integrator of stepped cells: the order of the method, with the channels decaying on the way."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.network import MODELS, Network
from neurohw_event.cells import make_cells
from neurohw_event.kernels.cash_karp import take_step
from neurohw_event.kernels.channels import write_drive
from neurohw_event.layout import ROW
from neurohw_event.stepped_layout import (
    AT_END,
    CHANNEL_STATE,
    EQUATION,
    FIRST_CHANNEL,
    N_CHANNELS,
    N_VARIABLES,
    NOW,
    OFFSET,
    OFFSET_NA,
    WIDTH,
)
from tests.stepped_networks import lone_cell


@pytest.mark.parametrize(
    ("name", "initial", "span_ms"),
    [
        ("EIF_cond_alpha_isfa_ista", {"v": -60.0, "w": 0.1}, 4.0),
        ("Izhikevich", {"v": -60.0, "u": -8.0}, 4.0),
        ("HH_cond_exp", {"v": -60.0, "m": 0.1, "h": 0.4, "n": 0.4}, 0.5),
        ("GIF_cond_exp", {"v": -60.0, "i_eta": 0.5}, 8.0),
    ],
)
def test_the_method_is_of_order_five(name: str, initial: dict[str, float], span_ms: float) -> None:
    """With steps half as long the error falls by 2^5; conductances and adaptation decay on the way."""
    model = MODELS[name]
    initial |= {r.variable: 0.02 for r in model.receptors if r.variable}
    network = lone_cell(model, initial)
    exact = integrated(network, 512, span_ms)
    errors = [np.abs(integrated(network, n, span_ms) - exact)[0] for n in (16, 32)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(5, abs=0.5)


def integrated(network: Network, n_steps: int, span_ms: float) -> np.ndarray:
    """Return the variables of a lone cell after equal steps."""
    cells = make_cells(network, 0, 0)
    stepped, block = cells.stepped, cells.stepped.block[0]
    row, p = cells.values[block[OFFSET] :][: block[WIDTH]], stepped.constant[cells.clock[0, ROW] :]
    n, n_channels, h = block[N_VARIABLES], block[N_CHANNELS], span_ms / n_steps
    for _ in range(n_steps):
        stepped.x[NOW] = row[:4]
        write_drive(row, p, n_channels, h, False, p[OFFSET_NA], stepped.drive, stepped.ends)
        take_step(block[EQUATION], n, p, False, np.inf, h, stepped)
        row[:n] = stepped.x[AT_END, :n]
        channels = row[FIRST_CHANNEL:].reshape(n_channels, CHANNEL_STATE)
        channels[:, :2] = stepped.ends[:n_channels]
    return row[:n].copy()
