"""Throughput against SDF3: its results on three graphs, and a spiking network on the tiles of a platform."""

from fractions import Fraction
from itertools import permutations, product

import pytest

from neurohw.dataflow import (
    Occupancy,
    admit,
    bind,
    certificate_problems,
    double_buffers,
    load_bound,
    prepare,
    storage_front,
    throughput,
    with_self_edges,
)
from neurohw.dataflow.maxplus import eigenvalue, token_matrix
from neurohw.dataflow.self_timed import self_timed_period
from neurohw.interchange import read_sdf3_graph, read_sdf3_platform
from tests.reference_data import ROOT, reference_rows

FOUR_TILES = [(0, 3), (5, 7), (2,), (1, 4)]


def _rows(kind):
    return [row for row in reference_rows("sdf/oracle.csv") if row["kind"] == kind]


def _graph(name):
    path = ROOT / "sdf" / f"{name}.xml"
    if not path.is_file():
        pytest.skip(f"no {path}; set NEUROHW_DATA to the folder of reference data")
    return read_sdf3_graph(path)


def _on_tiles(parts):
    """Return the network bound to tiles, clusters given by number, and its load bound."""
    graph = _graph("LeNet-MNIST")
    platform = read_sdf3_platform(ROOT / "sdf" / "neuromorphic.4.xml")
    orders = {
        tile.name: [f"actor_{n}" for n in part] for tile, part in zip(platform.tiles, parts, strict=False)
    }
    return bind(graph, orders, platform.delay, double_buffers(graph)), load_bound(graph, orders)


def test_throughput_without_limits_is_that_of_sdf3():
    rows = _rows("unbounded")
    assert len(rows) == 3
    for row in rows:
        graph = _graph(row["graph"])
        expected = 1 / Fraction(row["throughput"])
        assert throughput(graph).period == expected
        assert throughput(with_self_edges(graph)).period == expected
        assert eigenvalue(token_matrix(graph)) == expected
        assert self_timed_period(graph) == expected


def test_the_front_of_storage_and_throughput_is_that_of_sdf3():
    rows = _rows("buffers")
    assert len(rows) == 7
    graph = with_self_edges(_graph("LeNet-MNIST"))
    for row in rows:
        front = storage_front(graph, int(row["tokens"]))
        found = str(1 / front[-1].period) if front else "deadlock"
        assert found == row["throughput"]
    expected = [(int(row["tokens"]), row["throughput"]) for row in rows if row["throughput"] != "deadlock"]
    assert [(point.tokens, str(1 / point.period)) for point in storage_front(graph)] == expected


@pytest.mark.parametrize(
    ("parts", "period"),
    [
        ([(0, 1, 2, 3, 4, 5, 7)], Fraction(112)),
        ([(0, 1, 2, 3), (4, 5, 7)], Fraction(64)),
        (FOUR_TILES, Fraction(79, 2)),
    ],
)
def test_a_spiking_network_on_exclusive_tiles(parts, period):
    bound, load = _on_tiles(parts)
    assert throughput(bound).period == period
    assert eigenvalue(token_matrix(bound)) == period
    assert self_timed_period(bound) == period
    assert load == 16 * max(len(part) for part in parts)


def test_another_order_on_the_same_tiles_reaches_the_load_bound():
    periods = {
        parts: throughput(_on_tiles(parts)[0]).period
        for parts in product(*(permutations(part) for part in FOUR_TILES))
    }
    assert min(periods.values()) == 32
    assert periods[(0, 3), (7, 5), (2,), (4, 1)] == 32


def test_a_binding_that_is_found_reaches_the_load_bound():
    graph, platform = _graph("LeNet-MNIST"), read_sdf3_platform(ROOT / "sdf" / "neuromorphic.4.xml")
    for n_tiles, period in ((1, 112), (2, 64), (3, 48), (4, 32)):
        answer = admit(Occupancy(platform), prepare(graph, period=Fraction(period)))
        assert answer.is_admitted
        assert len(answer.certificate.orders) == n_tiles
        assert answer.certificate.period == period
        assert certificate_problems(answer.certificate) == []
    assert not admit(Occupancy(platform), prepare(graph, period=Fraction(31))).is_admitted
