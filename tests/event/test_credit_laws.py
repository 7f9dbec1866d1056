"""Routers with credits under load: what a ring, a switch and a mesh carry, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

from neurohw.errors import DeadlockError
from neurohw_event.noc import Wires
from neurohw_event.traffic import simulate_traffic
from tests.examples import compiled_only
from tests.wires import Timing, timed_wires

many_packets = pytest.mark.skipif(config.DISABLE_JIT, reason="the mean of a few packets is no mean")

# --- deadlock -----------------------------------------------------------------------------------------------


def around(n: int, depth: int) -> tuple[Wires, dict]:
    """Return a ring of routers, each of which sends to the one two further on."""
    wires = timed_wires("torus", (n, 1), Timing(depth=depth))
    return wires, {"load": 1.0, "partner": (np.arange(n) + 2) % n, "warm_up": 0, "cycles": 2000}


def traffic_on(wires: Wires, **how):
    return simulate_traffic(*wires[:5], **how)


def test_a_ring_without_bubbles_stops_and_is_named() -> None:
    wires, how = around(5, 2)
    with pytest.raises(DeadlockError, match=r"links \d+, \d+, \d+, \d+, \d+ wait"):
        traffic_on(wires, **how)


@pytest.mark.parametrize("depth", [2, pytest.param(3, marks=compiled_only)])
def test_a_ring_with_bubbles_goes_on(depth: int) -> None:
    wires, how = around(5, depth)
    assert traffic_on(wires, **how, ring=wires.ring, drain=0).accepted > 0.1


# --- laws of queues -----------------------------------------------------------------------------------------


def star(n: int) -> Wires:
    """Return n tiles on one router, with buffers behind it that never keep a packet back."""
    wires = timed_wires("star", (n,), Timing(hop=1, eject=0))
    depth = np.where(wires.links.target == 0, 8, -1)
    return wires._replace(links=wires.links._replace(depth=depth))


@many_packets
@pytest.mark.parametrize(("n", "limit"), [(2, 0.750), (4, 0.655), (8, 0.618)])
def test_heads_of_lines_limit_a_saturated_switch(n: int, limit: float) -> None:
    """Karol, Hluchyj and Morgan 1987, doi:10.1109/TCOM.1987.1096719, table I."""
    measured = traffic_on(star(n), load=1.0, warm_up=1000, cycles=100_000, drain=0)
    assert measured.accepted == pytest.approx(limit, rel=0.01)


@pytest.mark.parametrize(
    "depth", [1, 2, 5, *(pytest.param(depth, marks=compiled_only) for depth in (3, 4, 6))]
)
def test_a_link_carries_a_buffer_in_a_round_trip_of_credits(depth: int) -> None:
    wires = timed_wires("mesh", (2, 1), Timing(hop=3, eject=0, credit=2, depth=depth))
    measured = traffic_on(wires, load=1.0, partner=np.array([1, 0]), warm_up=100, cycles=3000, drain=0)
    assert measured.accepted == pytest.approx(min(1.0, depth / (3 + 2)), rel=0.002)


@many_packets
def test_nothing_is_steady_above_the_bound_of_the_fullest_link() -> None:
    wires = timed_wires("mesh", (4, 4), Timing(depth=-1))
    transpose = np.arange(16).reshape(4, 4).T.ravel()
    below, above = (
        traffic_on(wires, load=load, partner=transpose, warm_up=3000, cycles=6000, drain=4000)
        for load in (0.30, 0.36)
    )
    assert below.steady  # three tiles of a row share a link
    assert not above.steady


@many_packets
@pytest.mark.parametrize("depth", [1, 4, -1])
def test_latency_does_not_fall_with_load(depth: int) -> None:
    wires = timed_wires("mesh", (4, 4), Timing(depth=depth))
    top = 0.1 if depth == 1 else 0.35
    means = [
        traffic_on(wires, load=load, warm_up=1000, cycles=40_000).latency_mean
        for load in np.linspace(0.02, top, 5)
    ]
    assert np.diff(means).min() > -0.05


def test_idle_time_is_skipped() -> None:
    wires = timed_wires("mesh", (4, 4), Timing())
    measured = traffic_on(wires, load=1e-9, warm_up=0, cycles=10**9)
    assert measured.cycles >= 10**9
    assert 4 <= measured.arrived == measured.created <= 40  # one of each of 16 tiles is expected
    assert measured.latency_max <= 1 + 3 * 7 + 1
