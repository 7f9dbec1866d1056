"""Latency over load in Python: what a curve says of itself, recorded packets at other paces, chips with slow links."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurohw
from neurohw.analysis import noc
from neurohw.analysis.noc import LoadCurve, latency_load_curve
from neurohw.analysis.plots.noc import load_curve
from neurohw.errors import ChipError, SettingError, UnknownNameError, UnsupportedError
from neurohw.progress import DELAY_S, with_progress
from neurohw.traffic import Destinations, LoadPoint, RecordedPackets, interconnect_chip
from neurohw.traffic.bounds import chip_saturation

POINT = LoadPoint(
    load=0.1, accepted=0.1, accepted_least=0.1, created=10, arrived=10, latency_mean=9.0, latency_p99=12.0,
    latency_min=5.0, latency_max=13.0, hops=1.5, steady=True, cycles=100, packet_links=35,
)  # fmt: skip


def curve_of(*points):
    return LoadCurve("mesh", "uniform", "credit", 1, 0.5, "0->1", points)


@pytest.mark.parametrize(
    ("steady", "expected"),
    [([True, True, False], 0.2), ([True, False, True], 0.1), ([False, True, True], None), ([True] * 3, 0.3)],
)
def test_steady_up_to_the_first_load_that_is_not(steady, expected):
    points = [replace(POINT, load=(i + 1) / 10, steady=flag) for i, flag in enumerate(steady)]
    assert curve_of(*reversed(points)).steady_up_to == expected


def test_a_curve_as_table_object_and_figure():
    curve = curve_of(POINT, replace(POINT, load=0.6, accepted=0.45, latency_mean=nan, steady=False))
    heading, first, second = curve.to_csv().splitlines()
    assert dict(zip(heading.split(","), first.split(","), strict=True))["latency_p99"] == "12.0"
    assert second.startswith("0.6,0.45")
    assert curve.to_dict()["points"][0]["hops"] == 1.5
    latency, accepted = curve.plot().axes
    assert latency.get_xlim()[1] > 0.6
    assert [line.get_xdata()[0] for line in latency.lines if line.get_linestyle() == "--"] == [0.5]
    assert [line.get_ydata()[0] for line in accepted.lines if line.get_linestyle() == "--"] == [0.5]


def test_curves_side_by_side():
    free = replace(curve_of(POINT), ideal_saturation=inf, busiest_link=None)
    figure = load_curve(curve_of(POINT), free, labels=("one", "two"))
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["one", "two"]


def test_progress_is_shown_before_the_first_load_where_there_are_many_tiles(monkeypatch, capsys):
    delays = []

    def with_delay(items, label, *, delay_s):
        delays.append(delay_s)
        return with_progress(items, label, delay_s=delay_s)

    monkeypatch.setenv("NEUROHW_PROGRESS", "1")
    monkeypatch.setattr(noc, "with_progress", with_delay)
    chip = interconnect_chip("mesh", (2, 2))
    latency_load_curve(chip, loads=[0.1], fidelity="latency", cycles=10)
    capsys.readouterr()
    monkeypatch.setattr(noc, "MANY_TILES", 4)
    latency_load_curve(chip, loads=[0.1], fidelity="latency", cycles=10)
    assert "0/1" in capsys.readouterr().err
    assert delays == [DELAY_S, 0.0]


def test_the_function_of_the_package_is_this_one():
    assert neurohw.noc is latency_load_curve
    chip = interconnect_chip("mesh", (2, 2))
    points = neurohw.noc(chip, "uniform", [0.1, 0.4], cycles=2000, warm_up=0, seed=5).points
    assert [point.load for point in points] == [0.1, 0.4]


def test_destinations_of_ones_own():
    """Tile 0 sends to 3 alone, the others to themselves: one way of two hops."""
    to = Destinations(table=np.array([3, 1, 2, 3], np.int32))
    curve = latency_load_curve(interconnect_chip("mesh", (2, 2), hop_cycles=2), to, [0.2], cycles=500)
    (point,) = curve.points
    assert (curve.traffic, curve.ideal_saturation) == ("own", 0.5)
    assert (point.latency_min, point.hops < 2) == (2 + 2, True)


@settings(max_examples=25, deadline=None)
@given(
    topology=st.sampled_from(["mesh", "torus", "ring", "tree", "star", "bus", "ideal"]),
    size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    fidelity=st.sampled_from(["credit", "fcfs", "latency"]),
    depth=st.sampled_from([1, 2, 3, inf]),
    hop=st.integers(1, 4),
    credit=st.integers(0, 4),
    flits=st.integers(1, 3),
    load=st.floats(0.01, 1),
    seed=st.integers(0, 99),
)
def test_packets_arrive_no_faster_than_light_and_no_more_than_sent(
    topology, size, fidelity, depth, hop, credit, flits, load, seed
):
    depth = max(depth, 2) if topology in ("torus", "ring") else depth
    chip = interconnect_chip(topology, size, depth=depth, hop_cycles=hop, credit_cycles=credit, flits=flits)
    curve = latency_load_curve(chip, "uniform", [load], fidelity=fidelity, cycles=300, seed=seed)
    (point,) = curve.points
    assert point.arrived <= point.created
    assert not point.steady or point.arrived == point.created
    if not point.arrived:
        return
    assert point.latency_min >= hop + 2 + flits - 1
    assert point.latency_min <= point.latency_mean <= point.latency_max
    assert point.latency_p99 <= point.latency_max
    if point.arrived == point.created:
        assert point.latency_mean >= hop * (point.hops + 1) + 2 + flits - 1 - 1e-9


@settings(max_examples=60, deadline=None)
@given(
    cycles=st.lists(st.integers(0, 10**6), min_size=2, max_size=30, unique=True),
    packets_per_cycle=st.floats(1e-6, 1),
)
def test_recorded_packets_at_another_pace_keep_their_order_and_have_the_load(cycles, packets_per_cycle):
    tiles = np.arange(len(cycles)) % 4
    own = RecordedPackets(4, np.array(cycles), tiles, tiles)
    other = own.at(packets_per_cycle)
    order = np.argsort(cycles)
    assert (np.diff(other.cycle[order]) >= 0).all()
    # a length is a whole number of cycles, at least one
    length = max(len(cycles) / (4 * packets_per_cycle), 1)
    assert abs(other.cycles - length) <= 1


def test_packets_of_one_cycle_have_no_pace():
    packets = RecordedPackets(4, np.array([7, 7]), np.array([0, 1]), np.array([2, 3]))
    assert (packets.cycles, packets.packets_per_cycle) == (1, 0.5)
    assert packets.demand.sum() == pytest.approx(4)
    with pytest.raises(SettingError, match="all 2 are of one cycle"):
        packets.at(0.1)


def test_a_slow_link_between_chips_sets_the_bound():
    chip = interconnect_chip("mesh", (4, 1))
    board = chip.replace(chip_width=2, chip_link_bandwidth=chip.interconnect.link_bandwidth / 4)
    demand = np.full((4, 4), 0.25)
    assert chip_saturation(chip, demand) == (pytest.approx(1.0), "0 in")
    endless = chip.replace(link_bandwidth=inf, chip_link_bandwidth=inf)
    assert chip_saturation(endless, demand) == (inf, None)
    assert chip_saturation(endless, demand, least_cycles=1) == (pytest.approx(1.0), "0 in")
    # half of the packets of two tiles cross it, each for four cycles
    assert chip_saturation(board, demand) == (pytest.approx(0.25), "1->2")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loads": []}, SettingError, "there must be one at least"),
        ({"loads": [nan]}, SettingError, "load nan must be above 0"),
        ({"loads": [0.1, 2.0]}, SettingError, "load 2 must be"),
        ({"cycles": 0}, SettingError, "cycles = 0 must be from 1"),
        ({"warm_up": -1}, SettingError, "warm_up = -1"),
        ({"fidelity": "ideal"}, UnknownNameError, "fidelity of traffic 'ideal'"),
        ({"backend": "brian2"}, UnsupportedError, "backend 'brian2' has no interconnect"),
        ({"traffic": "hot"}, UnknownNameError, "pattern 'hot'"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        latency_load_curve(interconnect_chip("mesh", (2, 2)), **arguments)


@pytest.mark.parametrize(
    ("topology", "size", "message"),
    [
        ("mesh", 4, "size 4: a mesh has columns and rows"),
        ("ring", (2, 2, 2), "size 2x2x2: a ring has columns and rows"),
        ("star", 0, "width = 0 must be at least 1"),
        ("star", 257, "257 tiles cannot be had"),
        ("tree", (2, 2, 0), "leaves = 0 must be at least 1"),
    ],
)
def test_sizes_that_cannot_be(topology, size, message):
    with pytest.raises(ChipError, match=message):
        interconnect_chip(topology, size)


@pytest.mark.parametrize(
    ("topology", "size", "n_tiles"),
    [
        ("mesh", (3, 2), 6),
        ("ring", 5, 5),
        ("star", 512, 512),
        ("bus", (3, 3), 9),
        ("tree", (2, 2, 5), 20),
        ("tree", 16, 16),
    ],
)
def test_sizes_of_topologies(topology, size, n_tiles):
    assert interconnect_chip(topology, size).n_tiles == n_tiles
