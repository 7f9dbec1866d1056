"""The integrator of stepped cells: the order of the method, with the channels decaying on the way."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.network import MODELS, Network
from neurohw_event.cells import make_cells
from neurohw_event.kernels.cash_karp import take_step
from neurohw_event.kernels.channels import write_drive
from neurohw_event.kernels.exponential import LARGEST_EXPONENT, exponential
from neurohw_event.kernels.lanes import fill_common, load_lane
from neurohw_event.stepped_layout import (
    AT_END,
    CHANNEL_ROWS,
    END_VALUE,
    EQUATION,
    FEED_ROW,
    FIRST_CHANNEL_ROW,
    HIGHEST_MV,
    N_CHANNELS,
    N_VARIABLES,
    NOW,
    ROW,
    SPAN_MS,
)
from tests.stepped_networks import lone_cell


@pytest.mark.parametrize("largest", [0.34, 1.0, 80.0, LARGEST_EXPONENT])
def test_exponentials(largest: float) -> None:
    x = np.linspace(-largest, largest, 2001)
    np.testing.assert_allclose([exponential(value) for value in x], np.exp(x), rtol=2e-13)


def test_exponentials_of_what_is_too_large_are_those_of_the_limit() -> None:
    for sign in (-1.0, 1.0):
        limit = exponential(sign * LARGEST_EXPONENT)
        assert 0 < limit < np.inf
        assert exponential(sign * 1e300) == exponential(sign * np.inf) == limit


@pytest.mark.parametrize(
    ("name", "initial", "span_ms"),
    [
        ("EIF_cond_alpha_isfa_ista", {"v": -60.0, "w": 0.1}, 16.0),
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
    block, batch, n_lanes = cells.stepped.block[0], cells.stepped.batch, np.uint64(1)
    n, n_channels = block[N_VARIABLES], block[N_CHANNELS]
    fill_common(block, cells.stepped, n_lanes)
    load_lane(block, 0, 1, 0, cells, np.uint64(0))
    batch[SPAN_MS], batch[HIGHEST_MV] = span_ms / n_steps, np.inf
    now = [NOW + ROW * k for k in range(n)]
    channels = [
        FIRST_CHANNEL_ROW + CHANNEL_ROWS * k + part for k in range(n_channels) for part in (0, FEED_ROW)
    ]
    for _ in range(n_steps):
        write_drive(n_channels, False, batch, n_lanes)
        take_step(block[EQUATION], n, batch, n_lanes)
        batch[now] = batch[[at + AT_END - NOW for at in now]]
        batch[channels] = batch[[at + END_VALUE for at in channels]]
    return batch[now]
