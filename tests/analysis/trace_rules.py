"""The rules of Chrome's trace-event format, as far as a viewer needs them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


def check_trace(trace: dict[str, Any]) -> None:
    """Fail where a trace breaks a rule."""
    events = trace["traceEvents"]
    named = {(e["pid"], e["tid"]) for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    processes = {e["pid"] for e in events if e["ph"] == "M" and e["name"] == "process_name"}
    assert all(tid >= 1 and pid >= 1 for pid, tid in named)
    last: dict[tuple[int, int], float] = {}
    for event in events:
        assert event["ph"] in "MXCstf"
        assert event["pid"] in processes
        if event["ph"] == "M":
            continue
        track = event["pid"], event["tid"]
        assert track in named
        assert event["ts"] >= last.get(track, 0.0)
        last[track] = event["ts"]
    slices = _check_slices(events)
    _check_flows(events, slices)
    for event in events:
        if event["ph"] == "C":
            assert all(value >= 0 for value in event["args"].values())


def _check_slices(events: list[dict[str, Any]]) -> dict[tuple[int, int], set[float]]:
    """Slices of a track do not overlap; returns where they begin."""
    begins = defaultdict(set)
    ends: dict[tuple[int, int], float] = {}
    for event in events:
        if event["ph"] != "X":
            continue
        track = event["pid"], event["tid"]
        assert event["dur"] >= 0
        assert event["ts"] >= ends.get(track, 0.0) - 1e-9
        ends[track] = event["ts"] + event["dur"]
        begins[track].add(event["ts"])
    return begins


def _check_flows(events: list[dict[str, Any]], slices: dict[tuple[int, int], set[float]]) -> None:
    """A flow has one start, then steps, then one end; each at the beginning of a slice of its track."""
    flows = defaultdict(list)
    for event in events:
        if event["ph"] in "stf":
            assert event["ts"] in slices[event["pid"], event["tid"]]
            flows[event["cat"], event["name"], event["id"]].append(event)
    for flow in flows.values():
        assert [event["ph"] for event in flow] == ["s", *"t" * (len(flow) - 2), "f"]
        assert flow[-1]["bp"] == "e"
