"""The report in a few lines, for a terminal and for a notebook."""

from dataclasses import replace

from neurohw.analysis.overview import as_html, as_text, projection_table
from tests.analysis.synthetic import hardware_report
from tests.analysis.test_report import Page

REPORT = hardware_report()
BARE = replace(
    REPORT, chip=None, cycles_per_tick=None, cycle_ns=None, latency=None, links=None, tiles=None, energy_pj={},
    projections=None, chip_cycles=None, fidelity="ideal",
)  # fmt: skip


def test_the_text_has_a_line_for_each_figure():
    first, *lines = as_text(REPORT).splitlines()
    assert first == "1,000 ms on chip mesh, fcfs (event)"
    figures = dict(line.strip().split("  ", 1) for line in lines)
    assert figures["spikes"].strip() == "23,600"
    assert figures["spikes late by a tick or more"].startswith("21,000 (4.2 %)")
    assert figures["energy"].strip() == "12 mJ"
    assert str(REPORT) == as_text(REPORT)


def test_what_a_run_did_not_simulate_is_left_out():
    first, *lines = as_text(BARE).splitlines()
    assert first == "1,000 ms without a chip, ideal (event)"
    assert {line.split("  ")[1] for line in lines} == {"spikes", "synaptic events", "build time", "run time"}
    assert projection_table(BARE)[1] == []
    assert "projection" not in as_html(BARE)


def test_events_that_were_not_followed_show_dashes():
    load = replace(REPORT.projections, late=None, lost=None)
    _, rows = projection_table(replace(REPORT, projections=load))
    assert rows[0] == ("exc <E>→exc <E>", "204,000", "1,500,000", "-", "-")


def test_the_tables_are_sound_markup_and_names_are_text():
    page = Page(as_html(REPORT))
    assert page.open == page.misnested == []
    assert page.tags.count("table") == 3
    assert {"exc <E>", "inh & I", "exc <E>→inh & I", "7,000"} <= set(page.text)
