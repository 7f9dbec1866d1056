"""Traces and tables of messages: sound by the rules of their formats, and what the packets did."""

import csv
import gzip
import json
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.analysis.trace import write_messages, write_trace
from neurohw.analysis.trace.chrome import make_trace
from neurohw.analysis.trace.messages import OWN, SHARED
from neurohw.errors import SettingError
from neurohw.result import Result
from tests.analysis.trace_rules import check_trace
from tests.analysis.traced import CELLS, READ, TICK, program, traced_run

SPIKES = [(tick, cell) for tick in range(1, 30, 3) for cell in range(CELLS)]
CYCLE_US = 0.01


@pytest.fixture(scope="module", params=[True, False], ids=["multicast", "unicast"])
def run(request):
    compiled = program(multicast=request.param)
    return compiled, traced_run(compiled, SPIKES)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    multicast=st.booleans(),
    spikes=st.lists(st.tuples(st.integers(1, 20), st.integers(0, CELLS - 1)), max_size=60),
    most=st.integers(0, 400),
)
def test_a_trace_keeps_the_rules_wherever_it_is_capped(seed, multicast, spikes, most):
    compiled = program(seed, multicast)
    result = traced_run(compiled, spikes)
    trace = make_trace(compiled, result, most_events=most)
    check_trace(trace)
    events = [event for event in trace["traceEvents"] if event["ph"] != "M"]
    assert len(events) <= most
    is_whole = sum(event["ph"] == "f" for event in events) == result.messages.cell.size
    assert trace["otherData"]["capped"] or is_whole


def test_every_transfer_is_a_slice_on_its_link(run):
    compiled, result = run
    trace = make_trace(compiled, result)
    tracks = {
        (event["pid"], event["tid"]): event["args"]["name"]
        for event in trace["traceEvents"]
        if event["name"] == "thread_name"
    }
    transfers = result.transfers
    expected = Counter(
        (str(transfers.link_name[link]), round(start * CYCLE_US, 9))
        for link, start in zip(transfers.link, transfers.start, strict=True)
    )
    slices = Counter(
        (tracks[event["pid"], event["tid"]], round(event["ts"], 9))
        for event in trace["traceEvents"]
        if event["ph"] == "X" and event["pid"] == 2
    )
    assert slices == expected


def test_a_flow_follows_the_way_of_its_message(run):
    compiled, result = run
    trace = make_trace(compiled, result)
    tracks = {
        (event["pid"], event["tid"]): event["args"]["name"]
        for event in trace["traceEvents"]
        if event["name"] == "thread_name"
    }
    flows = defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] in "stf":
            flows[event["id"]].append(tracks[event["pid"], event["tid"]])
    messages = result.messages
    assert len(flows) == messages.cell.size
    for message, way in enumerate(flows[key] for key in sorted(flows)):
        source = compiled.placement.tile_of_cell[messages.cell[message]]
        target = messages.tile[message]
        assert way[0] == f"tile {source} fires"
        assert way[1] == f"{source} in"
        assert way[-2:] == [f"{target} out", f"tile {target} receives"]
        assert len(way) == messages.hops[message] + 4


def test_counters_say_how_many_wait(run):
    compiled, result = run
    transfers = result.transfers
    for event in make_trace(compiled, result)["traceEvents"]:
        if event["ph"] != "C":
            continue
        kind, number = event["name"].split()
        at_router = transfers.link_kind[transfers.link] != 1
        place = np.where(
            at_router, transfers.link_router[transfers.link], transfers.link_tile[transfers.link]
        )
        here = (place == int(number)) & (at_router == (kind == "router"))
        now = round(event["ts"] / CYCLE_US)
        waiting = here & (transfers.since <= now) & (now < transfers.start)
        assert event["args"] == {"packets": np.count_nonzero(waiting)}


def test_a_capped_trace_says_so(run):
    compiled, result = run
    whole = make_trace(compiled, result)
    assert not whole["otherData"]["capped"]
    part = make_trace(compiled, result, most_events=300)
    assert part["otherData"]["capped"]
    assert "capped: ends at" in part["otherData"]["note"]
    assert 150 < sum(event["ph"] != "M" for event in part["traceEvents"]) <= 300


def test_the_same_run_gives_the_same_packed_file(run, tmp_path):
    paths = [tmp_path / name for name in ("a.json.gz", "b.json.gz", "c.json")]
    for path in paths:
        write_trace(path, *run)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert gzip.decompress(paths[0].read_bytes()) == paths[2].read_bytes()
    check_trace(json.loads(paths[2].read_text()))


@pytest.mark.parametrize("name", ["m.csv", "m.csv.gz"])
def test_messages_are_a_table_in_seconds(run, tmp_path, name):
    compiled, result = run
    path = tmp_path / name
    write_messages(path, compiled, result)
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith("gz") else data).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == (*SHARED, *OWN)
    messages = result.messages
    assert len(rows) == messages.cell.size
    seconds = 1e-8
    for index, row in enumerate(rows):
        assert row["mid"] == str(index)
        assert row["src_neuron"] == f"cells.{messages.cell[index]}"
        assert row["src_hw"] == f"{messages.cell[index] // 2}.{messages.cell[index] % 2}"
        assert row["dest_hw"] == str(messages.tile[index])
        assert int(row["timestep"]) * TICK == messages.fired[index]
        waited = messages.reached[index] - messages.entered[index] - messages.least[index]
        assert float(row["blocking_delay"]) == pytest.approx(waited * seconds)
        assert float(row["processing_delay"]) == pytest.approx(READ * seconds)
        parts = ("generation_delay", "network_delay", "fifo_delay", "processing_delay")
        assert float(row["processed_timestamp"]) == pytest.approx(sum(float(row[part]) for part in parts))
        way = float(row["network_delay"])
        assert way == pytest.approx(float(row["min_hop_delay"]) + float(row["blocking_delay"]))


def test_a_run_that_noted_nothing_is_named(run, tmp_path):
    compiled, result = run
    bare = Result(result.timestep_ms, result.until_tick, result.spikes, {}, result.report)
    for write in (write_trace, write_messages):
        with pytest.raises(SettingError, match="noted no packets"):
            write(tmp_path / "x", compiled, bare)
    assert not list(tmp_path.iterdir())
