"""Figures: they show what they should, and stand whatever style the script has set."""

import re
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from neurohw.analysis import plots
from neurohw.result import Latency
from tests.analysis.synthetic import chip, hardware_report, layout, poisson_spikes, recording

MESH = layout()


@pytest.fixture(scope="module")
def run():
    return recording("a $run$ of <many>", poisson_spikes(4000, 5.9, 10_000))


def texts(figure: Figure) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", plots.to_svg(figure)))


def test_a_large_raster_is_an_image_and_stays_small(run):
    svg = plots.to_svg(plots.raster([run] * 3))
    assert svg.count("<image") >= 1
    assert len(svg) < 400_000
    assert "500 of 4,000 cells" in svg


def test_names_are_shown_as_they_are(run):
    assert "a $run$ of &lt;many&gt;" in plots.to_svg(plots.raster([run]))
    assert "exc &lt;E&gt;" in plots.to_svg(plots.population_rates([run]))


def test_every_axis_has_its_unit(run):
    report = hardware_report()
    assert "time (ms)" in texts(plots.raster([run]))
    assert "rate (Hz)" in texts(plots.population_rates([run]))
    assert "rate of a cell (Hz)" in texts(plots.distributions([run]))
    assert "mean latency (µs)" in texts(plots.latency_stages(report.latency_stages, 10.0))
    assert "busy (% of the time)" in texts(plots.occupancy(report.timeline, report.links.name[:8]))
    assert "busy (% of the chip" in texts(plots.bounds(report.tiles, MESH))
    assert "12 mJ" in texts(plots.energy_pies(report.energy_pj))
    assert "µs" in texts(plots.latency_histogram(report.latency, 10.0, 10_000))
    assert "% of the chip" in texts(plots.load_map(report.tiles, report.links, MESH))
    assert "% in use" in texts(plots.utilisation(report.tiles, MESH, chip()))
    assert "% in use" not in texts(plots.utilisation(report.tiles, MESH, None))


def test_the_map_names_the_busiest_links_between_routers():
    report = hardware_report()
    hops = np.flatnonzero(report.links.kind == 0)
    busiest = report.links.name[hops[np.argmax(report.links.utilisation[hops])]]
    shown = texts(plots.load_map(report.tiles, report.links, MESH)).replace("&gt;", ">")
    assert str(busiest) in shown


def test_the_map_says_of_a_link_that_is_always_busy_that_it_is_at_100_percent():
    report = hardware_report()
    always = replace(report.links, utilisation=np.ones_like(report.links.utilisation))
    drawn = plots.load_map(report.tiles, always, MESH)
    assert any(text.get_text().endswith("\n100 %") for text in drawn.axes[0].texts)


def test_the_histogram_keeps_every_delivery():
    counts = np.array([5, 0, 7, 1])
    latency = Latency(2.0, 2.0, 4.0, 4.0, np.array([0.0, 1.0, 2.0, 3.0, 4.0]), counts)
    (bars, *_) = plots.latency_histogram(latency, 10.0, 100).axes[0].patches
    assert bars.get_data().values.sum() == counts.sum()


def test_a_far_maximum_is_named_but_not_drawn():
    latency = Latency(10.0, 9.0, 20.0, 1e6, np.array([0.0, 20.0, 1e6]), np.array([100, 1]))
    axes = plots.latency_histogram(latency, 10.0, 100).axes[0]
    assert axes.get_xlim()[1] == pytest.approx(60 * 0.01)  # 60 cycles in us
    assert any("max" in text.get_text() and "→" in text.get_text() for text in axes.texts)


def test_the_style_of_the_script_does_not_matter(run):
    plain = plots.to_svg(plots.raster([run]))
    with matplotlib.rc_context({"figure.facecolor": "red", "text.usetex": True, "font.size": 40.0}):
        assert plots.to_svg(plots.raster([run])) == plain


def test_pyplot_is_left_alone(run):
    import matplotlib.pyplot as plt

    plots.to_svg(plots.raster([run]))
    assert not plt.get_fignums()
