"""Links over time: the bins add up to the report, however a run is cut, and are few."""

import numpy as np
import pytest

import neurohw
from neurohw.backend import load
from neurohw.hardware import load_chip
from neurohw_event import timeline
from tests.busy_network import busy_network

CHIP = load_chip("mesh").replace(width=4, height=3, columns=32, link_bandwidth=800.0, buffer_packets=4)
MS = 12.0


@pytest.fixture(scope="module")
def program():
    return neurohw.compile(busy_network(), CHIP)


@pytest.fixture(scope="module", params=["fcfs", "credit"])
def report(request, program):
    return neurohw.run(program, MS, fidelity=request.param, seed=1).report


def test_the_bins_add_up_to_the_report(report):
    found, links = report.timeline, report.links
    share = np.diff(found.edges_ms) / found.edges_ms[-1]
    np.testing.assert_allclose(share @ found.utilisation, links.utilisation[found.link])
    assert found.occupancy.max(axis=0).tolist() == links.longest_queue[found.link].tolist()
    assert found.most_occupancy.max() == links.longest_queue.max() > 0
    assert (found.most_utilisation >= found.utilisation.max(axis=1)).all()
    assert found.most_utilisation.max() <= 1.0
    assert found.edges_ms[-1] == pytest.approx(MS + 0.1)


def test_the_busiest_are_shown_in_order(report):
    shown = report.timeline.link
    longest = report.links.longest_queue
    assert longest[shown].tolist() == sorted(longest.tolist(), reverse=True)[: shown.size]


def test_bins_are_merged_and_cutting_a_run_changes_no_total(program, report, monkeypatch):
    monkeypatch.setattr(timeline, "MOST_BINS", 8)
    with load("event").open(program, fidelity=report.fidelity, seed=1) as session:
        for tick in range(1, program.network.tick(MS) + 1):
            session.advance(tick)
        cut = session.result().report
    found = cut.timeline
    assert found.most_occupancy.size <= 8
    widths = np.diff(found.edges_ms)
    np.testing.assert_allclose(widths[:-1], widths[0])
    np.testing.assert_allclose((widths / widths.sum()) @ found.utilisation, cut.links.utilisation[found.link])
    for name, column in vars(report.links).items():
        assert np.array_equal(getattr(cut.links, name), column), name


def test_without_an_interconnect_there_is_none(program):
    assert neurohw.run(program, 1.0, fidelity="ideal").report.timeline is None
