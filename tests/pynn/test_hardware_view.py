"""What a PyNN script sees of the chip: mapping ahead of a run, warnings, strict runs, reports and annotations."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import neo
import numpy as np
import pytest

from neurohw.analysis.plain import to_json
from neurohw.errors import CapacityError, DeliveryError, SimulationError, UnsupportedError
from neurohw.hardware import load_chip
from neurohw.network.synapse_models import SYNAPSE_MODELS

# two tiles of 20 neurons; the one link between them takes 20 cycles a packet, and one packet may wait for it
NARROW = load_chip("mesh").replace(
    name="narrow",
    speedup=200.0,
    width=2,
    height=1,
    columns=20,
    rows=64,
    link_bandwidth=160.0,
    buffer_packets=1,
    encoder_packets=1,
)
N_SOURCES, TIMES = 10, (1.0, 3.0, 9.0)
SENT = N_SOURCES * len(TIMES) * 2  # to both tiles


def build(sim, **arguments):
    """Let ten sources fire at once into neurons on two tiles."""
    sim.setup(timestep=0.1, **{"chip": NARROW, **arguments})
    sources = sim.Population(N_SOURCES, sim.SpikeSourceArray(spike_times=list(TIMES)), label="in")
    cells = sim.Population(40, sim.IF_curr_exp(), label="cells")
    projection = sim.Projection(
        sources, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=0.1), label="all"
    )
    cells.record(["spikes", "v"])
    return cells, projection


def warnings_of(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture
def learning(sim, monkeypatch):
    """Have all synapses learn, whatever the script says."""
    state, model = sim.simulator, SYNAPSE_MODELS["stdp_spike_pair_additive"]
    lower = state.lower

    def lower_and_change(*arguments):
        network = lower(*arguments)
        groups = []
        for group in network.synapses:
            values = {
                key: np.full(group.size, parameter.default) for key, parameter in model.parameters.items()
            }
            groups.append(replace(group, model=model, parameters=values))
        return replace(network, synapses=tuple(groups))

    monkeypatch.setattr(state, "lower", lower_and_change)


# --- late and lost spikes -----------------------------------------------------


def test_one_warning_a_run_with_counts_place_and_remedy(sim, caplog):
    build(sim)
    sim.run(5.0)
    traffic = sim.hardware_report().traffic
    assert traffic.dropped > 0
    (message,) = warnings_of(caplog)
    assert message.startswith(f"chip 'narrow', fcfs: of {traffic.sent} deliveries ")
    assert f"{traffic.dropped} ({100 * traffic.dropped / traffic.sent:.2g} %) were lost" in message
    assert "worst: the link " in message
    assert "projection 'all' is hit most (" in message
    assert "e+" not in message
    assert "a larger buffer_packets (now 1)" in message
    assert "a larger link_bandwidth (now 160 Mbit/s)" in message
    assert "hop_cycles" not in message  # nothing is late by distance alone


@pytest.mark.parametrize(
    ("change", "expected", "unexpected"),
    [
        (
            {"hop_cycles": 60},
            ["late by a tick", "a smaller hop_cycles (now 60)", "(now 200)"],
            ["buffer", "lost"],
        ),
        ({"full_buffer": "block"}, ["late by", "cycles waited there, "], ["lost", "buffer"]),
        ({"full_buffer": "block", "multicast": False}, ["; multicast;"], []),
        (
            {"full_buffer": "block", "sync": "realtime", "late_packets": "drop", "synapse_cycles": 9},
            ["were lost", "late_packets = 'deliver'", "a smaller synapse_cycles (now 9)"],
            ["buffer_packets", "'block'"],
        ),
    ],
)
def test_the_remedy_is_for_what_went_wrong(sim, caplog, change, expected, unexpected):
    bandwidth = {"link_bandwidth": np.inf} if "hop_cycles" in change else {}
    build(sim, chip=NARROW.replace(**change, **bandwidth))
    sim.run(10.0)
    (message,) = warnings_of(caplog)
    assert all(part in message for part in expected), message
    assert not any(part in message for part in [*unexpected, "inf"]), message


def test_many_short_runs_are_told_when_the_count_has_more_than_doubled(sim, caplog):
    build(sim)
    for _ in range(100):
        sim.run(0.1)
    traffic = sim.hardware_report().traffic
    n = traffic.late + traffic.dropped
    assert 1 <= len(warnings_of(caplog)) <= np.log2(n) + 1
    assert n % len(TIMES) == 0


@pytest.mark.parametrize("change", [{"fidelity": "ideal"}, {"chip": None}])
@pytest.mark.parametrize("strict", [None, True])
def test_nothing_is_said_where_nothing_is_late(sim, caplog, change, strict):
    build(sim, **change, strict=strict)
    sim.run(5.0)
    assert warnings_of(caplog) == []


def test_strict_raises_after_the_run_and_the_data_stay_readable(sim, caplog):
    cells, _ = build(sim, strict=True)
    assert sim.run(0.5) == 0.5  # nothing has fired yet
    with pytest.raises(DeliveryError, match=r"chip 'narrow', fcfs: of 20 deliveries .* were lost"):
        sim.run(1.5)
    assert sim.get_current_time() == 2.0
    assert cells.get_data().segments[0].filter(name="v")[0].shape == (21, 40)
    assert sim.run(0.5) == 2.5  # nothing more was lost
    with pytest.raises(DeliveryError):
        sim.run(1.0, callbacks=[lambda t: t + 0.1])
    assert sim.get_current_time() == 3.5
    assert warnings_of(caplog) == []


# --- what the chip lacks ------------------------------------------------------


def test_synapses_that_the_chip_lacks_are_refused_by_name(sim, learning):
    build(sim)
    message = (
        "projection 'all': synapse model 'stdp_spike_pair_additive', chip 'narrow' has static\n.*strict=False"
    )
    for call in (sim.prepare, lambda: sim.run(1.0)):
        with pytest.raises(UnsupportedError, match=message):
            call()


def test_they_are_mapped_with_one_warning_where_the_script_insists(sim, learning, caplog):
    cells, _ = build(sim, strict=False)
    for i_offset in (0.1, 0.2):
        cells.set(i_offset=i_offset)
        sim.prepare()
    (message,) = warnings_of(caplog)
    assert "strict=False" in message
    assert "projection 'all': synapse model 'stdp_spike_pair_additive', chip 'narrow' has static" in message


def test_limits_of_the_chip_are_named_and_passed_with_one_warning_where_the_script_insists(sim, caplog):
    line = f"population 'cells', neuron 0: {N_SOURCES} synapses, chip 'narrow' has fan_in = 4; neurons above it: 40"
    build(sim, chip=NARROW.replace(fan_in=4))
    with pytest.raises(CapacityError, match=line):
        sim.prepare()
    cells, _ = build(sim, chip=NARROW.replace(fan_in=4), strict=False)
    for i_offset in (0.1, 0.2):
        cells.set(i_offset=i_offset)
        sim.prepare()
    assert warnings_of(caplog) == [f"run although the chip has no such room (strict=False): {line}"]


# --- mapping ahead of a run ---------------------------------------------------


def test_prepare_maps_and_run_uses_it(sim):
    cells, _ = build(sim)
    program = sim.prepare()
    assert sim.get_current_time() == 0.0
    assert not sim.simulator.state.running
    assert repr(program) == (
        "<Program: 50 cells, 400 synapses on chip 'narrow': 2 of 2 tiles, 2 of 2 crossbars, 16% of their rows>"
    )
    assert sim.prepare() is program
    sim.run(0.5)
    assert sim.simulator.state.program is program
    assert sim.hardware_report().timing_s["build"] > 0
    cells.set(i_offset=0.1)
    changed = sim.prepare()
    assert changed is not program
    sim.run(0.5)
    assert sim.simulator.state.program is changed


def test_prepare_takes_what_changed_since(sim):
    cells, _ = build(sim)
    first = sim.prepare()
    cells.set(i_offset=0.1)
    assert sim.prepare() is not first
    assert sim.prepare().network.populations[1].parameters["i_offset"][0] == 0.1


def test_prepare_without_a_chip(sim):
    sim.Population(3, sim.IF_curr_exp())
    assert repr(sim.prepare()) == "<Program: 3 cells, 0 synapses, no chip>"


def test_prepare_refuses_what_run_would(sim):
    build(sim)
    sim.Population(41, sim.IF_curr_exp())
    for call in (sim.prepare, lambda: sim.run(1.0)):
        with pytest.raises(CapacityError, match="narrow"):
            call()
    sim.end()
    with pytest.raises(SimulationError, match="after end"):
        sim.prepare()


def test_options_of_mapping_reach_the_compiler(sim):
    sim.setup(
        chip=NARROW.replace(crossbars=2, rows=8), mapping={"merge_columns": True, "quantize": "nearest"}
    )
    sources = sim.Population(12, sim.SpikeSourceArray())
    cells = sim.Population(3, sim.IF_curr_exp())
    connections = [(source, 0, 1.0 if source == 0 else 0.49 / 255, 1.0) for source in range(12)]
    sim.Projection(sources, cells, sim.FromListConnector(connections))
    program = sim.prepare()
    assert program.clusters.n_crossbars[0] == 2
    weights = program.network.synapses[0].weight
    assert (weights.max(), np.count_nonzero(weights)) == (
        1.0,
        1,
    )  # less than half a level is rounded to nothing


def test_relays_stay_out_of_a_scripts_sight(sim):
    """Runs, changes between them and a reset go on as without relays."""
    sim.setup(timestep=0.1, chip=NARROW.replace(rows=8), fidelity="ideal", mapping={"unroll": True})
    sources = sim.Population(12, sim.SpikeSourceArray(spike_times=[[1.0 + 2 * i] for i in range(12)]))
    cells = sim.Population(2, sim.IF_curr_exp())
    projection = sim.Projection(
        sources, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.4, delay=1.0)
    )
    cells.record("spikes")
    sim.run(10.0)
    cells.set(i_offset=0.5)
    projection.set(weight=9.0)
    sim.run(30.0)
    assert len(projection.get("weight", format="list")) == 24
    assert all(len(train) > 2 for train in cells.get_data().segments[0].spiketrains)
    sim.reset()
    sim.run(5.0)
    assert [name for name in sim.hardware_report().populations.name if "relays" in name] == ["relays"]
    assert sim.prepare().network.populations[-1].size == 2


# --- report and annotations ---------------------------------------------------


def test_the_report_has_rows_per_population_projection_tile_and_link(sim):
    build(sim)
    sim.run(10.0)
    report = sim.hardware_report()
    assert report.populations.name.tolist() == ["in", "cells"]
    assert report.projections.name.tolist() == ["all"]
    traffic = report.traffic
    assert traffic.sent == SENT
    assert traffic.delivered + traffic.dropped == SENT
    made, late, lost = (
        int(column[0])
        for column in (report.projections.synaptic_events, report.projections.late, report.projections.lost)
    )
    assert (made, late, lost) == (20 * traffic.delivered, 20 * traffic.late, 20 * traffic.dropped)
    plain = json.loads(to_json(report.to_dict()))
    assert plain["projections"]["lost"] == [lost]
    assert (len(plain["tiles"]["cells"]), len(plain["links"]["name"])) == (2, 6)


def test_the_report_is_short_in_a_terminal_and_a_notebook(sim):
    build(sim)
    sim.run(10.0)
    report = sim.hardware_report()
    first, *lines = str(report).splitlines()
    assert first == "10 ms on chip narrow, fcfs (event)"
    assert len(lines) < 20
    assert any(
        line.split() == ["synaptic", "events", f"{report.traffic.synaptic_events:,}"] for line in lines
    )
    html = report._repr_html_()
    assert "<th>in</th><td>10</td><td>30</td>" in html
    assert f"<th>all</th><td>400</td><td>{report.traffic.synaptic_events:,}</td>" in html


def test_saved_data_carry_the_totals(sim, tmp_path):
    cells, _ = build(sim, seed=7)
    sim.run(10.0)
    report = sim.hardware_report()
    path = tmp_path / "cells.pkl"
    cells.write_data(str(path))
    block = neo.get_io(str(path)).read_block()
    notes = {name: value for name, value in block.annotations.items() if name.startswith("neurohw_")}
    assert notes.pop("neurohw_version")
    assert notes.pop("neurohw_energy_pj") == report.total_energy_pj > 0
    assert notes == {
        "neurohw_backend": "event",
        "neurohw_fidelity": "fcfs",
        "neurohw_chip": "narrow",
        "neurohw_seed": 7,
        "neurohw_program": sim.simulator.state.program.digest(),
        "neurohw_sent": SENT,
        "neurohw_delivered": report.traffic.delivered,
        "neurohw_late": report.traffic.late,
        "neurohw_lost": report.traffic.dropped,
        "neurohw_in_flight": 0,
    }
    assert all(type(value) in (str, int, float) for value in block.annotations.values() if value is not None)


def test_totals_outlive_a_reset_and_not_a_setup(sim):
    cells, _ = build(sim)
    sim.run(10.0)
    sim.reset()
    assert cells.get_data().annotations["neurohw_sent"] == SENT
    sim.run(2.0)
    assert cells.get_data().annotations["neurohw_sent"] == 2 * N_SOURCES
    sim.setup()
    assert sim.simulator.state.totals() == {}
