"""The report page: complete, self-contained and safe, whatever the run did."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from neurohw.analysis.compare import compare
from neurohw.analysis.report import write_report
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from neurohw.result import Latency
from tests.analysis.synthetic import chip, hardware_report, jittered, poisson_spikes, recording

UNTIL_TICK = 10_000
FIGURES = {"load", "latency", "stages", "occupancy", "utilisation", "bounds", "energy"}
ACTIVITY = {"raster", "rates", "distributions"}
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects tags, attributes and text, and notes tags that are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.text, self.misnested = [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def runs():
    reference = poisson_spikes(4000, 5.9, UNTIL_TICK)
    return [
        recording("ideal", reference, fidelity="ideal"),
        recording("mesh & <fcfs>", jittered(reference, UNTIL_TICK)),
        recording("reference", reference),
    ]


def agreement_of(tested, reference):
    cells = {population.name: population.cells for population in tested.watched}
    return compare(tested.spikes, reference.spikes, cells, timestep_ms=0.1, until_tick=UNTIL_TICK)


def page_of(path):
    page = Page(path.read_text(encoding="utf-8"))
    assert not page.open
    assert not page.misnested
    return page


@pytest.fixture(scope="module")
def full_page(runs, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    agreements = {run.label: agreement_of(run, runs[-1]) for run in runs[:2]}
    write_report(
        path,
        runs[1].report,
        runs=runs,
        agreement=agreements,
        effects={"with <slow> links": agreements["mesh & <fcfs>"]},
        chip=chip(),
        title="<script>alert(1)</script>",
        command="neurohw run 'a & b.py'",
    )
    return page_of(path)


def test_the_page_asks_nothing_of_the_network(full_page):
    assert not {"script", "link", "iframe", "object", "img"} & set(full_page.tags)
    for name, value in full_page.attributes:
        if name in ("src", "href", "xlink:href", "data", "action", "poster"):
            assert value.startswith(("#", "data:")), (name, value)
        elif name == "style" or "url(" in (value or ""):
            assert not re.search(r"url\((?!#)", value), value
    style = "".join(full_page.text)
    assert "@import" not in style
    assert "url(" not in style


def test_what_users_wrote_is_text(full_page):
    text = "".join(full_page.text)
    for written in ("<script>alert(1)</script>", "mesh & <fcfs>", "exc <E>", "inh & I", "with <slow> links"):
        assert written in text
    assert 'Davies 2018, "Loihi"' in text
    assert "neurohw run 'a & b.py'" in text


def test_all_parts_are_there(full_page):
    text = "".join(full_page.text)
    for heading in (
        "Summary", "Agreement with the reference", "What the chip does", "Activity", "Interconnect", "Latency",
        "Congestion", "Mapping and utilisation", "Energy", "The chip: mesh", "How this was made",
    ):  # fmt: skip
        assert heading in text
    assert full_page.tags.count("svg") == len(FIGURES | ACTIVITY)
    assert {value for name, value in full_page.attributes if name == "id"} >= FIGURES | ACTIVITY
    for name in (
        "busiest links",
        "busiest tiles",
        "contention",
        "full buffer",
        "link_bandwidth",
        "published",
    ):
        assert name in text
    for part in ("exc <E>→inh & I", "204,000", "1,500,000", "90,000", "7,000"):
        assert part in text
    for package in ("python", "numpy", "numba", "brian2", "pyNN", "neurohw"):
        assert package in text


def test_a_report_saves_itself(tmp_path):
    report = hardware_report()
    report.save(tmp_path / "report.html")
    page = page_of(tmp_path / "report.html")
    assert page.tags.count("svg") == len(FIGURES)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_an_ideal_run_without_a_chip_has_a_page(tmp_path):
    bare = replace(
        hardware_report("ideal"),
        chip=None, cycles_per_tick=None, cycle_ns=None, chip_cycles=None, layout=None, latency=None,
        latency_stages={}, distortion=None, neurons=None, tiles=None, links=None, timeline=None, congestion=None,
        energy_pj={}, energy_of_population_pj={},
    )  # fmt: skip
    bare.save(tmp_path / "report.html")
    text = "".join(page_of(tmp_path / "report.html").text)
    assert "Interconnect" not in text
    assert "Energy" not in text


def test_nothing_happened_and_there_is_a_page(tmp_path):
    full = hardware_report()
    zeros = np.zeros_like(full.links.packets)
    quiet = replace(
        full,
        latency=Latency(0.0, 0.0, 0.0, 0.0, np.array([0.0, 1.0]), np.array([0])),
        links=replace(full.links, packets=zeros, utilisation=zeros * 0.0, dropped=zeros),
        tiles=replace(full.tiles, synaptic_events=full.tiles.packets * 0, spikes=full.tiles.packets * 0),
        traffic=replace(full.traffic, sent=0, delivered=0, dropped=0, in_flight=0, late=0),
        energy_pj={"spike": 0.0},
    )
    silent = replace(recording("silent", poisson_spikes(4000, 0.0, UNTIL_TICK)), report=quiet)
    write_report(
        tmp_path / "report.html",
        quiet,
        runs=[silent],
        agreement=agreement_of(silent, silent),
        chip=load_chip("mesh"),
    )
    assert "All 0 spikes of 4,000 cells are identical" in " ".join(
        "".join(page_of(tmp_path / "report.html").text).split()
    )


def test_who_is_to_blame_stands_on_the_page(full_page):
    text = " ".join("".join(full_page.text).split())
    for part in (
        "exc <E>→exc <E> 90.0 %, exc <E>→inh & I 40.0 %",  # the first congested link
        "router", "exc <E>[", "waiting for links and buffers", "packets overtaken by a later spike's", "311",
        "4.48 µJ", "12 mJ in 1 s of the chip's time are 12 mW",
    ):  # fmt: skip
        assert part in text


def test_ticks_of_no_fixed_length_have_a_page(tmp_path):
    barrier = replace(hardware_report(), cycles_per_tick=None, chip_cycles=3 * 10**8)
    barrier.save(tmp_path / "report.html")
    text = " ".join("".join(page_of(tmp_path / "report.html").text).split())
    assert "with a barrier, a tick takes as many cycles as it needs" in text
    assert "3 s (3 times slower than biology)" in text


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"cannot write .*nowhere.report\.html"):
        hardware_report().save(tmp_path / "nowhere" / "report.html")


def test_an_error_leaves_the_old_page(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr("neurohw.analysis.plots.to_svg", lambda figure: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hardware_report().save(path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
