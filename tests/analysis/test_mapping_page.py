"""The page of a mapping: what is drawn is what the program and its certificate say."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import neurohw
from neurohw.analysis.mapping_page import HEADINGS, MappingPage, mapping_cells, write_mapping_page
from neurohw.analysis.plots import gantt, mapping_map, to_svg
from neurohw.analysis.plots.gantt import _firings, _rows, _sends
from neurohw.compiler.figures import mapping_figures
from neurohw.compiler.schedule import throughput_of_program
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from neurohw.network import Network
from tests.compiler.build import network_of_pairs, neurons, synapses

PAIRS = [(pre, post) for pre in range(16) for post in range(16) if (3 * pre + post) % 5 == 0]
CHIP = load_chip("mesh").replace(width=3, height=2, rows=20, columns=4, crossbars=2, read_cycles=3)


@pytest.fixture(scope="module")
def mapped():
    """Return a program, spikes and its throughput."""
    network = network_of_pairs(16, PAIRS, 2, [(0, 0), (1, 9)])
    populations = tuple(replace(p, name=f"<b>{p.name}$") for p in network.populations)
    program = neurohw.compile(replace(network, populations=populations), CHIP, placer="hilbert")
    spikes = np.arange(1, 19)
    return program, spikes, throughput_of_program(program, spikes)


def test_bars_of_a_tile_follow_each_other(mapped):
    program, _, throughput = mapped
    certificate, cycle = throughput.certificate, program.chip.cycle_ns
    period = float(certificate.period) * cycle
    times = {actor.name: float(actor.time) * cycle for actor in certificate.graph.actors}
    for tile in _rows(certificate):
        bars = sorted(_firings(certificate, tile, cycle, 2 * period))
        assert all(a.begin + a.length <= b.begin + 1e-6 for a, b in pairwise(bars))
        assert all(bar.begin >= 0 and bar.begin + bar.length <= 2 * period + 1e-6 for bar in bars)
        # two periods hold two iterations, wherever the window cuts them
        busy = 2 * sum(times[name] for name in certificate.orders[tile])
        assert sum(bar.length for bar in bars) == pytest.approx(busy)


def test_packets_are_drawn_for_two_iterations(mapped):
    program, _, throughput = mapped
    certificate, cycle = throughput.certificate, program.chip.cycle_ns
    window = 2 * float(certificate.period) * cycle
    drawn = sum(bar.length for tile in _rows(certificate) for bar in _sends(certificate, tile, cycle, window))
    channels = {channel.name: channel for channel in certificate.graph.channels}
    sent = sum(channels[name].production * float(time) for name, time in certificate.transit.items())
    assert drawn == pytest.approx(2 * sent * cycle)


def test_figures_name_tiles_clusters_and_populations(mapped):
    program, spikes, throughput = mapped
    schedule, chip = (
        to_svg(gantt(program, throughput.certificate)),
        to_svg(mapping_map(program, spikes)),
    )
    for words in ("tile 1", ">input<", "guaranteed period", "&lt;b&gt;cells$"):
        assert words in schedule
    for words in ("&lt;b&gt;cells$", "packets over a link", ">5<"):
        assert words in chip
    assert "sources" not in chip


@pytest.mark.parametrize(
    "shape",
    [
        {"topology": "torus"},
        {"topology": "ring", "width": 6, "height": 1},
        {"topology": "star", "width": 6, "height": 1},
        {"topology": "bus", "width": 6, "height": 1},
        {"topology": "tree", "width": 1, "height": 1, "leaves": 6},
        {"topology": "ideal", "width": 6, "height": 1},
    ],
)
def test_every_topology_can_be_drawn(mapped, shape):
    program, spikes, _ = mapped
    other = neurohw.compile(program.network, CHIP.replace(**shape))
    assert "<svg" in to_svg(mapping_map(other, spikes))
    certificate = throughput_of_program(other, spikes).certificate
    assert "tile 1" in to_svg(gantt(other, certificate))


def test_more_populations_than_colours_and_names_that_occur_twice():
    pairs = np.array([(i, (i + 1) % 36) for i in range(36)])
    groups, populations = [], []
    for number in range(9):
        populations.append(neurons(4, 4 * number, f"layer {number // 2}" if number < 8 else "last"))
    populations += [neurons(4, 36 + 4 * number, f"more {number}") for number in range(5)]
    for number in range(9):
        own = pairs[pairs[:, 0] // 4 == number]
        for post in set((own[:, 1] // 4).tolist()):
            ends = own[own[:, 1] // 4 == post] - [4 * number, 4 * post]
            groups.append(synapses(populations[number], populations[post], ends, indices=(number, post)))
    program = neurohw.compile(Network(0.1, tuple(populations), tuple(groups)), CHIP.replace(crossbars=4))
    spikes = np.ones(program.network.n_cells, int)
    drawn = to_svg(gantt(program, throughput_of_program(program, spikes).certificate))
    assert "others" in drawn
    assert drawn.count(">layer 0<") == 1
    assert "8 others" in to_svg(mapping_map(program, spikes))


def test_what_cannot_be_drawn(mapped):
    program, spikes, throughput = mapped
    alone = neurohw.compile(program.network)
    with pytest.raises(SettingError, match="without a chip has no schedule"):
        gantt(alone, throughput.certificate)
    with pytest.raises(SettingError, match="without a chip has no mapping"):
        mapping_map(alone, spikes)
    with pytest.raises(SettingError, match="nothing limits its throughput"):
        gantt(program, replace(throughput.certificate, period=throughput.certificate.period * 0))


def _row(program, spikes, **changes):
    figures = mapping_figures(program, spikes)
    row = {name: getattr(figures, name) for name in figures.__dataclass_fields__}
    rates = {"guaranteed_hz": 1234.5, "simulated_hz": None, "seconds": 0.25}
    return {"partitioner": "sequential", "placer": "hilbert", **row, **rates, **changes}


def test_cells_of_the_table(mapped):
    program, spikes, _ = mapped
    cells = dict(zip(HEADINGS, mapping_cells(_row(program, spikes, energy_pj=1500.0)), strict=True))
    assert cells["guaranteed"] == "1.23 k"
    assert cells["simulated"] == "-"
    assert cells["energy"] == "1.5 nJ"
    assert cells["tiles"] == "2"


@pytest.mark.parametrize("has_guarantee", [True, False])
def test_the_page_stands_alone_and_escapes(mapped, tmp_path, has_guarantee):
    program, spikes, throughput = mapped
    page = MappingPage(
        title="<script>alert(1)</script>",
        subtitle="18 cells",
        rows=[_row(program, spikes), _row(program, spikes, placer="snake")],
        program=program,
        spikes=spikes,
        throughput=throughput if has_guarantee else None,
        no_guarantee=None if has_guarantee else "too large",
        iteration_ms=60.0,
        objective="hops",
    )
    write_mapping_page(tmp_path / "report.html", page)
    text = (tmp_path / "report.html").read_text()
    assert "<script" not in text
    assert "<b>cells" not in text
    assert "the best of 2 by hops" in text
    assert text.count("<svg") == 1 + has_guarantee
    assert ("too large" in text) == (not has_guarantee)
    assert ("waits for" in text or "one packet after the other" in text) == has_guarantee
    assert not any(word in text for word in ("src=", 'href="http', "@import", "url(http"))
