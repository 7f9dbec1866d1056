"""A page in a headless browser: what it shows at some width, what it asks of the network, what it complains about."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

CHROMIUM = shutil.which("chromium")
ANSWER = '<pre id="answer">'
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# runs in the page, once everything is laid out, and hands what it measures to the page around it
MEASURE = """<script>
const errors = [];
window.addEventListener("error", event => errors.push(String(event.message || event.target.outerHTML)), true);
document.addEventListener("securitypolicyviolation", event => errors.push(event.blockedURI));
window.addEventListener("load", () => {
  const scrolls = node => node && node !== document.documentElement &&
    (["auto", "scroll"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const sticksOut = node => node.getBoundingClientRect().right > innerWidth + 0.5;
  const wide = [...document.body.querySelectorAll("*")].filter(node =>
    !node.closest("svg *") && sticksOut(node) && !scrolls(node.parentElement));
  const drawn = [...document.querySelectorAll("figure")].map(figure => {
    const box = figure.querySelector("svg").getBoundingClientRect();
    return [figure.id, Math.round(box.width), Math.round(box.height), figure.querySelectorAll("path, image").length];
  });
  parent.postMessage(JSON.stringify({
    width: innerWidth, scrollWidth: document.documentElement.scrollWidth, figures: drawn, errors: errors,
    wide: wide.map(node => node.outerHTML.slice(0, 120)),
    scrolling: [...document.querySelectorAll(".scroll")].filter(node => node.scrollWidth > node.clientWidth + 1)
      .map(node => node.innerText.slice(0, 60)),
    requests: performance.getEntriesByType("resource").map(entry => entry.name),
    headings: [...document.querySelectorAll("h2")].map(node => node.innerText),
  }), "*");
});
</script>"""

# a browser window has a least width, a frame in it has none
FRAME = """<body style="margin: 0">
<iframe src="measured.html" style="width: {width}px; height: 30000px; border: 0"></iframe>
<script>window.addEventListener("message", event => {{
  const answer = document.createElement("pre");
  answer.id = "answer";
  answer.textContent = event.data;
  document.body.append(answer);
}});</script></body>"""


@dataclass(frozen=True)
class Shown:
    """What a page is like at a width in CSS pixels."""

    width: int
    scroll_width: int
    figures: dict[str, tuple[int, int, int]]  # width, height, shapes
    headings: list[str]
    errors: list[str]
    requests: list[str]  # of anything but the page itself
    wide: list[str]  # elements that stick out
    scrolling: list[str]  # tables wider than their place
    console: str


def show(page: Path, width: int, folder: Path) -> Shown:
    """Open a page in a headless browser and measure it."""
    html = page.read_text(encoding="utf-8")
    allowed = html.replace(POLICY, f"{POLICY}; script-src 'unsafe-inline'")
    assert allowed != html, "the page does not state the policy that it should"
    (folder / "measured.html").write_text(allowed.replace("<head>", f"<head>{MEASURE}"), encoding="utf-8")
    (folder / "frame.html").write_text(FRAME.format(width=width), encoding="utf-8")
    output = _run(folder, "--virtual-time-budget=20000", "--dump-dom", folder / "frame.html")
    dom = output.stdout
    assert ANSWER in dom, output.stderr
    answer = json.loads(unescape(dom.split(ANSWER)[1].split("</pre>")[0]))
    return Shown(
        width=answer["width"],
        scroll_width=answer["scrollWidth"],
        figures={name: tuple(numbers) for name, *numbers in answer["figures"]},
        headings=answer["headings"],
        errors=answer["errors"],
        requests=answer["requests"],
        wide=answer["wide"],
        scrolling=answer["scrolling"],
        console="\n".join(line for line in output.stderr.splitlines() if "CONSOLE" in line),
    )


def take_picture(page: Path, picture: Path, size: tuple[int, int], folder: Path) -> None:
    """Write a picture (PNG) of a page in a window of some width and height."""
    _run(folder, f"--window-size={size[0]},{size[1]}", "--hide-scrollbars", f"--screenshot={picture}", page)


def _run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr")
    command = [str(CHROMIUM), *options, f"--user-data-dir={folder / 'profile'}", *map(str, arguments[:-1])]
    page = Path(arguments[-1]).resolve().as_uri()
    return subprocess.run([*command, page], capture_output=True, text=True, timeout=120, check=True)
