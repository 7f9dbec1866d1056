"""The report of a real run in a real browser: complete, within the page, silent."""

import numpy as np
import pytest
from matplotlib.image import imread

import neurohw
from neurohw.analysis.report import write_report
from neurohw.hardware import load_chip
from tests.analysis.browser import CHROMIUM, show, take_picture
from tests.busy_network import busy_network

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the browser `chromium` on the PATH"),
]

FIGURES = (
    "raster", "rates", "distributions", "load", "latency", "stages", "occupancy", "utilisation", "bounds", "energy",
)  # fmt: skip
HEADINGS = ("Activity", "Interconnect", "Latency", "Congestion", "Mapping and utilisation", "Energy")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    network = busy_network()
    numbers = {"synapse_models": ("stdp", "short_term", "stochastic"), "buffer_packets": 4}
    chip = load_chip("mesh").replace(width=4, height=3, columns=32, link_bandwidth=60.0, **numbers)
    result = neurohw.run(neurohw.compile(network, chip), 60.0, fidelity="fcfs", seed=1)
    assert result.report.traffic.dropped
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(path, result.report, result=result, network=network, chip=chip)
    return path


@pytest.mark.parametrize("width", [1300, 400])
def test_the_page_fits_and_is_complete_and_silent(page, width, tmp_path):
    shown = show(page, width, tmp_path)
    assert shown.width == width
    assert shown.scroll_width == width
    assert shown.wide == []
    assert width == 400 or shown.scrolling == []
    assert set(FIGURES) <= set(shown.figures)
    for name, (drawn_width, drawn_height, shapes) in shown.figures.items():
        assert drawn_width > 250, name
        assert drawn_height > 80, name
        assert shapes > 5, name
    assert set(HEADINGS) <= set(shown.headings)
    assert shown.requests == []
    assert shown.errors == []
    assert shown.console == ""


def test_a_page_that_sticks_out_or_asks_is_noticed(page, tmp_path):
    faulty = tmp_path / "faulty.html"
    harm = '<div style="width: 700px">wide</div><img src="https://example.invalid/x.png"></main>'
    faulty.write_text(page.read_text(encoding="utf-8").replace("</main>", harm), encoding="utf-8")
    shown = show(faulty, 400, tmp_path)
    assert shown.scroll_width > 400
    assert any("700px" in element for element in shown.wide)
    assert any("example.invalid" in error for error in shown.errors)


def test_the_picture_of_the_page_shows_something(page, tmp_path):
    picture = tmp_path / "page.png"
    take_picture(page, picture, (1300, 2000), tmp_path)
    pixels = imread(picture)
    assert pixels.shape[:2] == (2000, 1300)
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 500
