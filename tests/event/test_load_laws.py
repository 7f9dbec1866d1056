"""What holds for any interconnect as its load rises: packets take longer, and no link takes more than it can."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numba import config

from neurohw.backend import load_traffic
from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of
from neurohw.traffic import Destinations, LoadPoint, RandomPackets, chip_saturation, interconnect_chip
from tests.examples import examples

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="the mean of a few packets is no mean")

FIDELITY = st.sampled_from(["credit", "credit", "fcfs"])
CYCLES = 12_000


@st.composite
def loaded_chips(draw) -> tuple[Chip, Destinations]:
    """Return any small interconnect, one tile and buffers of one packet included, and who sends to whom."""
    topology = draw(st.sampled_from(["mesh", "mesh", "torus", "ring", "tree", "star", "bus"]))
    least = 2 if topology in ("torus", "ring") else 1
    chip = interconnect_chip(
        topology,
        (draw(st.integers(1, 4)), draw(st.integers(1, 4))),
        depth=max(draw(st.sampled_from([1, 1, 2, 4, inf])), least),
        hop_cycles=draw(st.integers(1, 4)),
        credit_cycles=draw(st.integers(0, 3)),
        flits=draw(st.integers(1, 3)),
    )
    n = topology_of(chip.interconnect).n_tiles
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    if draw(st.booleans()):
        return chip, Destinations(table=rng.integers(0, n, n).astype(np.int32))
    return chip, Destinations(weights=rng.dirichlet(np.ones(n), n))


def measure(chip: Chip, to: Destinations, load: float, fidelity: str, cycles: int = CYCLES) -> LoadPoint:
    """Return what packets meet; they have twice as long to arrive as they took to be made."""
    packets = RandomPackets(to, load, cycles // 3, cycles, 2 * cycles)
    return load_traffic("event").traffic(chip, packets, fidelity=fidelity, seed=1)


@given(loaded_chips(), FIDELITY)
@examples(40)
def test_nothing_is_steady_above_the_bound(case: tuple[Chip, Destinations], fidelity: str) -> None:
    chip, to = case
    bound, _ = chip_saturation(chip, to.demand)
    assume(1.25 * bound <= 1)
    assert not measure(chip, to, 1.25 * bound, fidelity).steady


@given(loaded_chips(), FIDELITY, st.floats(0.02, 0.5), st.floats(1.2, 2))
@examples(40)
def test_latency_does_not_fall_with_load(
    case: tuple[Chip, Destinations], fidelity: str, share: float, factor: float
) -> None:
    chip, to = case
    low = share * min(chip_saturation(chip, to.demand)[0], 1)
    points = [measure(chip, to, load, fidelity) for load in (low, low * factor)]
    assume(all(point.arrived == point.created > 100 for point in points))
    before, after = points
    # both means are of ways that chance drew: what these differ by is no waiting
    hop = chip.interconnect.hop_cycles
    waits = [point.latency_mean - hop * point.hops for point in points]
    noise = 4 * (before.latency_max - before.latency_min) / np.sqrt(before.arrived)
    assert waits[1] >= waits[0] - noise
    if after.steady:  # small buffers may carry less than the links
        assert after.accepted == pytest.approx(low * factor, rel=0.3)


@given(loaded_chips(), FIDELITY, st.floats(0.01, 1))
@examples(40)
def test_every_packet_arrives_once(case: tuple[Chip, Destinations], fidelity: str, load: float) -> None:
    """Where there is time for it; and each was counted at one tile.

    On rings whoever wants to enter may wait for ever: it needs two places (the bubble rule), those who pass need one.
    """
    chip, to = case
    packets = RandomPackets(to, load, 0, 300, 10**6)
    point = load_traffic("event").traffic(chip, packets, fidelity=fidelity, seed=2)
    may_starve = fidelity == "credit" and chip.interconnect.topology in ("torus", "ring")
    assert point.arrived == point.created <= 300 * chip.n_tiles or may_starve
    assert point.accepted * 300 * chip.n_tiles <= point.created * chip.service_cycles * (1 + 1e-12)
    assert point.accepted_least <= point.accepted


def test_packets_that_full_queues_hold_back_are_waited_for() -> None:
    """Buffers of one packet carry a third of the load: what is measured comes long after it was to be sent."""
    chip = interconnect_chip("mesh", (1, 2), depth=1, hop_cycles=1, credit_cycles=2)
    to = Destinations(weights=np.array([[0.4, 0.6], [0.9, 0.1]]))
    point = measure(chip, to, 0.96, "credit")
    assert point.created > 0
    assert not point.steady
