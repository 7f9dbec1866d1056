"""The speed of neurohw beside that of Brian2, NEST and GeNN, and beside the limit of the machine.

    python -m benchmarks.speed [--workloads A,A16,B,BDC,C,PD10]  (COBA,ADEX,HH,STDP: by name alone)
                               [--peers brian2,brian2-float32,nest,genn,neurohw-threads]
                               [--brian2-python python] [--nest-python .venv-nest/bin/python]
                               [--genn-python .venv-genn/bin/python]
                               [--repeats 5] [--output speed] [--scaling] [--json]

Each run is a process of its own, one thread, all simulators in turn; given are medians. Timed is the simulation alone,
in time of the processor, so that other work on the machine lengthens no run by waiting; building, and compiling a
network's program, are given apart. All get the same connections, weights, delays and initial values; Poisson spikes
are each simulator's own, and mean rates must agree within 3 %, or more where activity wanders or peers' steps are
coarse (``workloads.py`` says why). Peers that are not installed are named and left out. ``neurohw-threads`` is neurohw
with two threads, in time on the wall.

"ratio" is the time over neurohw's; "ns/event" the time for each synaptic event of neurohw's run, events of Poisson
drives included; "limit" a kernel that does nothing but deliver the same events and step the cells (``limits.py``),
measured in the same turns. With ``--scaling`` neurohw alone is timed over sizes, inputs, rates and timesteps.
Tables go to ``OUTPUT.csv``, bars to ``OUTPUT.png``. The exit status is 1 where rates disagree.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.speed import plot, scaling
from benchmarks.speed.measure import Measured, measure
from benchmarks.speed.sides import ELSEWHERE, OWN, PEERS, THREADS, missing
from benchmarks.speed.table import as_csv, as_object, read_recorded, text
from benchmarks.speed.workloads import ALL, WORKLOADS
from neurohw.files import write_text


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    options = parsed()
    if options.scaling:
        scaling.main(options.repeats, options.json)
        return
    pythons = {
        name: getattr(options, f"{name.split('-')[0]}_python", sys.executable) for name in options.peers
    }
    absent = missing(pythons)
    for name, reason in absent.items():
        print(f"{name} left out: {reason}", file=sys.stderr)
    present = {OWN: sys.executable} | {name: p for name, p in pythons.items() if name not in absent}
    recorded, found = read_recorded(), []
    for workload in options.workloads:
        found.append(measure(workload, present, options.repeats))
        save(found, options.output)
        if not options.json:
            print(text(found[-1], recorded), flush=True)
    if options.json:
        print(json.dumps({"missing": absent, "workloads": [as_object(item) for item in found]}))
    if not all(item.agrees(name) for item in found for name in item.simulators):
        sys.exit(1)


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workloads", type=some_of(ALL), default=[*WORKLOADS])
    parser.add_argument("--peers", type=some_of({**PEERS, THREADS: "", **ELSEWHERE}), default=[*PEERS])
    for name in ("brian2", "nest", "genn"):
        parser.add_argument(f"--{name}-python", default=sys.executable)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", default="speed", help="name of the files without their endings")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.repeats < 1:
        parser.error(f"--repeats {options.repeats}: at least 1 run is needed")
    return options


def some_of(known):
    """Return what reads names with commas between them, each a known one."""

    def read(given: str) -> list[str]:
        names = [name for name in given.split(",") if name]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return names

    return read


def save(found: list[Measured], output: str) -> None:
    """Write tables and bars."""
    write_text(f"{output}.csv", as_csv(found))
    plot.save(found, Path(f"{output}.png"))


if __name__ == "__main__":
    main()
