"""Notes of single packets: they agree with the counts of the report, and change nothing."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

import neurohw
from neurohw.analysis.trace.chrome import make_trace
from neurohw.analysis.trace.ways import links_of_messages
from neurohw.backend import load
from neurohw.errors import UnsupportedError
from neurohw.hardware import load_chip
from neurohw.tracing import LINK_CROSSBAR, LINK_ENCODER, Tracing
from tests.analysis.trace_rules import check_trace
from tests.busy_network import busy_network

MS = 6.0
MESH = {"width": 4, "height": 3, "columns": 32, "link_bandwidth": 800.0, "buffer_packets": 4}
STAGES = {"encode_cycles": 3, "read_cycles": 2, "synapse_cycles": 1}


def program(**numbers):
    return neurohw.compile(busy_network(), load_chip("mesh").replace(**MESH, **numbers))


@pytest.fixture(
    scope="module",
    params=[("latency", {}), ("fcfs", {"multicast": False}), ("fcfs", STAGES), ("credit", STAGES)],
    ids=["latency", "fcfs", "fcfs-stages", "credit"],
)
def run(request):
    fidelity, numbers = request.param
    compiled = program(**numbers)
    return compiled, fidelity, neurohw.run(compiled, MS, fidelity=fidelity, seed=1, trace=True)


def test_messages_are_the_deliveries_of_the_report(run):
    _, _, result = run
    report, messages = result.report, result.messages
    assert messages.cell.size == report.traffic.delivered > 100
    assert messages.synapses.sum() == report.traffic.synaptic_events
    assert (messages.arrived - messages.fired).mean() == pytest.approx(report.latency.mean)
    assert (messages.arrived_tick > messages.fired_tick).sum() == report.traffic.late
    assert np.bincount(messages.tile, minlength=12).tolist() == report.tiles.packets.tolist()
    waited = messages.reached - messages.entered - messages.least
    assert waited.min() == 0
    assert waited.mean() == pytest.approx(report.latency_stages["blocking"].mean)
    assert (np.diff(messages.arrived) >= 0).all()
    order = [messages.fired, messages.entered, messages.reached, messages.begun, messages.arrived]
    assert all((before <= after).all() for before, after in pairwise(order))


def test_transfers_are_what_the_links_carried(run):
    _, fidelity, result = run
    links, transfers = result.report.links, result.transfers
    n_links = links.kind.size
    carried = np.bincount(transfers.link, minlength=n_links)[:n_links]
    assert carried.tolist() == links.packets.tolist()
    assert transfers.n_begun == transfers.link.size
    assert (np.diff(transfers.start) >= 0).all()
    for link in np.unique(transfers.link):
        rows = transfers.link == link
        start, end = transfers.start[rows], transfers.end[rows]
        assert fidelity == "latency" or (start[1:] >= end[:-1]).all()


def test_the_way_of_every_message_was_noted(run):
    compiled, _, result = run
    messages, transfers = result.messages, result.transfers
    tile = compiled.placement.tile_of_cell
    kinds = set(transfers.link_kind[transfers.link])
    for index, way in enumerate(links_of_messages(messages, transfers)):
        is_far = tile[messages.cell[index]] != messages.tile[index]
        ends = (LINK_ENCODER in kinds) + (LINK_CROSSBAR in kinds)
        assert len(way) == messages.hops[index] + 2 * is_far + ends
        assert (np.diff(transfers.start[way]) >= 0).all()


def test_the_trace_of_a_run_keeps_the_rules(run):
    compiled, _, result = run
    check_trace(make_trace(compiled, result))
    check_trace(make_trace(compiled, result, most_events=500))


def test_looking_changes_nothing(run):
    compiled, fidelity, result = run
    plain = neurohw.run(compiled, MS, fidelity=fidelity, seed=1)
    assert plain.spikes.digest() == result.spikes.digest()
    assert plain.messages is None
    assert plain.transfers is None
    ignored = {"timing_s": None}
    assert plain.report.to_dict() | ignored == result.report.to_dict() | ignored


def test_many_calls_note_the_same_and_a_full_log_counts_on(run):
    compiled, fidelity, result = run
    with load("event").open(compiled, fidelity=fidelity, seed=1, tracing=Tracing(50)) as session:
        for tick in range(0, compiled.network.tick(MS) + 1, 7):
            session.advance(tick)
        session.advance(compiled.network.tick(MS))
        parts = session.result()
    for name, column in vars(result.messages).items():
        assert np.array_equal(getattr(parts.messages, name), column), name
    assert parts.transfers.link.size <= 50
    kept = Counter(zip(*(getattr(parts.transfers, name).tolist() for name in ("link", "start")), strict=True))
    every = Counter(
        zip(*(getattr(result.transfers, name).tolist() for name in ("link", "start")), strict=True)
    )
    assert kept <= every
    trace = make_trace(compiled, parts)
    check_trace(trace)
    assert trace["otherData"]["capped"]


def test_nothing_to_trace_is_refused():
    with pytest.raises(UnsupportedError, match="with fidelity 'ideal' there are no packets"):
        neurohw.run(program(), 1.0, fidelity="ideal", trace=True)
    with pytest.raises(UnsupportedError, match="without a chip there are no packets"):
        neurohw.run(neurohw.compile(busy_network()), 1.0, trace=True)
