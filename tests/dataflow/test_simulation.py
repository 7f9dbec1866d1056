"""The compiled self-timed execution against the plain one, event by event."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    Platform,
    PlatformTile,
    execute,
    guarantee,
    simulate,
    simulated_period,
)
from neurohw.errors import SettingError
from tests.examples import examples
from tests.tiles import guaranteed


@examples(60)
@given(st.integers(0, 10**6), st.booleans())
def test_every_firing_starts_as_in_the_plain_execution(seed, shared):
    certificate, platform, _ = guaranteed(seed, shared)
    (expected,) = execute([certificate], platform, 9)
    assert simulate(certificate, platform, 9) == expected


@examples(60)
@given(st.integers(0, 10**6), st.sampled_from([200, 1023, 1024, 5000]))
def test_what_is_near_and_what_is_far_ahead_happen_in_order(seed, factor):
    """Firings take hundreds of dates, tokens a few: some stand in lists, others in the heap."""
    certificate, platform, _ = guaranteed(seed)
    graph = certificate.graph
    slow = replace(graph, actors=tuple(replace(a, time=a.time * factor) for a in graph.actors))
    certificate = guarantee(slow, certificate.orders, platform, certificate.capacity_of_channel)
    assert simulate(certificate, platform, 9) == execute([certificate], platform, 9)[0]


@given(st.integers(0, 10**6))
@example(1118)  # settles after more than 40 iterations
@examples(60)
def test_without_shared_links_the_period_is_the_guaranteed_one(seed):
    certificate, platform, _ = guaranteed(seed, shared=False)
    assert simulated_period(certificate, platform, 800) == certificate.period


def _pair(time, delay=Fraction(5)):
    """Return two actors on tiles of their own, in a cycle with two tokens."""
    graph = Graph(
        "pair",
        (Actor("a", time), Actor("b", Fraction(1))),
        (Channel("ab", "a", "b", tokens=2), Channel("ba", "b", "a")),
    )
    platform = Platform("two", (PlatformTile("X"), PlatformTile("Y")), {("X", "Y"): delay, ("Y", "X"): delay})
    return guarantee(graph, {"X": ("a",), "Y": ("b",)}, platform, {"ab": 2, "ba": 2}), platform


def test_times_may_be_fractions():
    certificate, platform = _pair(Fraction(7, 3))
    assert simulate(certificate, platform, 5) == execute([certificate], platform, 5)[0]
    assert simulated_period(certificate, platform, 20) == certificate.period


def test_what_cannot_be_simulated_is_refused():
    certificate, platform = _pair(Fraction(1))
    with pytest.raises(SettingError, match="n_iterations = 0 must be a whole number above 0"):
        simulate(certificate, platform, 0)
    with pytest.raises(SettingError, match="at least 4: the first half does not count"):
        simulated_period(certificate, platform, 3)
    certificate, platform = _pair(Fraction(2**41))
    with pytest.raises(SettingError, match="most are 2"):
        simulate(certificate, platform, 3)
