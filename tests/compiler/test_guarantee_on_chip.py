"""Guarantees against the event core: packets that wait for each other on simulated links are never behind."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.compiler.schedule import chip_platform, guarantee_program, program_platform
from neurohw.dataflow import execute, guarantee, mean_period, repetition_vector
from neurohw.traffic.interconnects import interconnect_chip
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.naive.closed_loop import Stuck, run_on_chip
from tests.tiles import live_graph, random_mapping

SHAPES = [("mesh", (3, 2)), ("torus", (3, 3)), ("tree", 8), ("ring", 5), ("star", 4), ("bus", 4)]
SEEDS = st.integers(0, 10**6)
ITERATIONS = 6


def _bound(seed, most_tiles=9):
    """Return a chip, and the guarantee of a random graph with whole times that is bound to its tiles at random."""
    random = Random(seed)
    chip = interconnect_chip(
        *SHAPES[seed % len(SHAPES)], flits=random.randint(1, 3), depth=float("inf"), hop_cycles=1
    )
    graph = live_graph(seed, most_actors=6, connected=True)
    graph = replace(graph, actors=tuple(replace(a, time=Fraction(int(a.time))) for a in graph.actors))
    platform = chip_platform(chip)
    tiles = random.sample([tile.name for tile in platform.tiles], min(most_tiles, len(platform.tiles)))
    orders, capacities = random_mapping(graph, random, tiles)
    return chip, platform, guarantee(graph, orders, platform, capacities)


def _longest(certificate):
    longest = {actor.name: int(actor.time) for actor in certificate.graph.actors}
    return lambda name, _: longest[name]


def _shorter(certificate, seed):
    """Return times of firings that are at most the longest."""
    random, longest = Random(seed), _longest(certificate)
    return lambda name, firing: random.randint(0, longest(name, firing))


def _check_never_behind(certificate, starts, n_iterations):
    counts = dict(zip(certificate.graph.index, repetition_vector(certificate.graph), strict=True))
    for name, cycles in starts.items():
        own = certificate.starts[name]
        assert len(cycles) == n_iterations * counts[name]
        for firing, cycle in enumerate(cycles):
            iteration, place = divmod(firing, len(own))
            assert cycle <= own[place] + iteration * certificate.period, (name, firing)


@examples(60)
@given(SEEDS)
def test_packets_that_wait_for_each_other_are_never_behind_the_guarantee(seed):
    chip, _, certificate = _bound(seed)
    for times in (_longest(certificate), _shorter(certificate, seed)):
        _check_never_behind(certificate, run_on_chip(chip, certificate, ITERATIONS, times), ITERATIONS)


def test_without_shared_links_the_longest_times_reach_the_guarantee():
    alone = reached = sent = 0
    for seed in range(200):
        chip, platform, certificate = _bound(seed, most_tiles=3)
        if max(platform.connections_on_links(certificate.pairs()).values(), default=0) > 1:
            continue
        alone += 1
        sent += bool(certificate.sends)
        starts = run_on_chip(chip, certificate, 24, _longest(certificate))
        assert starts == {
            name: list(dates) for name, dates in execute([certificate], platform, 24)[0].items()
        }
        counts = dict(zip(certificate.graph.index, repetition_vector(certificate.graph), strict=True))
        reached += mean_period(starts, counts) == certificate.period
    assert alone >= 30
    assert sent >= 10
    # the others are not yet periodic by then, or begin with many tokens
    assert reached >= 0.8 * alone


def test_with_shared_links_packets_do_wait():
    waited = 0
    for seed in range(40):
        chip, platform, certificate = _bound(seed)
        alone = replace(platform, links={}, routes={})
        longest = _longest(certificate)
        starts = run_on_chip(chip, certificate, ITERATIONS, longest)
        waited += starts != {
            name: list(dates) for name, dates in execute([certificate], alone, ITERATIONS)[0].items()
        }
    assert waited >= 5


def test_a_claim_that_is_too_good_is_found_out():
    chip, _, certificate = next(
        found for found in map(_bound, range(99)) if found[2].sends and found[2].period
    )
    faster = replace(certificate, period=certificate.period / 2)
    with pytest.raises(AssertionError):
        _check_never_behind(faster, run_on_chip(chip, faster, 24, _longest(faster)), 24)


def test_orders_that_wait_for_each_other_are_stuck():
    chip, _, certificate = next(
        found for found in map(_bound, range(999)) if any(len(set(o)) > 1 for o in found[2].orders.values())
    )
    starved = tuple(replace(c, tokens=0) for c in certificate.graph.channels)
    backwards = tuple(replace(c, name=f"{c.name} back", source=c.target, target=c.source,
                              production=c.consumption, consumption=c.production) for c in starved)  # fmt: skip
    graph = replace(certificate.graph, channels=starved + backwards)
    with pytest.raises(Stuck):
        run_on_chip(chip, replace(certificate, graph=graph), 1, _longest(certificate))


@examples(40)
@given(SEEDS)
def test_mapped_networks_are_never_behind_their_guarantee(seed):
    random = Random(seed)
    topology, size = SHAPES[seed % len(SHAPES)]
    chip = interconnect_chip(topology, size, flits=random.randint(1, 3), depth=float("inf"), hop_cycles=1)
    chip = chip.replace(rows=32, columns=4, crossbars=random.randint(1, 2), read_cycles=random.randint(0, 3))
    assert chip.tile.encode_cycles == 0  # packets go from router to router here
    n = random.randint(4, 4 * chip.n_tiles)
    pairs = [(random.randrange(n), random.randrange(n)) for _ in range(random.randint(1, 3 * n))]
    program = neurohw.compile(network_of_pairs(n, pairs, 1, [(0, 0), (0, n - 1)]), chip, placer="hilbert")
    spikes = np.array([random.randint(0, 4) for _ in range(n + 1)])
    certificate = guarantee_program(program, spikes)
    port = int(program.placement.tile_of_cell[-1])
    for times in (_longest(certificate), _shorter(certificate, seed)):
        starts = run_on_chip(chip, certificate, 4, times, port)
        _check_never_behind(certificate, starts, 4)
    assert (
        program_platform(program).links.keys() >= program_platform(program, certificate.pairs()).links.keys()
    )
