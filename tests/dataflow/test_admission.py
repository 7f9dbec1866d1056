"""Binding by load, and applications that come and go: what is promised is kept, and what cannot be is explained."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import (
    Actor,
    Channel,
    Demand,
    Graph,
    Link,
    Occupancy,
    Platform,
    PlatformTile,
    Weights,
    admit,
    balance,
    buffers_of,
    certificate_problems,
    double_buffers,
    execute,
    guarantee,
    prepare,
    project,
    transit_problems,
)
from neurohw.dataflow.admission import near_tiles
from neurohw.dataflow.resources import lacking
from neurohw.errors import CapacityError, SettingError, UnknownNameError
from tests.dataflow_graphs import ring
from tests.examples import examples
from tests.tiles import live_graph, random_platform

SEEDS = st.integers(0, 10**6)


def _line(n, **limits):
    """Return tiles in a row, 2 time units apart, with a link between neighbours in each direction."""
    tiles = [PlatformTile(f"t{i}", **limits) for i in range(n)]
    pairs = [(a, b) for a in range(n) for b in range(n) if a != b]
    steps = {(a, b): range(a, b) if a < b else range(a, b, -1) for a, b in pairs}
    routes = {
        (f"t{a}", f"t{b}"): tuple(f"{i}>{i + (1 if a < b else -1)}" for i in steps[a, b]) for a, b in pairs
    }
    links = {name: Link(Fraction(1), Fraction(2)) for route in routes.values() for name in route}
    delay = {pair: Fraction(2 * len(route)) for pair, route in routes.items()}
    return Platform("line", tuple(tiles), delay, Fraction(1), links, routes)


def _application(name, times=(4, 4, 4), period=None, **others):
    graph = replace(ring(list(times), [1] * len(times)), name=name)
    return prepare(graph, period=None if period is None else Fraction(period), **others)


# --- binding


def test_equal_actors_are_spread_evenly():
    graph = Graph("g", tuple(Actor(f"a{i}", Fraction(5)) for i in range(6)), ())
    tile_of_actor = balance(graph, _line(3), ["t0", "t1", "t2"], {})
    assert sorted(tile_of_actor.values()) == ["t0", "t0", "t1", "t1", "t2", "t2"]


def test_without_a_weight_for_processing_neighbours_stay_together():
    graph = ring([5, 5, 5, 5], [1, 1, 1, 1])
    tile_of_actor = balance(graph, _line(4), ["t0", "t1", "t2", "t3"], {}, weights=Weights(processing=0))
    assert len(set(tile_of_actor.values())) == 1


def test_memory_decides_where_an_actor_fits():
    graph = Graph("g", tuple(Actor(f"a{i}", Fraction(5 - i)) for i in range(3)), ())
    demand = Demand({"a0": 3, "a1": 2, "a2": 2})
    tile_of_actor = balance(graph, _line(2, memory=4), ["t0", "t1"], {}, demand)
    assert tile_of_actor["a1"] == tile_of_actor["a2"] != tile_of_actor["a0"]
    with pytest.raises(
        CapacityError, match="actor 'a2' fits on no tile: tile 't0': needs 5 of memory, it has 4"
    ):
        balance(graph, _line(2, memory=4), ["t0", "t1"], {}, Demand({"a0": 3, "a1": 3, "a2": 2}))


def test_connections_are_limited():
    graph = ring([5, 5, 5, 5], [1, 1, 1, 1])
    tile_of_actor = balance(graph, _line(4, connections=2), ["t0", "t1", "t2", "t3"], {})
    certificate = guarantee(graph, project(tuple(graph.index), tile_of_actor), _line(4), {})
    assert lacking(certificate, _line(4, connections=2), Demand()) == []
    with pytest.raises(CapacityError, match=r"2 connections of tile 't\d', it has 1"):
        balance(
            graph, _line(2, connections=1, memory=2), ["t0", "t1"], {}, Demand(dict.fromkeys(graph.index, 1))
        )


def test_what_a_tile_lacks_is_counted_from_the_definition():
    graph = Graph("g", (Actor("a", Fraction(4)), Actor("b", Fraction(6))), (Channel("c", "a", "b", 2, 2),))
    platform = _line(2, memory=7, connections=0, bandwidth_in=0, bandwidth_out=1)
    certificate = guarantee(graph, {"t0": ["a"], "t1": ["b"]}, platform, {"c": 4})
    assert lacking(certificate, platform, Demand({"a": 3}, per_token=2)) == [
        "tile 't0': 11 of memory are needed, it has 7",
        "tile 't0': 1 connections are needed, it has 0",
        "tile 't1': 8 of memory are needed, it has 7",
        "tile 't1': 1 connections are needed, it has 0",
        "tile 't1': 2 tokens in in 6 time units, it takes 0 in a time unit",
    ]


@examples(60)
@given(SEEDS)
def test_a_binding_by_load_is_never_far_above_the_best(seed):
    graph, random = live_graph(seed, most_actors=5), Random(seed)
    platform = random_platform(random)
    tile_of_actor = balance(graph, platform, ["X", "Y", "Z"], {}, weights=Weights(bandwidth=0, connections=0))
    firings = {actor.name: 0 for actor in graph.actors}
    order = prepare(graph).order
    for name in order:
        firings[name] += 1
    load = {actor.name: actor.time * firings[actor.name] for actor in graph.actors}

    def busiest(tiles):
        return max(sum(load[a] for a, t in zip(load, tiles, strict=True) if t == tile) for tile in "XYZ")

    best = min(map(busiest, product("XYZ", repeat=len(load))))
    # the longest first, each to the least loaded tile, is within 4/3 - 1/(3 n) of the best (Graham 1969)
    assert busiest([tile_of_actor[name] for name in load]) <= best * (Fraction(4, 3) - Fraction(1, 9))


def test_weights_are_not_negative():
    with pytest.raises(SettingError, match=r"weight of memory -1 must be a number of at least 0"):
        Weights(memory=-1)


# --- admission


def test_an_application_gets_the_fewest_tiles_that_will_do():
    empty = Occupancy(_line(4))
    assert admit(empty, _application("a", period=12)).certificate.orders.keys() == {"t0"}
    two = admit(empty, _application("a", period=11)).certificate
    assert len(two.orders) == 2
    assert two.period <= 11
    assert len(admit(empty, _application("a")).certificate.orders) == 3


def test_an_application_that_asks_for_too_much_is_told_why():
    answer = admit(Occupancy(_line(2)), _application("fast", (4, 9, 4), period=8))
    assert not answer.is_admitted
    assert answer.reason == (
        "'fast' is not admitted: its actor 'a1' alone takes 9 in an iteration, it asks for 8; "
        "nor would it be on the empty platform"
    )
    answer = admit(Occupancy(_line(2)), _application("wide", (4, 4, 4), period=5))
    assert "tiles needed: at least 3, free: 2; nor would it be" in answer.reason
    assert answer.tiles_needed is None
    answer = admit(Occupancy(_line(3)), _application("near", (4, 4, 4), period=4))
    assert "an iteration of 'near' may take" in answer.reason
    assert "it asks for 4; limited by " in answer.reason


def test_tiles_that_are_taken_are_not_given_away():
    occupancy = admit(Occupancy(_line(3)), _application("first", period=11)).occupancy
    assert len(occupancy.free_tiles) == 1
    answer = admit(occupancy, _application("second", period=11))
    assert answer.reason == (
        "'second' is not admitted: tiles needed: at least 2, free: 1; "
        "with nothing else on the platform it would be admitted, on 2 tiles"
    )
    assert answer.tiles_needed == 2
    assert answer.occupancy is occupancy
    left = occupancy.without("first")
    assert len(left.free_tiles) == 3
    assert admit(left, _application("second", period=11)).is_admitted
    with pytest.raises(UnknownNameError, match="unknown application 'first'"):
        left.without("first")
    with pytest.raises(SettingError, match="application 'first' runs already"):
        admit(occupancy, _application("first"))


def test_a_newcomer_that_would_slow_down_another_is_refused():
    # the tiles of each are the outer or the inner ones, so that both take the links in the middle
    platform = _line(4)
    platform = replace(
        platform,
        links={name: replace(link, time=Fraction(2)) for name, link in platform.links.items()},
        time_per_token=Fraction(2),
    )
    graph = Graph(
        "g",
        (Actor("a", Fraction(4)), Actor("b", Fraction(4))),
        (Channel("c", "a", "b"), Channel("d", "b", "a", tokens=1)),
    )
    outer = prepare(graph, "outer")
    certificate = guarantee(graph, {"t0": ["a"], "t3": ["b"]}, platform, outer.capacity_of_channel)
    asks = replace(outer, period=certificate.period)
    occupancy = Occupancy(platform, {"outer": asks}, {"outer": certificate})
    answer = admit(occupancy, prepare(graph, "inner"))
    assert "application 'outer' shares links with it: an iteration of 'outer' may take" in answer.reason
    content = Occupancy(platform, {"outer": outer}, {"outer": certificate})
    answer = admit(content, prepare(graph, "inner"))
    assert answer.is_admitted
    assert answer.occupancy.certificates["outer"].period > certificate.period


def test_near_tiles_lie_together():
    platform = _line(6)
    assert set(near_tiles(platform, ["t0", "t2", "t3", "t4", "t5"], 3)) == {"t2", "t3", "t4"}
    assert len(near_tiles(platform, ["t0", "t5"], 2)) == 2


@examples(40)
@given(SEEDS)
def test_applications_come_and_go_and_every_promise_is_kept(seed):
    random = Random(seed)
    occupancy = Occupancy(random_platform(random, "STUVWXYZ"))
    for number in range(10):
        if occupancy.running and random.random() < 0.3:
            occupancy = occupancy.without(random.choice(list(occupancy.running)))
            continue
        graph = live_graph(seed + number)
        load = sum(actor.time for actor in graph.actors) or Fraction(1)
        asked = random.choice([None, load, load * 2, load * 4, load * 8])
        answer = admit(occupancy, prepare(graph, f"app {number}", period=asked))
        assert answer.is_admitted or "is not admitted: " in answer.reason
        occupancy = answer.occupancy
    certificates = list(occupancy.certificates.values())
    platform = occupancy.platform
    ways = {pair: way + platform.time_per_token for pair, way in platform.delay.items()}
    times = {name: link.time for name, link in platform.links.items()}
    assert transit_problems(certificates, ways, platform.routes, times) == []
    tiles = [tile for certificate in certificates for tile in certificate.orders]
    assert len(tiles) == len(set(tiles))
    for certificate, asks in zip(certificates, occupancy.running.values(), strict=True):
        assert certificate_problems(certificate) == []
        assert asks.period is None or certificate.period <= asks.period
        assert certificate.capacity_of_channel == buffers_of(asks.graph, asks.order)
        assert certificate.capacity_of_channel.keys() == double_buffers(asks.graph).keys()
    for certificate, starts in zip(certificates, execute(certificates, platform, 6), strict=True):
        for name, dates in starts.items():
            own = certificate.starts[name]
            for firing, date in enumerate(dates):
                assert date <= own[firing % len(own)] + firing // len(own) * certificate.period


@pytest.mark.parametrize("period", [0, Fraction(-1, 2), float("nan"), float("inf"), "5"])
def test_a_period_is_above_0_and_exact(period):
    with pytest.raises(
        SettingError, match=f"application 'a': its period {period} must be above 0, and whole or"
    ):
        prepare(ring([4], [1]), "a", period=period)
