"""Guarantees: what runs is never slower, and as slow at the longest times; certificates that lie are found out."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    Link,
    Platform,
    PlatformTile,
    Wait,
    certificate_problems,
    double_buffers,
    execute,
    graph_problems,
    guarantee,
    load_bound,
    mean_period,
    platform_problems,
    repetition_vector,
    transit_problems,
)
from neurohw.dataflow.binding import bound_graph
from neurohw.dataflow.self_timed import self_timed_period
from neurohw.errors import MappingError, SettingError
from tests.examples import examples
from tests.naive.dataflow import start_times
from tests.tiles import guaranteed, live_graph, random_mapping, random_platform

SEEDS = st.integers(0, 10**6)
ITERATIONS = 12


def _together(seed):
    """Return two graphs on tiles of their own that share links, with their guarantees."""
    random = Random(seed)
    platform = random_platform(random, "XYZUVW")
    graphs = [live_graph(seed), live_graph(seed + 1)]
    mappings = [
        random_mapping(graph, random, names) for graph, names in zip(graphs, ("XYZ", "UVW"), strict=True)
    ]
    alone = [guarantee(g, o, platform, c) for g, (o, c) in zip(graphs, mappings, strict=True)]
    both = [
        guarantee(g, o, platform, c, other.pairs())
        for g, (o, c), other in zip(graphs, mappings, alone[::-1], strict=True)
    ]
    return both, platform, random


def _shorter(certificate, random):
    """Return times of firings that are at most the longest, the same whenever they are asked for."""
    drawn = {}
    longest = {actor.name: actor.time for actor in certificate.graph.actors}

    def time(name, firing):
        part = drawn.setdefault((name, firing), Fraction(random.randint(0, 4), 4))
        return longest[name] * part

    return time


def _never_behind(certificate, starts):
    for name, dates in starts.items():
        own = certificate.starts[name]
        for firing, date in enumerate(dates):
            iteration, place = divmod(firing, len(own))
            assert date <= own[place] + iteration * certificate.period


@examples(60)
@given(SEEDS)
def test_what_runs_is_never_behind_the_schedule(seed):
    certificates, platform, random = _together(seed)
    assert transit_problems(certificates, *_ways(platform)) == []
    for times in (None, [_shorter(certificate, random) for certificate in certificates]):
        for certificate, starts in zip(
            certificates, execute(certificates, platform, ITERATIONS, times), strict=True
        ):
            assert certificate_problems(certificate) == []
            counts = dict(zip(starts, repetition_vector(certificate.graph), strict=True))
            assert {name: len(dates) for name, dates in starts.items()} == {
                name: ITERATIONS * n for name, n in counts.items()
            }
            _never_behind(certificate, starts)


@examples(100)
@given(SEEDS)
def test_the_longest_times_reach_the_guarantee(seed):
    certificate, platform, _ = guaranteed(seed, shared=False)
    graph = certificate.graph
    bound = bound_graph(
        graph, certificate.orders, platform.delay, certificate.capacity_of_channel, platform.time_per_token
    )
    assert certificate.period == self_timed_period(bound.graph)
    assert certificate.period >= load_bound(graph, certificate.orders)
    # the execution is the one of the definition, token by token
    counts = dict(zip(bound.graph.index, repetition_vector(bound.graph), strict=True))
    dates = start_times(bound.graph, {name: 4 * n for name, n in counts.items()})
    starts = execute([certificate], platform, 4)[0]
    for name, parts in bound.firings.items():
        assert sorted(starts[name]) == sorted(date for part in parts for date in dates[part])


def test_in_the_long_run_the_guarantee_is_the_period():
    reached = 0
    for seed in range(60):
        certificate, platform, _ = guaranteed(seed, shared=False)
        counts = dict(zip(certificate.graph.index, repetition_vector(certificate.graph), strict=True))
        measured = mean_period(execute([certificate], platform, 48)[0], counts)
        reached += measured == certificate.period
    # the others are not yet periodic by then, or begin with many tokens
    assert reached >= 50


def _ways(platform):
    delay = {pair: way + platform.time_per_token for pair, way in platform.delay.items()}
    return delay, platform.routes, {name: link.time for name, link in platform.links.items()}


def _lies(certificate):
    """Yield certificates in which one thing is better than it is."""
    if certificate.period:
        yield replace(certificate, period=certificate.period * Fraction(99, 100))
    for table in ("starts", "sends"):
        dates = getattr(certificate, table)
        for name, own in dates.items():
            # the schedule is the earliest: whatever starts earlier does not wait for something
            earlier = (*own[:-1], own[-1] - Fraction(1, 7))
            yield replace(certificate, **{table: {**dates, name: earlier}})
    actors = tuple(
        replace(actor, time=actor.time + 100 + certificate.period) for actor in certificate.graph.actors
    )
    yield replace(certificate, graph=replace(certificate.graph, actors=actors))
    for name in certificate.transit:
        longer = certificate.transit[name] + certificate.period + 1
        yield replace(certificate, transit={**certificate.transit, name: longer})
    for channel in certificate.graph.channels:
        if channel.name in certificate.capacity_of_channel and not channel.is_self_edge:
            small = {**certificate.capacity_of_channel, channel.name: channel.tokens - 1}
            yield replace(certificate, capacity_of_channel=small)


@examples(150)
@given(SEEDS)
def test_certificates_that_lie_are_found_out(seed):
    certificate, _, _ = guaranteed(seed)
    assert certificate_problems(certificate) == []
    for lie in _lies(certificate):
        assert certificate_problems(lie) != []


def _two_tiles(links=None, routes=None, n=2):
    names = [f"t{i}" for i in range(n)]
    delay = {(a, b): Fraction(3) for a in names for b in names if a != b}
    return Platform("p", tuple(map(PlatformTile, names)), delay, Fraction(1), links or {}, routes or {})


def _pipeline(name="g", time=4):
    return Graph(name, (Actor("a", Fraction(time)), Actor("b", Fraction(6))), (Channel("c", "a", "b", 2, 2),))


def test_a_pipeline_by_hand():
    graph = _pipeline()
    certificate = guarantee(graph, {"t0": ["a"], "t1": ["b"]}, _two_tiles(), {"c": 2})
    # two tokens of 3 + 1, then b for 6; only then the buffer at the target is free for the next
    assert certificate.period == 14
    assert certificate.throughput == Fraction(1, 14)
    assert (certificate.sends, certificate.burst) == ({"c": (4,)}, {"c": 2})
    assert certificate.starts == {"a": (0,), "b": (12,)}
    assert set(certificate.critical) == {
        Wait("b", "tokens", "c"),
        Wait("c", "room", "c"),
    }


def test_connections_that_share_a_link_wait_for_each_other_once():
    links = {"l": Link(Fraction(2))}
    platform = _two_tiles(links, {("t0", "t1"): ("l",), ("t2", "t3"): ("l",)}, n=4)
    graph, buffers = _pipeline(), double_buffers(_pipeline())
    alone = guarantee(graph, {"t0": ["a"], "t1": ["b"]}, platform, buffers)
    shared = guarantee(graph, {"t0": ["a"], "t1": ["b"]}, platform, buffers, [("t2", "t3"), ("t3", "t2")])
    assert alone.transit == {"c": 4}
    assert shared.transit == {"c": 6}
    assert (alone.period, shared.period) == (8, 12)
    other = guarantee(graph, {"t2": ["a"], "t3": ["b"]}, platform, buffers)
    assert transit_problems([shared, other], *_ways(platform)) == [
        "graph 'g': channel 'c': a token may take 6, the certificate says 4"
    ]


def test_a_token_that_meets_another_one_waits_for_it():
    links = {"l": Link(Fraction(2))}
    platform = _two_tiles(links, {("t0", "t1"): ("l",), ("t2", "t3"): ("l",)}, n=4)
    buffers = double_buffers(_pipeline())
    one = guarantee(_pipeline("one"), {"t0": ["a"], "t1": ["b"]}, platform, buffers)
    two = guarantee(_pipeline("two"), {"t2": ["a"], "t3": ["b"]}, platform, buffers)
    first, second = execute([one, two], platform, 1)
    # tokens at 4 and 4: the second takes the link 2 later; then at 8 and 10, which do not meet
    assert (first["b"], second["b"]) == ((12,), (14,))


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        ({"t0": ["a"], "t9": ["b"]}, "platform 'p' has no tile 't9'"),
        ({"t0": ["a"]}, "actors on no tile: 'b'"),
    ],
)
def test_orders_that_cannot_be_are_refused(orders, message):
    with pytest.raises(MappingError, match=message):
        guarantee(_pipeline(), orders, _two_tiles(), {})


def test_a_firing_that_takes_longer_than_announced_is_an_error():
    certificate = guarantee(_pipeline(), {"t0": ["a", "b"]}, _two_tiles(), {})
    with pytest.raises(SettingError, match="actor 'b': a firing takes 7, at most 6"):
        execute([certificate], _two_tiles(), 1, [lambda name, firing: Fraction(7 if name == "b" else 1)])


def test_a_platform_whose_tokens_overtake_themselves_is_refused():
    with pytest.raises(SettingError, match="a token holds link 'l' for 9 but is there after 4"):
        _two_tiles({"l": Link(Fraction(9))}, {("t0", "t1"): ("l",)})


def test_a_certificate_with_gaps_proves_nothing():
    whole = guarantee(_pipeline(), {"t0": ["a"], "t1": ["b"]}, _two_tiles(), {"c": 4})
    assert certificate_problems(whole) == []
    for change, problem in (
        ({"orders": {"t0": ("a",)}}, "actor 'b' has no tile or no firing"),
        ({"orders": {"t0": ("a",), "t1": ("b",), "t2": ()}}, "tile 't2': no actor stands in the order"),
        (
            {"orders": {"t0": ("a", "z"), "t1": ("b",)}},
            "tile 't0': an actor does not stand in the order as often",
        ),
        ({"orders": {"t0": ("a",), "t1": ("b",), "t2": ("b",)}}, "tile 't2': an actor does not stand"),
        ({"starts": {"a": (Fraction(0),)}}, "actor 'b' has no tile or no firing"),
        ({"starts": {**whole.starts, "a": (Fraction(0), Fraction(4))}}, "tile 't0': an actor does not stand"),
        ({"sends": {}}, "channel 'c' joins two tiles, and it is not said how"),
        ({"burst": {"c": 1}}, "channel 'c': not as many tokens are sent in an iteration as are produced"),
        ({"starts": {**whole.starts, "a": (Fraction(-1),)}}, "tile 't0': a firing starts before time 0"),
    ):
        assert problem in certificate_problems(replace(whole, **change))[0]


def test_the_premises_of_a_certificate():
    links = {"l": Link(Fraction(2))}
    platform = _two_tiles(links, {("t0", "t1"): ("l",), ("t1", "t0"): ("l",)})
    graph = _pipeline().with_channels([Channel("d", "b", "a", 1, 1, 2)])
    whole = guarantee(graph, {"t0": ["a"], "t1": ["b"]}, platform, {})
    assert platform_problems(whole, platform) == []
    assert graph_problems(whole, graph) == []
    for name in ("c", "d"):
        less = replace(whole, transit={**whole.transit, name: whole.transit[name] - Fraction(1, 9)})
        assert [name in problem for problem in platform_problems(less, platform)] == [True]
    assert platform_problems(replace(whole, orders={"t0": ("a",), "t9": ("b",)}), platform) == [
        "platform 'p' has no tile 't9'",
        "platform 'p' has no connection from 't0' to 't9'",
        "platform 'p' has no connection from 't9' to 't0'",
    ]
    assert graph_problems(whole, _pipeline(time=5)) == [
        "actor 'a': time = 5, the certificate says 4",
        "channel 'd' is in the certificate alone",
    ]
    assert graph_problems(replace(whole, graph=_pipeline()), graph) == [
        "channel 'd' is not in the certificate"
    ]


def _line(random, names):
    """Return a platform whose connections take links that follow each other on a line."""
    links = {f"l{i}": Link(Fraction(random.randint(1, 4)), Fraction(random.randint(0, 3))) for i in range(4)}
    order = list(links)
    delay, routes = {}, {}
    for pair in ((a, b) for a in names for b in names if a != b):
        first = random.randint(0, 2)
        routes[pair] = tuple(order[first : random.randint(first + 1, 4)])
        delay[pair] = sum((links[name].delay for name in routes[pair]), Fraction(4))
    return Platform("line", tuple(map(PlatformTile, names)), delay, Fraction(0), links, routes)


def test_tokens_that_came_over_one_link_do_not_wait_for_each_other():
    shortened = waited = 0
    for seed in range(150):
        random = Random(seed)
        graph, platform = live_graph(seed, most_actors=5, connected=True), _line(random, "XYZ")
        orders, capacities = random_mapping(graph, random)
        certificate = guarantee(graph, orders, platform, capacities)
        assert platform_problems(certificate, platform) == []
        n_others = platform.connections_on_links(certificate.pairs())
        for pair, transit in platform.transits(certificate.pairs()).items():
            waits = [platform.links[link].time * (n_others[link] - 1) for link in platform.routes[pair]]
            assert transit <= platform.delay[pair] + sum(waits)
            shortened += transit < platform.delay[pair] + sum(waits)
            waited += transit > platform.delay[pair]
        for times in (None, [_shorter(certificate, random)]):
            (starts,) = execute([certificate], platform, ITERATIONS, times)
            _never_behind(certificate, starts)
    assert shortened >= 30
    assert waited >= 100


@pytest.mark.parametrize(
    ("times", "routes", "expected"),
    [
        ((2, 2), (("k", "l"), ("k", "l")), [2, 2]),  # behind k they are as far apart as l needs
        ((2, 3), (("k", "l"), ("k", "l")), [5, 5]),  # l takes longer
        ((2, 2), (("k", "l"), ("l",)), [2, 2]),  # one comes from elsewhere
        ((2, 2), (("k", "l"), ("k",)), [2, 2]),
        ((2, 2), (("k",), ("l",)), [0, 0]),
    ],
)
def test_waits_by_hand(times, routes, expected):
    links = {name: Link(Fraction(time)) for name, time in zip("kl", times, strict=True)}
    pairs = [("X", "Y"), ("X", "Z")]
    delay = dict.fromkeys(pairs, Fraction(10))
    ways = dict(zip(pairs, routes, strict=True))
    platform = Platform("p", tuple(map(PlatformTile, "XYZ")), delay, Fraction(0), links, ways)
    assert [transit - 10 for transit in platform.transits(pairs).values()] == expected
    # whoever else is on the platform counts, too
    assert [
        platform.transits([pair], pairs[:i] + pairs[i + 1 :])[pair] - 10 for i, pair in enumerate(pairs)
    ] == expected
